"""Devices: silence by each one's habit, homes before sensors, broken sensors, batteries, clocks, press tests."""

import pytest

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.rules.gateway_silent import GatewaySilent
from carecircle_alerts.rules.lost_signal import LostSignal
from carecircle_alerts.watch.around import Device
from carecircle_alerts.watch.baseline import SCALES, Baseline, Usual, add
from carecircle_alerts.watch.capabilities import protection
from carecircle_alerts.watch.clocks import believe
from tests.unit.alerts.bed_story import DAY, HOUR, MINUTE, NOON, Story


def _at_home(minutes: int = 60) -> Story:
    story = Story()
    for minute in range(minutes):
        story.wait(MINUTE)
        story.read("mat", in_bed=False, movement=0.0)
        if minute % 10 == 0:
            story.read("room", room_temperature=20.0)
    return story


def test_a_home_that_falls_silent_is_one_alarm_and_its_sensors_are_not_blamed() -> None:
    story = _at_home()
    story.wait(2 * HOUR)
    assert len(story.raised(Kind.GATEWAY_SILENT)) == 1
    assert story.raised(Kind.LOST_SIGNAL) == []
    story.read("mat", in_bed=False)
    assert len(story.cleared(Kind.GATEWAY_SILENT)) == 1
    story.wait(5 * MINUTE)
    assert story.raised(Kind.LOST_SIGNAL) == []


def test_a_sensor_that_dies_while_its_home_is_heard_is_lost_and_found() -> None:
    story = _at_home()
    story.every(10 * MINUTE, 6, "room", room_temperature=20.0)
    (signal,) = story.raised(Kind.LOST_SIGNAL, "mat")
    assert "bed" in signal.why["capabilities"]
    story.read("mat", in_bed=True)
    assert len(story.cleared(Kind.LOST_SIGNAL)) == 1


def test_a_device_that_speaks_by_the_hour_is_held_to_its_habit() -> None:
    story = Story()
    for _ in range(30):
        for _ in range(12):
            story.wait(5 * MINUTE)
            story.read("mat", in_bed=False)
        story.status("button", battery=80.0)
    for _ in range(24):
        story.wait(5 * MINUTE)
        story.read("mat", in_bed=False)
    assert story.raised(Kind.LOST_SIGNAL) == []
    for _ in range(36):
        story.wait(5 * MINUTE)
        story.read("mat", in_bed=False)
    assert len(story.raised(Kind.LOST_SIGNAL, "button")) == 1


@pytest.mark.parametrize(
    "readings",
    [
        {"heart_rate": 400.0},
        {"heart_rate": -3.0},
        {"spo2": 0.95},
        {"spo2": 137.0},
        {"respiratory_rate": 500.0},
        {"body_temperature": 98.6},
    ],
)
def test_what_cannot_be_is_a_fault_of_the_sensor_and_never_of_the_person(readings: dict[str, float]) -> None:
    story = Story()
    story.every(30, 20, "mat", **readings)
    assert len(story.raised(Kind.SENSOR_ERROR, "mat")) == 1
    assert [one for one in story.said if FAMILY[one.kind] is Family.CLINICAL] == []


def test_a_frozen_sensor_is_found_and_not_believed_until_it_lives_again() -> None:
    story = Story()
    story.sleep(60, heart_rate=66.0, respiratory_rate=14.0, spo2=92.0)
    assert [one.why["code"] for one in story.raised(Kind.SENSOR_ERROR)] == ["frozen"]
    story.sleep(10, heart_rate=150.0, respiratory_rate=14.0, spo2=92.0)
    assert story.raised(Kind.HEART_RATE) == []
    for beat in range(80):
        story.sleep(1, heart_rate=60.0 + beat % 5, respiratory_rate=14.0, spo2=92.0)
    assert len(story.cleared(Kind.SENSOR_ERROR)) == 1


def test_a_statement_that_toggles_is_a_broken_sensor() -> None:
    story = Story()
    for turn in range(60):
        story.every(5, 1, in_bed=turn % 2 == 0)
    assert [one.why["code"] for one in story.raised(Kind.SENSOR_ERROR)] == ["toggling"]


