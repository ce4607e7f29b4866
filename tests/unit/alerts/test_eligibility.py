from datetime import UTC, datetime, timedelta

import pytest

from carecircle_alerts.people.duty import Roster, is_by_roster, is_on_duty, on_duty_since
from carecircle_alerts.people.eligibility import Facts, judge
from carecircle_alerts.people.hours import ALWAYS, Hours, Span, is_open
from carecircle_alerts.people.rest import Tired, night_began_at
from carecircle_alerts.people.whereabouts import Known, PlaceFrom, whereabouts
from carecircle_alerts.plan import EVERY_ROLE, URBAN, Plan, Track
from carecircle_alerts.ranking import Responder, WhyNot, why_not_asked
from carecircle_alerts.travel import Place

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10:00 there
HOUR = timedelta(hours=1)
HERE, THERE = Place(36.62, 101.78), Place(36.70, 101.78)
WHO = Responder(
    id="a", name="甲", role="staff", provider_id="p1", provider_name="站", travel_mode="e_bike", place=None,
    on_duty=False, consented=True, reachable=True, busy=False,
)  # fmt: skip
ABLE = Facts(WHO, Roster(switched_on=True), Known(HERE, NOW))


def why(facts: Facts, plan: Plan = URBAN, now: datetime = NOW) -> WhyNot | None:
    return why_not_asked(judge(facts, plan, now))


@pytest.mark.parametrize(
    ("roster", "on_duty", "by_roster"),
    [
        (Roster(switched_on=False), False, False),
        (Roster(switched_on=True), True, False),
        (Roster(switched_on=False, shift_began_at=NOW - HOUR), True, True),
        (Roster(False, NOW - 2 * HOUR, shift_began_at=NOW - HOUR), True, True),
        (Roster(False, NOW - HOUR / 2, shift_began_at=NOW - HOUR), False, False),
        (Roster(True, NOW - 9 * HOUR, shift_over_at=NOW - HOUR), False, True),
        (Roster(True, NOW - HOUR / 2, shift_over_at=NOW - HOUR), True, False),
        (Roster(False, next_shift_at=NOW + HOUR), False, True),
        (Roster(False, NOW - HOUR, next_shift_at=NOW + HOUR), False, False),
    ],
    ids=[
        "nobody ever said anything", "switched on", "the shift has begun", "switched off before the shift",
        "signed out in the middle of it", "still switched on when the shift was over", "stays on after it by hand",
        "the shift is still to come", "switched off, and a shift to come",
    ],
)  # fmt: skip
def test_the_last_word_of_switch_and_roster_counts(roster: Roster, *, on_duty: bool, by_roster: bool) -> None:
    assert is_on_duty(roster) is on_duty
    assert is_by_roster(roster) is by_roster
    if not on_duty:
        reason = WhyNot.NOT_ROSTERED if by_roster else WhyNot.OFF_DUTY
        assert why(ABLE._replace(roster=roster)) is reason
        assert on_duty_since(roster) is None


def test_a_provider_is_open_by_its_week_and_its_exceptions() -> None:
    day = Hours(has_week=True, week=(Span(8 * 60, 18 * 60),))
    assert is_open(day, NOW)
    assert is_open(day, NOW - 2 * HOUR), "08:00 is inside"
    assert not is_open(day, NOW + 8 * HOUR), "18:00 is not"
    assert not is_open(day._replace(week=()), NOW), "no row for this weekday"
    assert not is_open(day._replace(exception=()), NOW)
    assert is_open(Hours(has_week=True, exception=(Span(0, 1440),)), NOW)
    assert is_open(ALWAYS, NOW)


def test_staff_of_a_closed_provider_are_not_asked_unless_they_are_on_the_roster() -> None:
    closed = ABLE._replace(hours=Hours(has_week=True))
    assert why(closed) is WhyNot.PROVIDER_CLOSED
    assert why(closed._replace(roster=Roster(False, shift_began_at=NOW - HOUR))) is None
    assert why(closed._replace(who=WHO._replace(role="neighbour"))) is None


def test_a_full_provider_sends_nobody_more_and_says_of_those_who_are_out_that_they_are_busy() -> None:
    full = ABLE._replace(provider_out=2, out_at_once=2)
    assert why(full) is WhyNot.PROVIDER_FULL
    assert why(full._replace(who=WHO._replace(busy=True))) is WhyNot.BUSY
    assert why(full._replace(out_at_once=3)) is None
    assert why(full._replace(who=WHO._replace(role="volunteer"))) is None


