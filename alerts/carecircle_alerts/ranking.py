"""Ranking: who can be asked, in which order, and why the others cannot (pure)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from carecircle_alerts.asking import STRANGER, Standing, accepts
from carecircle_alerts.incident import Bed
from carecircle_alerts.ties import break_ties
from carecircle_alerts.travel import Place, TravelTime


class WhyNot(StrEnum):
    """Why somebody is not asked."""

    OFF_DUTY = "off_duty"
    NOT_ROSTERED = "not_rostered"
    NO_CONSENT = "no_consent"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PROVIDER_CLOSED = "provider_closed"
    PROVIDER_FULL = "provider_full"
    MISSING_SKILL = "missing_skill"
    OTHER_ROLE = "other_role"
    NO_POSITION = "no_position"
    STALE_POSITION = "stale_position"
    NO_ADDRESS = "no_address"
    BUSY = "busy"
    NEEDED_ELSEWHERE = "needed_elsewhere"
    DECLINED = "declined"
    ASKED = "asked"
    UNDELIVERABLE = "undeliverable"
    BED_HAS_NO_POSITION = "bed_has_no_position"


class Responder(NamedTuple):
    """What ranking needs to know of a person. `asked` is the state of an offer of this incident, if there was one.

    `hindrance` is what eligibility has found against them, more exactly than the flags say; `tired` why they should
    rest, so that they are asked only when nobody else is left nearby. `known_by` says how `place` is known (position,
    base, provider), `position_age_s` how old the last position is.
    """

    id: str
    name: str
    role: str
    provider_id: str | None
    provider_name: str | None
    travel_mode: str
    place: Place | None
    on_duty: bool
    consented: bool
    reachable: bool
    busy: bool
    asked: str | None = None
    area_code: str = ""
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    known_by: str | None = None
    position_age_s: int | None = None
    hindrance: WhyNot | None = None
    tired: str | None = None
    standing: Standing = STRANGER

    def accepts(self) -> float:
        """The probability that they accept when they are asked."""
        return accepts(self.role, self.standing)


class Candidate(NamedTuple):
    """A person with their place in the order; `rank` counts from 1 and is None for those who cannot be asked.

    `travel` is None for those without a place, and for everybody where the bed has none.
    """

    responder: Responder
    rank: int | None
    travel: TravelTime | None
    in_circle: bool
    why_not: WhyNot | None
    why: str

    def not_asked(self, why_not: WhyNot) -> "Candidate":
        """The same person, who cannot be asked now after all."""
        return Candidate(self.responder, None, self.travel, in_circle=False, why_not=why_not, why=why_not.value)


def rank_responders(
    bed: Bed, responders: Sequence[Responder], times: Mapping[str, TravelTime], circle_s: int, priority: int = 1
) -> list[Candidate]:
    """Order everybody: first those who can be asked, by rank, then the others with the reason.

    `times` has the travel time of everybody whose place is known, by their id.
    Inside the circle the contracted provider's people come first; everyone else by median travel time. Below the
    highest severity a tie goes to who is better spared elsewhere (`ties`); what is still equal goes by id, so that two
    engines rank alike.
    """
    if bed.place is None:
        return _rank_by_area(bed, responders)
    able, unable = [], []
    for one in responders:
        time, why_not = times.get(one.id), why_not_asked(one)
        if time is not None and why_not is None:
            able.append((one, time))
        else:
            unable.append(_unranked(one, time, why_not or WhyNot.NO_POSITION))
    able.sort(key=lambda pair: _order(pair[0], pair[1], bed, circle_s))
    able = break_ties(
        able,
        priority,
        travel_s=lambda pair: pair[1].p50_s,
        standing=lambda pair: pair[0].standing,
        alike=lambda pair: _order(pair[0], pair[1], bed, circle_s)[:2],
    )
    ranked = [_ranked(index, one, time, bed, circle_s) for index, (one, time) in enumerate(able, start=1)]
    return ranked + sorted(unable, key=lambda one: (one.travel.p50_s if one.travel else 10**9, one.responder.id))


def _rank_by_area(bed: Bed, responders: Sequence[Responder]) -> list[Candidate]:
    """A bed without a position: the contracted provider's people, then those of the same area; nobody knows how far."""
    able = [one for one in responders if why_not_asked(one, needs_place=False) is None and _belongs(one, bed)]
    able.sort(key=lambda one: (one.asked is not None, one.tired is not None, not _is_theirs(one, bed), one.id))
    ranked = [
        Candidate(one, index, None, in_circle=True, why_not=None, why=_why_without_place(one, bed))
        for index, one in enumerate(able, start=1)
    ]
    asked = {one.id for one in able}
    unable = [
        _unranked(one, None, why_not_asked(one, needs_place=False) or WhyNot.BED_HAS_NO_POSITION)
        for one in responders
        if one.id not in asked
    ]
    return ranked + sorted(unable, key=lambda one: one.responder.id)


def _belongs(one: Responder, bed: Bed) -> bool:
    return _is_theirs(one, bed) or (bool(bed.township) and one.area_code.startswith(bed.township))


def _is_theirs(one: Responder, bed: Bed) -> bool:
    return bed.provider_id is not None and one.provider_id == bed.provider_id


def _why_without_place(one: Responder, bed: Bed) -> str:
    return "contracted_provider" if _is_theirs(one, bed) else "same_area"


def why_not_asked(  # noqa: PLR0911 - a list of reasons reads best as one
    one: Responder, *, needs_place: bool = True
) -> WhyNot | None:
    """The first reason why a person cannot be asked; None when they can."""
    if not one.consented:
        return one.hindrance if one.hindrance is WhyNot.CONSENT_WITHDRAWN else WhyNot.NO_CONSENT
    if not one.on_duty:
        return one.hindrance if one.hindrance is WhyNot.NOT_ROSTERED else WhyNot.OFF_DUTY
    if one.hindrance is not None and (needs_place or one.hindrance is not WhyNot.STALE_POSITION):
        return one.hindrance
    if one.place is None and needs_place:
        return WhyNot.NO_POSITION
    if not one.reachable:
        return WhyNot.NO_ADDRESS
    if one.busy:
        return WhyNot.BUSY
    if one.asked == "DECLINED":
        return WhyNot.DECLINED
    if one.asked == "UNDELIVERABLE":
        return WhyNot.UNDELIVERABLE
    if one.asked in {"QUEUED", "SENT", "DELIVERED", "SEEN", "ACCEPTED"}:
        return WhyNot.ASKED
    return None


def _is_contracted(one: Responder, time: TravelTime, bed: Bed, circle_s: int) -> bool:
    return _is_theirs(one, bed) and time.p50_s <= circle_s


def _order(one: Responder, time: TravelTime, bed: Bed, circle_s: int) -> tuple[bool, bool, int, str]:
    # Somebody who did not answer before is asked again only after everybody else.
    return (one.asked is not None, not _is_contracted(one, time, bed, circle_s), time.p50_s, one.id)


def _ranked(rank: int, one: Responder, time: TravelTime, bed: Bed, circle_s: int) -> Candidate:
    in_circle = time.p50_s <= circle_s
    why = "contracted_provider" if _is_contracted(one, time, bed, circle_s) else "nearest"
    if one.tired is not None:
        why = one.tired
    return Candidate(one, rank, time, in_circle, None, why if in_circle else "outside_circle")


def _unranked(one: Responder, time: TravelTime | None, why_not: WhyNot) -> Candidate:
    return Candidate(one, None, time, in_circle=False, why_not=why_not, why=why_not.value)
