"""Vital signs: bands with duration and signal quality, expectation by altitude, the person's own usual."""

import pytest

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.spo2 import SpO2, expected_at, limit_of
from carecircle_alerts.watch.around import Around
from carecircle_alerts.watch.baseline import SCALES, Baseline, Usual, add
from tests.unit.alerts.bed_story import DAY, MINUTE, NOON, Story, rules_with


@pytest.mark.parametrize(
    ("kind", "reading", "value"),
    [
        (Kind.HEART_RATE, "heart_rate", 140.0),
        (Kind.HEART_RATE, "heart_rate", 38.0),
        (Kind.RESPIRATORY_RATE, "respiratory_rate", 27.0),
        (Kind.RESPIRATORY_RATE, "respiratory_rate", 7.0),
        (Kind.SPO2, "spo2", 80.0),
    ],
)
def test_out_of_the_band_for_two_minutes_is_told_once(kind: Kind, reading: str, value: float) -> None:
    story = Story()
    story.every(30, 10, "mat", **{reading: value})
    (signal,) = story.raised(kind)
    assert signal.why["value"] == value
    assert signal.why["lasted_s"] == 120


@pytest.mark.parametrize("quality", [0.3, 0.49])
def test_a_poor_signal_says_nothing(quality: float) -> None:
    story = Story()
    for _ in range(10):
        story.wait(30)
        story.read(quality=quality, heart_rate=150.0)
    assert story.raised(Kind.HEART_RATE) == []


def test_a_missing_interval_is_no_evidence() -> None:
    story = Story()
    story.every(30, 2, heart_rate=150.0)
    story.every(300, 3, heart_rate=150.0)
    assert story.raised(Kind.HEART_RATE) == []


def test_a_border_that_is_touched_does_not_chatter() -> None:
    story = Story()
    story.every(30, 10, heart_rate=135.0)
    for value in (129.0, 132.0, 128.0, 133.0) * 20:
        story.every(30, 1, heart_rate=value)
    assert len(story.raised(Kind.HEART_RATE)) == 1
    assert story.cleared(Kind.HEART_RATE) == []


def test_it_is_over_when_it_is_well_for_five_minutes() -> None:
    story = Story()
    story.every(30, 10, heart_rate=135.0)
    story.every(30, 12, heart_rate=80.0)
    assert len(story.cleared(Kind.HEART_RATE)) == 1


@pytest.mark.parametrize(("altitude_m", "is_low"), [(0, True), (2260, True), (4200, False)])
def test_the_same_oxygen_means_something_else_higher_up(*, altitude_m: int, is_low: bool) -> None:
    story = Story(altitude_m=altitude_m)
    story.every(30, 10, spo2=82.0)
    found = story.raised(Kind.SPO2)
    assert bool(found) is is_low
    assert all(one.why["judged_by"] == "altitude" for one in found)


def test_a_doctors_limit_is_the_only_one() -> None:
    story = Story(altitude_m=4200, rules=rules_with(spo2={"fixed": 85.0}))
    story.every(30, 10, spo2=84.0)
    assert story.raised(Kind.SPO2)[0].why["judged_by"] == "fixed"


def test_the_own_median_judges_once_days_are_known_and_altitude_still_bounds_it() -> None:
    around, settings = Around(altitude_m=2260), SpO2()
    expected = expected_at(2260)
    around.baselines["spo2/awake"] = Baseline(usual=Usual(expected - 2, 0.5, 9.0))
    limit, why = limit_of(around, settings, asleep=False)
    assert limit == pytest.approx(expected - 2 - settings.drop_awake)
    assert why["judged_by"] == "personal"
    around.baselines["spo2/awake"] = Baseline(usual=Usual(expected - 12, 0.5, 9.0))
    limit, _ = limit_of(around, settings, asleep=False)
    assert limit == pytest.approx(expected - settings.may_differ - settings.drop_awake)


def test_a_baseline_follows_a_person_slowly() -> None:
    baseline, scale = Baseline(), SCALES["heart_rate"]
    for day in range(10):
        for quarter in range(30):
            add(baseline, scale, NOON + day * DAY + quarter * 15 * MINUTE, 60.0 + quarter % 3)
    usual = baseline.usual
    assert usual is not None
    assert usual.median == pytest.approx(61, abs=2)
    for quarter in range(30):
        add(baseline, scale, NOON + 10 * DAY + quarter * 15 * MINUTE, 110.0)
    add(baseline, scale, NOON + 11 * DAY, 110.0)
    assert baseline.usual is not None
    assert baseline.usual.median == pytest.approx(61, abs=3)


def test_a_sleeper_far_from_the_own_median_for_an_hour_is_told_as_a_notice() -> None:
    story = Story()
    story.mind.around.baselines["heart_rate/asleep"] = Baseline(today=int(NOON // DAY), usual=Usual(58, 2, 10))
    story.sleep(30, heart_rate=60.0)
    for beat in range(80):
        story.sleep(1, heart_rate=90.0 + beat % 3)
    (signal,) = story.raised(Kind.HEART_RATE)
    assert (signal.why["code"], signal.priority) == ("usual", 3)


@pytest.mark.parametrize(("value", "priority"), [(39.4, 2), (34.8, 2), (38.0, 3)])
def test_one_spot_check_of_temperature_counts(value: float, priority: int) -> None:
    story = Story()
    story.read("thermometer", body_temperature=value)
    assert min(one.priority for one in story.raised(Kind.TEMPERATURE)) == priority


def _spot_check(story: Story, *, alert: bool = True, without: str | None = None) -> None:
    readings = {
        "respiratory_rate": 26.0,
        "spo2": 90.0,
        "systolic_pressure": 95.0,
        "heart_rate": 120.0,
        "body_temperature": 39.2,
    }
    story.event("assessment", "nurse", consciousness="alert" if alert else "voice")
    story.wait(10)
    story.read("nurse", **{name: value for name, value in readings.items() if name != without})


def test_news2_speaks_on_a_complete_set_alone() -> None:
    story = Story()
    _spot_check(story)
    (signal,) = story.raised(Kind.NEWS2)
    assert signal.why["score"] == 3 + 3 + 0 + 2 + 2 + 0 + 2
    assert signal.priority == 1
    assert signal.why["advisory"]


@pytest.mark.parametrize("without", ["respiratory_rate", "systolic_pressure", "body_temperature"])
def test_news2_says_nothing_on_an_incomplete_set(without: str) -> None:
    story = Story()
    _spot_check(story, without=without)
    assert story.raised(Kind.NEWS2) == []


def test_breath_that_pauses_often_is_told_in_the_morning_as_advice() -> None:
    story = Story()
    story.wait(10 * 3600)  # ten in the evening
    for _ in range(5 * 60):
        story.sleep(1, respiratory_rate=15.0)
        story.event("apnoea", "mat")
    assert story.raised(Kind.APNOEA) == []
    story.wait(6 * 3600)
    (signal,) = story.raised(Kind.APNOEA)
    assert signal.priority == 3
