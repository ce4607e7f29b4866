"""Nearby: whom to consider for an incident, from one picture of the people that a transaction reads once (I/O)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from psycopg.rows import DictRow

from carecircle.errors import Unavailable
from carecircle_alerts.around import AT_FIRST, Near, Search, near_of, people_around, providers_of
from carecircle_alerts.incident import Bed, Case, Incident
from carecircle_alerts.people.eligibility import judge
from carecircle_alerts.people.profile import Profile
from carecircle_alerts.people.reading import profiles_of
from carecircle_alerts.people.whereabouts import PlaceFrom
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Candidate, Responder, rank_responders
from carecircle_alerts.store import Connection, fetch
from carecircle_alerts.ties import only_theirs, settles_ties
from carecircle_alerts.travel import Origin, Place, TravelTime, TravelTimes
from carecircle_alerts.travel.listed import candidates_of, listed_times

# Ties are settled among the first few; nobody further down would be asked next.
_TIED, _TWO, _REACH_BEDS = 8, 2, 200
# Of so many people for each that is wanted the database looks whether they are on duty, before it gives up nearby.
_SCAN = 16
# A look takes a millisecond, and a search has 600 ms for maps: longer than this is broken. Where several searches look
# together each may take a little more (engineering proposals).
_LOOK_S, _EACH_LOOK_S = 1.0, 0.1

# An incident that looks for people, and those whom it may ask, in order.
Looking = tuple[Case, list[Candidate]]


class IndexFailed(Unavailable):
    """The index of people has failed or takes too long."""


@dataclass(slots=True)
class Picture:
    """The people as they are in one transaction: each is read once, however many incidents look at them."""

    connection: Connection
    now: datetime
    _people: dict[str, Profile] = field(default_factory=dict)
    _nearest: dict[UUID, Near] = field(default_factory=dict)
    # As judged for an incident with this plan that has asked nobody, which most of them are for most incidents.
    _judged: dict[int, tuple[Plan, dict[str, Responder]]] = field(default_factory=dict)
    # Searches of several incidents take turns, so that each look has its whole second.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look_ahead(self, cases: Sequence[Case]) -> None:
        """Read in two turns what each of these searches begins with; raises `IndexFailed`."""
        placed = [(one, one.incident.bed.place) for one in cases if one.incident.bed.place is not None]
        if len(placed) < _TWO:
            return
        for (one, _place), near in zip(placed, await self._around(placed, AT_FIRST, everybody=False), strict=True):
            self._nearest[one.incident.id] = near
        await self.profiles([who for near in self._nearest.values() for who in near.ids])

    async def nearest(self, case: Case, place: Place, most: int, *, everybody: bool) -> Near:
        """The people around a bed; raises `IndexFailed`."""
        if most == AT_FIRST and not everybody and (known := self._nearest.pop(case.incident.id, None)) is not None:
            return known
        (near,) = await self._around([(case, place)], most, everybody=everybody)
        return near

    async def _around(self, placed: Sequence[tuple[Case, Place]], most: int, *, everybody: bool) -> list[Near]:
        found: list[list[DictRow]] = [[] for _ in placed]
        about = {
            "lats": [place.lat for _case, place in placed],
            "lons": [place.lon for _case, place in placed],
            "provider_ids": [case.incident.bed.provider_id for case, _place in placed],
            "positions_since": [
                self.now - timedelta(seconds=case.incident.plan.position_valid_s) for case, _place in placed
            ],
            "most": most, "scan": _SCAN * most, "providers": providers_of(most), "everybody": everybody,
            "now": self.now,
        }  # fmt: skip
        for row in await self._look("people_nearest", about, len(placed)):
            found[row["number"] - 1].append(row)
        return [near_of(rows) for rows in found]

    async def within(self, place: Place, degrees: Mapping[str, float], most: int) -> list[str]:
        """Rows of `people_within` around a place; raises `IndexFailed`."""
        about = {"lat": place.lat, "lon": place.lon, "most": most, "now": self.now, "widest": max(degrees.values())}
        return [row["id"] for row in await self._look("people_within", {**about, **degrees})]

    async def judged(self, ids: Sequence[str], case: Case) -> list[Responder]:
        """These people as ranking takes them for this incident, with what speaks against asking them now; by id."""
        asked = case.asked()
        return [self._judge(name, one, asked.get(name), case.incident) for name, one in await self.profiles(ids)]

    def _judge(self, name: str, one: Profile, asked: str | None, about: Incident) -> Responder:
        plan, now = about.plan, self.now
        if asked is not None or one.asked_by:
            return judge(one.facts_for(about.id, asked, plan, now), plan, now)
        # By identity, because equal plans are one object (`plan_of_text`); held here, so that its number stays its own.
        _plan, judged = self._judged.setdefault(id(plan), (plan, {}))
        if name not in judged:
            judged[name] = judge(one.facts_for(about.id, None, plan, now), plan, now)
        return judged[name]

    async def profiles(self, ids: Sequence[str]) -> list[tuple[str, Profile]]:
        """What is known of these people, by id, without those who are gone."""
        wanted = sorted(set(ids))
        unknown = [one for one in wanted if one not in self._people]
        if unknown:
            self._people |= await profiles_of(self.connection, unknown, self.now)
        return [(one, self._people[one]) for one in wanted if one in self._people]

    def asks(self, incident_id: UUID, responder_id: str) -> None:
        """From here on somebody is being asked about an incident."""
        if responder_id in self._people:
            self._people[responder_id] = self._people[responder_id].asked_about(incident_id)

    async def _look(self, query: str, about: Mapping[str, object], beds: int = 1) -> list[DictRow]:
        try:
            async with self._turn, asyncio.timeout(_LOOK_S + _EACH_LOOK_S * (beds - 1)):
                return await fetch(self.connection, query, **about)
        except (TimeoutError, psycopg.Error) as error:
            if self.connection.broken:  # the database is away, and a list is not to be had there either
                raise
            raise IndexFailed("查找附近人员失败，请重试") from error


async def rank_for(
    picture: Picture,
    case: Case,
    travel: TravelTimes,
    *,
    also: Sequence[str] = (),
    reasons: bool = False,
    by_list: bool = False,
) -> list[Candidate]:
    """Whom to consider for this incident, and those of `also` wherever they are, in order.

    With `reasons`, or where nobody can be asked, also people nearby who cannot, and why. `by_list`: by last night's
    list of the bed, without the index of people. Raises `IndexFailed` where that fails or takes too long; the
    transaction is lost then.
    """
    there = case.incident.bed
    if by_list and there.place is not None:
        responders, times = await _listed(picture, there, case, travel, also)
    else:
        responders, times = await _considered(picture, there, case, travel, also, reasons=reasons)
    times = await _better_than_guesses(picture, case.incident.bed_id, responders, times, travel)
    circle_s, priority = case.incident.plan.circle_s, case.incident.priority
    candidates = rank_responders(there, responders, times, circle_s, priority)
    if not settles_ties(priority):
        return candidates
    first = {one.responder.id for one in candidates[:_TIED] if one.rank is not None}
    responders = await _with_reach(picture, responders, first, circle_s)
    return rank_responders(there, responders, times, circle_s, priority)


async def _with_reach(picture: Picture, responders: list[Responder], first: set[str], circle_s: int) -> list[Responder]:
    """The people with the beds that the first of them alone reach, which is what settles ties."""
    if len(first) < _TWO:
        return responders
    rows = await fetch(
        picture.connection, "reach_of", ids=sorted(first), circle_s=circle_s, now=picture.now, most=_REACH_BEDS
    )
    reach = {row["bed_id"]: frozenset(row["people"]) for row in rows}
    free = frozenset(one for people in reach.values() for one in people) | first
    alone = only_theirs(reach, free)
    return [
        one._replace(standing=one.standing._replace(only_theirs=alone[one.id])) if one.id in first else one
        for one in responders
    ]


async def _considered(
    picture: Picture, bed: Bed, case: Case, travel: TravelTimes, also: Sequence[str], *, reasons: bool
) -> tuple[list[Responder], dict[str, TravelTime]]:
    """People by their id, and the travel times of those who have a place."""
    place = bed.place
    if place is None:
        return await picture.judged([*also, *await _of_its_area(picture, bed)], case), {}

    search = Search(bed, place, travel, picture.now, _PeopleAround(picture, case, place))
    await people_around(search, case, also, reasons=reasons)
    return sorted(search.people.values(), key=lambda one: one.id), search.times


async def _of_its_area(picture: Picture, bed: Bed) -> list[str]:
    rows = await fetch(picture.connection, "responder_ids_of_area", provider_id=bed.provider_id, township=bed.township)
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class _PeopleAround:
    """The people around one bed, as the picture has them."""

    picture: Picture
    case: Case
    place: Place

    async def nearest(self, most: int, *, everybody: bool) -> Near:
        return await self.picture.nearest(self.case, self.place, most, everybody=everybody)

    async def within(self, degrees: Mapping[str, float], most: int) -> list[str]:
        return await self.picture.within(self.place, degrees, most)

    async def judged(self, ids: list[str]) -> list[Responder]:
        return await self.picture.judged(ids, self.case)


async def _listed(
    picture: Picture, bed: Bed, case: Case, travel: TravelTimes, also: Sequence[str]
) -> tuple[list[Responder], dict[str, TravelTime]]:
    """Who was near this bed last night, and who belongs to its provider or township; their times as of today."""
    listed = [one.responder_id for one in await candidates_of(picture.connection, case.incident.bed_id)]
    people = await picture.judged([*also, *listed, *await _of_its_area(picture, bed)], case)
    placed = {one.id: Origin(one.place, one.travel_mode) for one in people if one.place is not None}
    assert bed.place is not None, "a bed without a position is known by its township alone"
    times = await travel.to_bed(list(placed.values()), bed.place, bed.terrain, picture.now)
    return people, dict(zip(placed, times, strict=True))


async def _better_than_guesses(
    picture: Picture, bed_id: str, people: Sequence[Responder], times: dict[str, TravelTime], travel: TravelTimes
) -> dict[str, TravelTime]:
    """The times, in which a guess is replaced by last night's time for everybody who is looked for at their base."""
    guessed = {
        one.id
        for one in people
        if one.known_by == PlaceFrom.BASE and one.id in times and travel.is_fallback(times[one.id].basis)
    }
    if not guessed:
        return times
    listed = await listed_times(picture.connection, bed_id, picture.now)
    return times | {one: listed[one] for one in guessed & listed.keys()}
