"""A fleet that gets no receipts asks less and less often, so that a slow platform is not buried under repeats."""

from pathlib import Path
from random import Random

from carecircle.mqtt import Broker
from carecircle_sim.homes import Homes, Pace
from carecircle_sim.journal import Journal, Press
from carecircle_sim.repeats import LONGEST_S, Repeats
from carecircle_sim.town import build_town

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


def test_what_an_earlier_life_pressed_has_its_turn_within_the_longest_wait() -> None:
    repeats = Repeats(2.0, Random(1))
    keys = {("bed-1", "button", 1, seq) for seq in range(50)}
    for key in keys:
        repeats.remember(key, 0.0)
    assert set(repeats.take_due(LONGEST_S)) == keys


def test_a_fleet_that_starts_again_repeats_every_press_of_its_journal(tmp_path: Path) -> None:
    home = build_town().homes[0]
    journal = Journal(tmp_path / "homes.journal")
    for seq in range(30):
        journal.write(Press(home.bed_id, "button", journal.boot, seq, 1_700_000_000_000))
    journal.close()
    again = Journal(tmp_path / "homes.journal")
    homes = Homes(
        [home], broker=Broker("127.0.0.1", 1), home_secret="s" * 32, journal=again, pace=Pace(0.0, 0.0), seed=1
    )
    assert len(again.pending) == 30
    assert all(press.key in homes.repeats for press in again.pending), "not only those that go out on connecting"
    homes.close()
    again.close()