def test_heart_and_breath_at_twice_the_usual_may_be_a_firmware_or_an_illness_and_both_are_told() -> None:
    story = Story()
    for name, median in (("heart_rate", 66.0), ("respiratory_rate", 15.0)):
        story.mind.around.baselines[f"{name}/asleep"] = Baseline(today=int(NOON // DAY), usual=Usual(median, 2, 9))
    story.sleep(30, heart_rate=134.0, respiratory_rate=30.0)
    assert [one.why["code"] for one in story.raised(Kind.SENSOR_ERROR)] == ["twice"]
    assert [one.why["code"] for one in story.raised(Kind.HEART_RATE)] == ["high"]
    assert story.mind.distrusted == []


def test_rates_that_double_from_one_reading_to_the_next_are_told_even_of_somebody_ill() -> None:
    story = Story()
    story.sleep(30, heart_rate=88.0, respiratory_rate=22.0)
    story.sleep(10, heart_rate=176.0, respiratory_rate=44.0)
    assert [one.why["code"] for one in story.raised(Kind.SENSOR_ERROR)] == ["twice"]


def test_after_a_change_of_firmware_a_day_out_of_bed_hides_no_doubling() -> None:
    story = _ill_and_then_up_for_a_day(firmware="1.1.0")
    assert [one.why["code"] for one in story.raised(Kind.SENSOR_ERROR)] == ["twice"]


def test_without_a_change_of_firmware_an_illness_that_moved_on_is_no_fault() -> None:
    story = _ill_and_then_up_for_a_day(firmware="1.0.0")
    assert story.raised(Kind.SENSOR_ERROR) == []


def _ill_and_then_up_for_a_day(firmware: str) -> Story:
    story = Story()
    story.status("mat", firmware="1.0.0")
    story.sleep(30, heart_rate=66.0, respiratory_rate=18.0)
    story.status("mat", firmware=firmware)
    story.every(HOUR, 10, "mat", in_bed=False, movement=0.0)
    story.sleep(10, heart_rate=150.0, respiratory_rate=42.0)
    return story


def test_an_illness_is_not_learnt_as_usual_until_it_has_lasted_a_week() -> None:
    baseline = Baseline()
    for day in range(14):
        for hour in range(8):
            value, doubted = (66.0, False) if day < 6 else (110.0, True)
            add(baseline, SCALES["heart_rate"], NOON + day * DAY + hour * 3600, value, doubted=doubted)
        if day == 12:
            assert baseline.usual is not None
            assert baseline.usual.spread < 2, "six days of illness have not widened it"
    assert baseline.doubted_since is not None


def test_a_mat_that_no_longer_tells_the_heart_rate_of_somebody_in_bed() -> None:
    story = Story()
    story.sleep(20, heart_rate=66.0)
    story.sleep(40)
    assert [one.why["code"] for one in story.raised(Kind.SENSOR_ERROR)] == ["missing"]


def test_a_low_battery_is_told_once_and_ends_with_a_new_one() -> None:
    story = Story()
    for level in (16, 15, 14, 16, 18, 14):
        story.wait(HOUR)
        story.status("button", battery=float(level))
    assert len(story.raised(Kind.LOW_BATTERY)) == 1
    story.status("button", battery=100.0)
    assert len(story.cleared(Kind.LOW_BATTERY)) == 1


def test_mains_lost_and_back() -> None:
    story = Story()
    for power in ("mains", "battery"):
        story.wait(MINUTE)
        story.status("hub", power=power)
    assert len(story.raised(Kind.MAINS_LOST, "hub")) == 1
    story.status("hub", power="mains")
    assert len(story.cleared(Kind.MAINS_LOST)) == 1


def test_what_always_ran_on_a_battery_has_lost_no_mains() -> None:
    story = Story()
    story.status("button", power="battery")
    assert story.raised(Kind.MAINS_LOST) == []


def test_a_device_that_comes_and_goes() -> None:
    story = Story()
    for turn in range(12):
        story.wait(2 * MINUTE)
        story.status("plug", online=turn % 2 == 0)
    assert len(story.raised(Kind.UNSTABLE_SIGNAL)) == 1


def test_a_weak_link_for_an_hour() -> None:
    story = Story()
    for _ in range(8):
        story.wait(10 * MINUTE)
        story.status("button", link_quality=12.0)
    assert [one.why["code"] for one in story.raised(Kind.UNSTABLE_SIGNAL)] == ["weak"]


def test_tampering_is_told() -> None:
    story = Story()
    story.event("tamper", "radar")
    assert len(story.raised(Kind.TAMPER)) == 1


@pytest.mark.parametrize(("tested", "overdue"), [(True, 0), (False, 1)])
def test_a_button_that_nobody_has_tried_for_more_than_a_week(*, tested: bool, overdue: int) -> None:
    story = Story()
    story.event("press_test")
    for day in range(12):
        story.wait(DAY)
        story.status("button")
        if tested and day == 6:
            story.event("press_test")
    assert len(story.raised(Kind.PRESS_TEST_OVERDUE)) == overdue


@pytest.mark.parametrize(
    ("at_ms", "at", "why"),
    [
        (NOON * 1000 - 500, NOON - 0.5, None),
        (NOON * 1000 + 3_600_000, NOON, "ahead"),
        (946_684_800_000, NOON, "wild"),
        (2**60, NOON, "wild"),
        (NOON * 1000 - 3_600_000, NOON - 3600, None),
    ],
)
def test_a_clock_is_believed_as_far_as_it_deserves(at_ms: float, at: float, why: str | None) -> None:
    assert believe(Device(0.0), int(at_ms), NOON) == (at, why)


def test_a_clock_that_is_steadily_behind_is_wrong_and_messages_that_catch_up_are_not() -> None:
    slow, held = Device(0.0), Device(0.0)
    for minute in range(10):
        now = NOON + minute * 60
        steady = believe(slow, int((now - 28_800) * 1000), now)
        catching_up = believe(held, int((NOON - 3600 + minute * 60) * 1000), NOON + minute * 0.01)
    assert steady == (now, "behind")
    assert catching_up[1] is None


def test_protection_says_what_holds_and_why_not() -> None:
    story = _at_home()
    story.event("press_test")
    story.wait(MINUTE)
    around = story.mind.around
    settings = GatewaySilent(), LostSignal()
    found = protection(around, story.at, [], *settings)
    assert found.state == "yes"
    assert {proof.capability for proof in found.capabilities} == {"gateway", "bed", "call"}
    assert protection(around, story.at, ["mat"], *settings).state == "partly"
    assert protection(around, story.at + HOUR, [], *settings).state == "no"
