"""A device that may count double: told once with the doubt, repeats held back, told anew when there is reason."""

import pytest

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.words import explain
from carecircle_alerts.watch.baseline import Baseline, Usual
from carecircle_alerts.watch.hold import Change
from carecircle_alerts.watch.mind import freeze, thaw
from tests.unit.alerts.bed_story import DAY, HOUR, MINUTE, NOON, Story, rules_with

_RATES = (Kind.HEART_RATE, Kind.RESPIRATORY_RATE)
# A limit is told anew every half hour, so that an afternoon shows what in life takes days.
_SOON = rules_with(heart_rate={"again_s": 1800.0}, respiratory_rate={"again_s": 1800.0})


def _sleeper() -> Story:
    story = Story(rules=_SOON)
    for name, median in (("heart_rate", 68.0), ("respiratory_rate", 15.0), ("spo2", 91.0)):
        for state in ("asleep", "awake"):
            story.mind.around.baselines[f"{name}/{state}"] = Baseline(today=int(NOON // DAY), usual=Usual(median, 2, 9))
    return story


def _doubled(story: Story, minutes: int, **readings: float) -> None:
    for beat in range(minutes):
        story.sleep(1, **{"heart_rate": 136.0 + beat % 4, "respiratory_rate": 30.0 + beat % 3, **readings})


def _changes(story: Story, *kinds: Kind) -> list[tuple[str, str, str]]:
    story.wait(45)
    return [(one.kind.value, one.change.value, one.device) for one in story.said if one.kind in (kinds or _RATES)]


def _of(story: Story, change: Change) -> list[Signal]:
    return [one for one in story.said if one.kind in _RATES and one.change is change]


def test_each_rate_is_told_once_with_the_doubt_and_repeats_are_held_back() -> None:
    story = _sleeper()
    _doubled(story, 240)
    assert [one.device for one in story.raised(Kind.SENSOR_ERROR)] == ["mat"]
    told, held = _of(story, Change.RAISED), _of(story, Change.HELD)
    assert [(one.kind.value, one.device) for one in told] == [
        ("heart_rate", "mat:high"),
        ("respiratory_rate", "mat:high"),
    ]
    assert {one.device for one in held} == {"mat:high", "mat:usual"}
    assert len(held) > len(told)
    for one in (*told, *held):
        assert one.why["doubt"] == "twice"
        assert "可能是计数错误" in explain(one.kind, one.why, one.device)


def test_without_a_doubt_nothing_is_held_back_and_nothing_is_said_of_one() -> None:
    story = _sleeper()
    story.sleep(150, heart_rate=140.0, respiratory_rate=15.0)
    assert len(story.raised(Kind.HEART_RATE, "mat:high")) > 1
    assert _of(story, Change.HELD) == []
    assert all("doubt" not in one.why for one in story.said)


@pytest.mark.parametrize("reading", [{"spo2": 70.0}, {"body_temperature": 40.5}])
def test_another_quantity_that_speaks_for_a_change_lets_everything_be_told(reading: dict[str, float]) -> None:
    story = _sleeper()
    _doubled(story, 90)
    held = _of(story, Change.HELD)
    before = len(_of(story, Change.RAISED))
    _doubled(story, 60, **reading)
    told = _of(story, Change.RAISED)[before:]
    assert {(one.kind, one.device) for one in told} >= {(one.kind, one.device) for one in held}
    assert _of(story, Change.HELD) == held


def test_oxygen_and_temperature_of_the_device_in_doubt_are_told_as_ever() -> None:
    story = _sleeper()
    _doubled(story, 30)
    _doubled(story, 30, spo2=70.0, body_temperature=40.5)
    assert len(story.raised(Kind.SPO2)) == 1
    assert {one.device for one in story.raised(Kind.TEMPERATURE)} == {"mat:high", "mat:fever"}
    assert all("doubt" not in one.why for one in story.said if one.kind not in _RATES)


def test_another_device_that_says_the_same_lets_it_be_told() -> None:
    story = _sleeper()
    _doubled(story, 90)
    before = len(_of(story, Change.RAISED))
    for _ in range(6):
        story.wait(30)
        story.read("mat", in_bed=True, movement=0.05, heart_rate=137.0, respiratory_rate=31.0)
        story.wait(30)
        story.read("watch", heart_rate=139.0)
    story.wait(45)
    assert ("heart_rate", "watch:high") in [(one.kind.value, one.device) for one in _of(story, Change.RAISED)]
    assert ("heart_rate", "mat:high") in [(one.kind.value, one.device) for one in _of(story, Change.RAISED)[before:]]


def test_a_rate_that_leaves_the_doubled_pattern_is_told_at_once() -> None:
    story = _sleeper()
    _doubled(story, 90)
    before, left_at = len(_of(story, Change.RAISED)), story.at
    story.sleep(6, heart_rate=190.0, respiratory_rate=31.0)
    story.wait(45)
    told = [one for one in _of(story, Change.RAISED)[before:] if one.kind is Kind.HEART_RATE]
    assert told != []
    assert told[0].at - left_at <= 6 * MINUTE
    assert told[0].why["lasted_s"] > 0


def test_a_single_reading_outside_of_the_pattern_tells_nothing() -> None:
    story = _sleeper()
    _doubled(story, 90)
    before = _changes(story)
    story.sleep(1, heart_rate=160.0, respiratory_rate=31.0)
    _doubled(story, 10)
    assert [one for one in _changes(story)[len(before) :] if one[1] == "raised"] == []


def test_what_is_worse_or_goes_the_other_way_is_no_repeat() -> None:
    story = _sleeper()
    for name, median in (("heart_rate", 60.0), ("respiratory_rate", 11.0)):
        story.mind.around.baselines[f"{name}/asleep"] = Baseline(today=int(NOON // DAY), usual=Usual(median, 2, 9))
    story.sleep(80, heart_rate=120.0, respiratory_rate=22.0)
    story.sleep(5, heart_rate=131.0, respiratory_rate=22.0)
    assert [(one.device, one.priority) for one in story.raised(Kind.HEART_RATE)] == [("mat:usual", 3), ("mat:high", 2)]


def test_a_fault_that_ends_leaves_no_doubt_behind() -> None:
    story = _sleeper()
    _doubled(story, 90)
    for beat in range(90):
        story.sleep(1, heart_rate=66.0 + beat % 3, respiratory_rate=15.0 + beat % 2)
    assert len(story.cleared(Kind.SENSOR_ERROR)) == 1
    assert story.mind.doubted == {}
    before = len(_of(story, Change.RAISED))
    story.wait(HOUR)
    story.sleep(5, heart_rate=150.0, respiratory_rate=15.0)
    story.wait(45)
    assert [one.why.get("doubt", "none") for one in _of(story, Change.RAISED)[before:]] == ["none"]


def test_the_doubt_survives_a_restart() -> None:
    story = _sleeper()
    _doubled(story, 60)
    story.mind = thaw(freeze(story.mind))
    _doubled(story, 60)
    assert len(_of(story, Change.RAISED)) == len(_RATES)
