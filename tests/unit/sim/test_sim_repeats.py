"""A fleet that gets no receipts asks less and less often, so that a slow platform is not buried under repeats."""

from random import Random

from carecircle_sim.repeats import LONGEST_S, Repeats

KEY = ("bed-1", "button", 1, 2)


def test_the_waits_grow_to_a_minute_and_a_receipt_ends_them() -> None:
    repeats, now, waits = Repeats(2.0, Random(1)), 0.0, []
    repeats.sent(KEY, now)
    for _ in range(10):
        due = repeats.next_due()
        assert due is not None
        assert list(repeats.take_due(due - 0.001)) == []
        assert list(repeats.take_due(due)) == [KEY]
        repeats.sent(KEY, due)
        waits.append(due - now)
        now = due
    assert 2.0 <= waits[0] <= 2.4
    assert 4.0 <= waits[1] <= 4.8
    assert LONGEST_S <= waits[-1] <= 1.2 * LONGEST_S
    repeats.drop(KEY)
    assert repeats.next_due() is None
    assert KEY not in repeats


def test_a_platform_that_is_away_for_ten_minutes_gets_a_press_some_sixteen_times() -> None:
    repeats, sent = Repeats(2.0, Random(1)), 0
    repeats.sent(KEY, 0.0)
    for second in range(600):
        for key in repeats.take_due(float(second)):
            repeats.sent(key, float(second))
            sent += 1
    assert 10 <= sent <= 16, "at a fixed beat of 2 s it would be 300 times"


def test_what_was_sent_again_out_of_turn_waits_anew() -> None:
    repeats = Repeats(2.0, Random(1))
    repeats.sent(KEY, 0.0)
    repeats.sent(KEY, 1.0)
    assert list(repeats.take_due(2.5)) == []
    assert list(repeats.take_due(6.0)) == [KEY]
