"""Whatever happens around a test window, in whatever order: a press is held only as the one that somebody confirmed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.bed_tests.judging import (
    COMES_WITHIN,
    CONFIRM_WITHIN,
    BedTest,
    Held,
    Press,
    Real,
    TestState,
    becomes_real,
    judge_press,
    may_confirm,
)

OPENS = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(minutes=10)
AROUND = st.integers(-900, 1500).map(lambda s: OPENS + timedelta(seconds=s))
KEYS = st.tuples(st.sampled_from(["a", "b"]), st.just(1), st.integers(1, 3))
PRESSES = st.builds(Press, st.sampled_from(["bed-1", "bed-2"]), KEYS, AROUND, st.booleans())
TESTS = st.builds(
    BedTest, st.just("bed-1"), st.sampled_from(TestState), st.just(OPENS), st.just(CLOSES), st.none() | KEYS,
    st.none() | AROUND, st.booleans(),
)  # fmt: skip


@given(test=st.none() | TESTS, press=PRESSES, now=AROUND, calling=st.booleans())
def test_a_press_is_held_only_when_nothing_at_all_speaks_against_it(
    test: BedTest | None, press: Press, now: datetime, *, calling: bool
) -> None:
    match judge_press(test, press, now, is_calling=calling):
        case Held(again=True):
            assert test is not None
            assert test.key == press.key
        case Held(confirm_by):
            assert test is not None
            assert test.bed_id == press.bed_id
            assert test.state in {TestState.ANNOUNCED, TestState.OPEN}
            assert press.is_timed
            assert not calling
            assert now - press.pressed_at <= COMES_WITHIN
            assert confirm_by is not None
            assert timedelta() < confirm_by - now <= CONFIRM_WITHIN
        case Real():
            pass


@given(test=TESTS, now=AROUND, in_incident=st.booleans())
def test_no_held_press_can_be_both_and_none_is_neither_after_its_time(
    test: BedTest, now: datetime, *, in_incident: bool
) -> None:
    real = becomes_real(test, now, is_in_incident=in_incident)
    if real is not None:
        assert test.state is TestState.PRESSED
        assert in_incident or not may_confirm(test, now)
    elif test.state is TestState.PRESSED:
        assert may_confirm(test, now), "who cannot be called a test any more and is no call either would be lost"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["marked", "plain", "repeat", "confirm", "help", "cancel", "wait", "runner"]),
        st.integers(0, 40),
        st.booleans(),
    ),
    max_size=25,
)


@given(STEPS)
def test_of_any_shift_every_press_is_a_call_or_the_one_confirmed_test(  # noqa: C901, PLR0912 - one branch a move
    steps: list[tuple[str, int, bool]],
) -> None:
    """The same moves as the live path makes, on values: what is pressed ends as a call, or confirmed in its minute."""
    test = BedTest("bed-1", TestState.OPEN, OPENS, CLOSES)
    now, number, calls, presses = OPENS, 0, set[int](), dict[int, Press]()
    confirmed: set[int] = set()
    for what, seconds, flag in steps:
        now += timedelta(seconds=seconds)
        if what in {"marked", "plain", "repeat"}:
            number += what != "repeat"
            if number == 0:
                continue
            press = presses.setdefault(number, Press("bed-1", ("a", 1, number), now, is_timed=flag))
            if number in calls:  # the signal of a call is known: a repeat changes nothing
                continue
            found = judge_press(test, press, now, is_calling=bool(calls)) if what != "plain" else Real
            if isinstance(found, Held):
                if not found.again:
                    test = replace(test, state=TestState.PRESSED, key=press.key, confirm_by=found.confirm_by)
            else:
                calls.add(number)
                if test.state is TestState.PRESSED:
                    test = replace(test, is_doubted=True)
        elif what == "confirm" and may_confirm(test, now) and not calls:
            assert test.key is not None
            confirmed.add(test.key[2])
            test = replace(test, state=TestState.PASSED)
        elif what == "help" and test.state is TestState.PRESSED:
            test = replace(test, is_doubted=True)
        elif what == "cancel" and test.state is TestState.OPEN:
            test = replace(test, state=TestState.CANCELLED)
        elif what == "runner" and becomes_real(test, now, is_in_incident=False):
            assert test.key is not None
            calls.add(test.key[2])
            test = replace(test, state=TestState.REAL)
    now += CONFIRM_WITHIN + timedelta(seconds=1)
    if becomes_real(test, now, is_in_incident=False):
        assert test.key is not None
        calls.add(test.key[2])
    assert len(confirmed) <= 1
    assert set(presses) == calls | confirmed, "every press is one of them"
    assert not calls & confirmed, "and none is both"