def test_an_old_position_is_not_used_as_if_it_were_now() -> None:
    yesterday = NOW - timedelta(days=1)
    known = Known(THERE, yesterday, base=HERE)
    found = whereabouts(known, 1800, NOW)
    assert (found.place, found.known_by, found.age_s, found.is_stale) == (HERE, PlaceFrom.BASE, 86400, True)
    assert whereabouts(known._replace(base=None, provider=HERE), 1800, NOW).known_by is PlaceFrom.PROVIDER
    assert why(ABLE._replace(known=Known(THERE, yesterday))) is WhyNot.STALE_POSITION
    assert why(ABLE._replace(known=Known())) is WhyNot.NO_POSITION


def test_a_position_is_fresh_up_to_its_limit_and_when_its_clock_runs_ahead() -> None:
    for at in (NOW - timedelta(seconds=1800), NOW + HOUR):
        found = whereabouts(Known(THERE, at, base=HERE), 1800, NOW)
        assert (found.place, found.known_by) == (THERE, PlaceFrom.POSITION)
    assert whereabouts(Known(THERE, NOW - timedelta(seconds=1801), base=HERE), 1800, NOW).place == HERE
    assert whereabouts(Known(THERE, None, base=HERE), 1800, NOW).place == HERE, "of a time that nobody knows"


def test_withdrawn_consent_is_said_as_such() -> None:
    facts = ABLE._replace(who=WHO._replace(consented=False), withdrew_consent=True)
    assert why(facts) is WhyNot.CONSENT_WITHDRAWN
    assert why(facts._replace(withdrew_consent=False)) is WhyNot.NO_CONSENT


def test_a_track_that_wants_a_skill_leaves_others_out() -> None:
    lifting = Track(name="lifting", roles=("staff",), skills=("lifting",), at_once=1, every_s=30)
    anybody = Track(name="anybody", roles=("neighbour",), at_once=1, every_s=30)
    plan = URBAN.model_copy(update={"tracks": (lifting, anybody)})
    assert why(ABLE, plan) is WhyNot.MISSING_SKILL
    assert why(ABLE._replace(who=WHO._replace(skills=frozenset({"lifting", "first_aid"}))), plan) is None
    assert why(ABLE._replace(who=WHO._replace(role="volunteer")), plan) is WhyNot.OTHER_ROLE


@pytest.mark.parametrize(
    ("change", "tired"),
    [
        ({"visit_ended_at": NOW - timedelta(seconds=599)}, Tired.AFTER_VISIT),
        ({"visit_ended_at": NOW - timedelta(seconds=600)}, None),
        ({"roster": Roster(switched_on=True, switched_at=NOW - 13 * HOUR)}, Tired.LONG_DUTY),
        ({"roster": Roster(switched_on=True, switched_at=NOW - 12 * HOUR)}, None),
        ({"roster": Roster(switched_on=True)}, None),
        ({"night_calls": 3}, Tired.NIGHT_CALLS),
        ({"night_calls": 2}, None),
    ],
)
def test_who_has_done_enough_is_tired_but_can_be_asked(change: dict[str, object], tired: Tired | None) -> None:
    facts = ABLE._replace(**change)  # type: ignore[arg-type]
    assert judge(facts, URBAN, NOW).tired is tired
    assert why(facts) is None


def test_a_neighbour_is_never_too_long_on_duty() -> None:
    facts = ABLE._replace(roster=Roster(True, NOW - 100 * HOUR), who=WHO._replace(role="neighbour"))
    assert judge(facts, URBAN, NOW).tired is None


def test_a_night_goes_over_midnight_in_beijing_time() -> None:
    ten_there = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert night_began_at(URBAN, ten_there - timedelta(seconds=1)) is None
    assert night_began_at(URBAN, ten_there) == ten_there
    assert night_began_at(URBAN, ten_there + 7 * HOUR) == ten_there
    assert night_began_at(URBAN, ten_there + 8 * HOUR) is None


@pytest.mark.parametrize(
    "tracks",
    [
        (Track(name="a", roles=EVERY_ROLE, skills=("lifting",), at_once=1, every_s=1),),
        (Track(name="a", roles=EVERY_ROLE, at_once=1, every_s=1, after_s=1),),
        (Track(name="a", roles=EVERY_ROLE, at_once=1, every_s=1),) * 2,
    ],
    ids=["only with a skill", "nobody at once", "two of one name"],
)
def test_a_plan_that_would_leave_people_waiting_is_refused(tracks: tuple[Track, ...]) -> None:
    with pytest.raises(ValueError, match="track"):
        Plan.model_validate({**URBAN.model_dump(), "tracks": [track.model_dump() for track in tracks]})
