"""Under which time a message is kept when its device's clock cannot be right."""

from carecircle_ingest.clocks import Clocks

NOW_MS = 1_795_000_000_000
MINUTE_MS = 60_000
DAY_MS = 86_400_000


def kept_at(clocks: Clocks, at_ms: int, received_ms: int) -> int:
    offset = clocks.offset_ms("bed-1", "mat", 1, at_ms, received_ms)
    assert offset is None or isinstance(offset, int)
    return at_ms + (offset or 0)


def test_a_clock_that_may_be_right_is_believed() -> None:
    clocks = Clocks()
    for lag_ms in (0, -MINUTE_MS, 7 * DAY_MS):
        assert clocks.offset_ms("bed-1", "mat", 1, NOW_MS - lag_ms, NOW_MS) is None
    assert clocks.unsaved == []


def test_a_clock_ten_minutes_ahead_gives_the_same_time_however_late_the_repeat() -> None:
    clocks = Clocks()
    at_ms = NOW_MS + 10 * MINUTE_MS
    assert kept_at(clocks, at_ms, NOW_MS) == NOW_MS
    for late_ms in (1, 9 * MINUTE_MS, 10 * MINUTE_MS, DAY_MS, 7 * DAY_MS):
        assert kept_at(clocks, at_ms, NOW_MS + late_ms) == NOW_MS


def test_what_was_believed_before_the_clock_went_wrong_stays_believed() -> None:
    clocks = Clocks()
    assert kept_at(clocks, NOW_MS, NOW_MS) == NOW_MS
    kept_at(clocks, NOW_MS + 10 * MINUTE_MS, NOW_MS)
    assert kept_at(clocks, NOW_MS, NOW_MS + MINUTE_MS) == NOW_MS


def test_a_device_that_begins_in_1970_and_finds_the_time_is_believed_from_then_on() -> None:
    clocks = Clocks()
    assert kept_at(clocks, 5_000, NOW_MS) == NOW_MS
    assert kept_at(clocks, 15_000, NOW_MS + 10_000) == NOW_MS + 10_000
    assert clocks.offset_ms("bed-1", "mat", 1, NOW_MS + 20_000, NOW_MS + 20_000) is None
    assert kept_at(clocks, 5_000, NOW_MS + DAY_MS) == NOW_MS


def test_saved_corrections_are_no_longer_waiting() -> None:
    clocks = Clocks()
    kept_at(clocks, 0, NOW_MS)
    committed = list(clocks.unsaved)
    kept_at(clocks, -400 * DAY_MS, NOW_MS)
    clocks.saved(committed)
    assert [one.from_at_ms for one in clocks.unsaved] == [-400 * DAY_MS]
