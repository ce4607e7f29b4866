"""Whatever the order of commits, every audit row is taken exactly once, as long as transactions end in time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carecircle_console.feed import SETTLED_AFTER, FeedCursor

START = datetime(2026, 11, 23, tzinfo=UTC)
# For each number in turn: whether its transaction commits, how many looks after it was given out, and how many new
# numbers are given out between two looks.
ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=60)


@given(rows=ROWS, at_once=st.integers(1, 12), started_after=st.integers(0, 20))
def test_every_committed_row_once(rows: list[tuple[bool, int]], at_once: int, started_after: int) -> None:
    """Looks are half a second apart; a transaction ends within 15 s of taking its number."""
    visible_at = {
        number: (number - 1) // at_once + delay for number, (commits, delay) in enumerate(rows, start=1) if commits
    }
    cursor, taken, now = FeedCursor(), [], START

    def visible(look: int) -> list[int]:
        return [number for number, at in visible_at.items() if at <= look]

    known = visible(started_after)
    cursor.begin(max(known, default=0), known, 0, now)
    for look in range(started_after, started_after + 100):
        now = START + look * timedelta(seconds=0.5)
        missing = set(cursor.missing(now))
        found = [number for number in visible(look) if number > cursor.last or number in missing]
        taken += [number for number in sorted(found) if cursor.is_new(number, now)]
    assert sorted(taken) == sorted(set(visible_at) - set(known))
    assert cursor.missing(now + SETTLED_AFTER + timedelta(seconds=1)) == []


def test_a_jump_of_the_sequence_is_not_searched_through() -> None:
    cursor = FeedCursor()
    cursor.begin(5, [1, 2, 3, 5], 0, START)
    assert cursor.missing(START) == [4]
    assert cursor.is_new(10_000_000, START)
    assert len(cursor.missing(START)) == 10_001
    assert not cursor.is_new(10_000_000, START), "a row counts once"
    assert cursor.is_new(9_999_999, START)
    assert not cursor.is_new(17, START), "too far back to be looked for"
