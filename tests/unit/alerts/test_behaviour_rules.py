"""Where somebody is, and is not: bed at night, door at night, stillness by day, the daily word, falls weighed."""

import pytest

from carecircle_alerts.incident import Kind
from carecircle_alerts.watch.hold import Change
from tests.unit.alerts.bed_story import HOUR, MINUTE, NOON, Story, rules_with

_MIDNIGHT = NOON + 12 * HOUR


def _asleep(at: float = _MIDNIGHT, **options: object) -> Story:
    story = Story(at - 40 * MINUTE, **options)  # type: ignore[arg-type]
    story.sleep(40)
    return story


def test_up_at_night_is_noticed_after_a_quarter_and_an_alarm_after_half_an_hour() -> None:
    story = _asleep()
    story.every(MINUTE, 40, in_bed=False)
    raised = story.raised(Kind.BED_EXIT)
    assert [one.priority for one in raised] == [3, 2]
    assert raised[1].at - raised[0].at == 15 * MINUTE
    story.sleep(2)
    assert len(story.cleared(Kind.BED_EXIT)) == 1


def test_a_visit_to_the_toilet_is_nothing() -> None:
    story = _asleep()
    story.every(MINUTE, 12, in_bed=False)
    story.sleep(5)
    assert story.raised(Kind.BED_EXIT) == []


def test_a_mat_that_falls_silent_does_not_say_that_somebody_is_still_up() -> None:
    story = _asleep()
    story.every(MINUTE, 10, in_bed=False)
    story.wait(30 * MINUTE)
    story.every(MINUTE, 5, in_bed=False)
    assert story.raised(Kind.BED_EXIT) == []


def test_who_gets_up_by_day_has_left_no_bed_at_night() -> None:
    story = _asleep(NOON)
    story.every(MINUTE, 60, in_bed=False)
    assert story.raised(Kind.BED_EXIT) == []


def test_dawn_does_not_end_it() -> None:
    story = _asleep(_MIDNIGHT + 4.8 * HOUR)
    story.every(MINUTE, 240, in_bed=False)
    assert len(story.raised(Kind.BED_EXIT)) >= 2
    assert story.cleared(Kind.BED_EXIT) == []


def test_the_door_at_night_and_nobody_back() -> None:
    story = _asleep()
    story.every(MINUTE, 2, in_bed=False)
    story.read("door", door_open=True)
    story.every(MINUTE, 12, in_bed=False)
    assert len(story.raised(Kind.WANDERING)) == 1
    story.sleep(1)
    assert len(story.cleared(Kind.WANDERING)) == 1


def test_a_look_outside_the_door_is_no_wandering() -> None:
    story = _asleep()
    story.every(MINUTE, 2, in_bed=False)
    story.read("door", door_open=True)
    story.every(MINUTE, 5, in_bed=False)
    story.sleep(3)
    assert story.raised(Kind.WANDERING) == []


def test_who_has_not_been_to_bed_comes_home_late() -> None:
    story = Story(_MIDNIGHT)
    story.every(MINUTE, 5, in_bed=False)
    story.read("door", door_open=True)
    story.every(MINUTE, 20, in_bed=False)
    assert story.raised(Kind.WANDERING) == []


def test_still_for_hours_under_a_sensor_that_goes_on_looking() -> None:
    story = Story(NOON - 4 * HOUR)
    story.read("radar", presence=True)
    story.every(10 * MINUTE, 30, "radar", presence=False)
    assert [one.priority for one in story.raised(Kind.INACTIVITY)] == [3]


def test_stillness_that_nobody_looked_at_is_not_known() -> None:
    story = Story(NOON - 4 * HOUR)
    story.read("radar", presence=True)
    story.every(45 * MINUTE, 10, "radar", presence=False)
    assert story.raised(Kind.INACTIVITY) == []


def test_who_has_gone_out_is_not_still() -> None:
    story = Story(NOON - 4 * HOUR)
    story.read("radar", presence=True)
    story.wait(MINUTE)
    story.read("door", door_open=True)
    story.every(10 * MINUTE, 30, "radar", presence=False)
    assert story.raised(Kind.INACTIVITY) == []


def test_not_in_bed_long_after_the_usual_hour() -> None:
    story = Story(NOON + 8 * HOUR)
    for _ in range(6):
        story.wait(2 * HOUR)  # ten in the evening
        story.sleep(30)
        story.wait(24 * HOUR - 2 * HOUR - 30 * MINUTE)
    assert story.raised(Kind.NOT_IN_BED) == []
    story.every(MINUTE, 6 * 60, in_bed=False)
    (signal,) = story.raised(Kind.NOT_IN_BED)
    assert signal.why["judged_by"] == "personal"


def test_a_bed_that_nobody_has_used_for_a_day() -> None:
    story = Story()
    story.sleep(10)
    story.every(5 * MINUTE, 23 * 12, in_bed=False)
    assert len(story.raised(Kind.OUT_OF_BED)) == 1


def test_the_daily_word_is_missed_only_where_it_was_agreed() -> None:
    agreed = rules_with(check_in_missed={"enabled": True})
    for rules, missed in ((Story().rules, 0), (agreed, 1)):
        story = Story(rules=rules)
        for _ in range(24):
            story.wait(HOUR)
            story.status()
        assert len(story.raised(Kind.CHECK_IN_MISSED)) == missed


def test_the_daily_word_is_heard() -> None:
    story = Story(rules=rules_with(check_in_missed={"enabled": True}))
    story.wait(20 * HOUR)  # eight in the morning
    story.event("check_in")
    story.wait(4 * HOUR)
    assert story.raised(Kind.CHECK_IN_MISSED) == []


@pytest.mark.parametrize(
    ("after", "confidence"),
    [
        ([("mat", {"in_bed": False})], "high"),
        ([], "medium"),
        ([("mat", {"in_bed": True})], "low"),
        ([("door", {"door_open": True})], "low"),
    ],
)
def test_a_fall_is_weighed_by_what_others_see(after: list[tuple[str, dict[str, bool]]], confidence: str) -> None:
    story = Story()
    story.event("fall", "radar")
    for device, readings in after:
        story.wait(MINUTE)
        story.read(device, **readings)
    story.wait(5 * MINUTE)
    weighed = [one for one in story.said if one.change is Change.WEIGHED]
    assert [one.why["code"] for one in weighed] == [confidence]


def test_a_press_after_a_fall_speaks_for_it() -> None:
    story = Story()
    story.event("fall", "radar")
    story.wait(MINUTE)
    story.event("sos")
    story.wait(5 * MINUTE)
    assert story.said[-1].why["code"] == "high"
