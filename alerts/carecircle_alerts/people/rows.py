"""Rows: what the database says of one person and of their provider, into what is known of them (pure)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from carecircle_alerts.asking import Standing
from carecircle_alerts.people.duty import Roster
from carecircle_alerts.people.eligibility import Facts
from carecircle_alerts.people.hours import ALWAYS, Hours, Span
from carecircle_alerts.people.profile import Profile
from carecircle_alerts.people.whereabouts import Known
from carecircle_alerts.ranking import Responder
from carecircle_alerts.travel import Place


class House(NamedTuple):
    """What is known of a provider; `people_out` of its staff are out of the house now."""

    name: str
    place: Place | None
    skills: frozenset[str]
    people_out: int
    out_at_once: int | None
    hours: Hours


_NO_HOUSE = House("", None, frozenset(), 0, None, ALWAYS)


def house_of(row: Mapping[str, Any]) -> House:
    """One row of `houses_of`."""
    place, skills = _place(row["lat"], row["lon"]), frozenset(row["skills"])
    return House(row["name"], place, skills, row["people_out"], row["out_at_once"], hours_of(row))


def profile_of(row: Mapping[str, Any], house: House | None) -> Profile:
    """What is known of one person, who belongs to this house."""
    return Profile(_facts_of(row, house or _NO_HOUSE), frozenset(row["asked_by"]), tuple(row["taken"]))


def _facts_of(row: Mapping[str, Any], house: House) -> Facts:
    return Facts(
        who=_who(row, house),
        roster=Roster(
            row["on_duty"], row["duty_set_at"], row["shift_began_at"], row["shift_over_at"], row["next_shift_at"]
        ),
        known=Known(
            _place(row["lat"], row["lon"]),
            row["position_at"],
            _place(row["base_lat"], row["base_lon"]),
            # Neighbours and volunteers live elsewhere: only staff are looked for at their provider.
            house.place if row["role"] == "staff" else None,
        ),
        hours=house.hours,
        withdrew_consent=row["consent_withdrawn_at"] is not None,
        provider_out=house.people_out,
        out_at_once=house.out_at_once,
        visit_ended_at=row["visit_ended_at"],
        unreachable=row["unreachable"],
    )


def hours_of(row: Mapping[str, Any]) -> Hours:
    """The day of a provider. `week` is pairs of minutes, `exception` a pair, [] for closed, null for none."""
    exception = row["exception"]
    return Hours(
        has_week=row["has_week"],
        week=tuple(Span(*pair) for pair in row["week"]),
        exception=None if exception is None else (Span(*exception),) if exception else (),
    )


def _who(row: Mapping[str, Any], house: House) -> Responder:
    skills = frozenset(row["skills"])
    return Responder(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        provider_id=row["provider_id"],
        provider_name=house.name if row["provider_id"] is not None else None,
        travel_mode=row["travel_mode"],
        place=None,
        on_duty=False,
        consented=row["consented"],
        reachable=row["reachable"],
        busy=row["is_out"],
        area_code=row["area_code"],
        skills=skills | house.skills if row["role"] == "staff" else skills,
        languages=frozenset(row["languages"]),
        standing=Standing(row["standing_asked"], row["standing_accepted"], row["asked_lately"], row["went_lately"]),
    )


def _place(lat: float | None, lon: float | None) -> Place | None:
    return Place(lat, lon) if lat is not None and lon is not None else None
