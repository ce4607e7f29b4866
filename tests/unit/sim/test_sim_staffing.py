from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from carecircle_sim.places import distance_m
from carecircle_sim.staffing import (
    BEIJING,
    Shift,
    closes_at_night,
    frailty_of,
    hours_of,
    is_rostered,
    out_at_once,
    shifts_of,
    skills_of,
)
from carecircle_sim.town import Responder, build_town

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TOWN = build_town()
SHIFTS = list(shifts_of(TOWN, NOW))


def is_there(responder: Responder, at: datetime, covered: set[str]) -> bool:
    if is_rostered(responder):
        return responder.id in covered
    if not (responder.is_on_duty and responder.has_consented):
        return False
    minute = at.astimezone(BEIJING).hour * 60
    spans = [span for span in hours_of(responder.provider) if span[0] == at.astimezone(BEIJING).isoweekday()]
    closed = closes_at_night(responder.provider) and not any(opens <= minute < closes for _day, opens, closes in spans)
    return not (closed and responder.role == "staff")


def test_at_every_hour_of_a_week_somebody_is_on_duty_near_every_home() -> None:
    for hour in range(7 * 24):
        at = NOW + timedelta(hours=hour)
        covered = {shift.responder_id for shift in SHIFTS if shift.begins_at <= at < shift.ends_at}
        there = [one.position for one in TOWN.responders if is_there(one, at, covered)]
        for home in TOWN.homes:
            assert min(distance_m(home.position, place) for place in there) < 3000, (home.bed_id, at)


def test_a_station_is_never_without_staff() -> None:
    stations = {one.id for one in TOWN.providers if one.kind == "station"}
    for hour in range(7 * 24):
        at = NOW + timedelta(hours=hour)
        covered = {shift.responder_id for shift in SHIFTS if shift.begins_at <= at < shift.ends_at}
        staffed = {one.provider.id for one in TOWN.responders if one.role == "staff" and is_there(one, at, covered)}
        assert stations <= staffed, at


def test_nobody_has_two_shifts_at_once_nor_less_than_eight_hours_between_them() -> None:
    by_person: dict[str, list[Shift]] = {}
    for shift in SHIFTS:
        by_person.setdefault(shift.responder_id, []).append(shift)
    for mine in by_person.values():
        ordered = sorted(mine, key=lambda shift: shift.begins_at)
        assert all(after.begins_at - before.ends_at >= timedelta(hours=8) for before, after in pairwise(ordered))


def test_the_roster_is_the_same_on_every_start_of_a_day_and_goes_on_the_next() -> None:
    assert list(shifts_of(TOWN, NOW + timedelta(hours=3))) == SHIFTS
    tomorrow = list(shifts_of(TOWN, NOW + timedelta(days=1)))
    assert set(tomorrow) - set(SHIFTS)
    assert len(set(SHIFTS) - set(tomorrow)) == sum(map(is_rostered, TOWN.responders)), "one day each falls out"


def test_the_people_of_the_demo_are_never_closed_out() -> None:
    assert not closes_at_night(TOWN.homes[0].provider)
    assert any(closes_at_night(provider) for provider in TOWN.providers)
    assert {out_at_once(provider) for provider in TOWN.providers} == {3, None}


def test_residents_are_as_frail_as_those_for_whom_the_beds_were_granted() -> None:
    grades = Counter(map(frailty_of, TOWN.homes))
    assert set(grades) == {"semi_disabled", "disabled", "severely_disabled"}
    assert grades["semi_disabled"] > grades["disabled"] > grades["severely_disabled"] > 10


def test_all_staff_know_first_aid_and_each_skill_is_rarer_among_neighbours() -> None:
    assert all("first_aid" in skills_of(one) for one in TOWN.responders if one.role == "staff")
    known = Counter(skill for one in TOWN.responders if one.role == "neighbour" for skill in skills_of(one))
    assert 0 < known["first_aid"] < sum(one.role == "neighbour" for one in TOWN.responders) / 2


def test_a_herding_township_has_a_circle_of_its_own_with_local_people() -> None:
    circles = Counter(home.provider.township.circle for home in TOWN.homes)
    assert circles["herding"] == 9
    assert circles["urban"] == 144
    local = [one for one in TOWN.responders if one.provider.township.is_herding and one.role != "staff"]
    assert len(local) >= 6
