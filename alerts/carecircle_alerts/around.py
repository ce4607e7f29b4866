"""Around: the people near a bed, as many as it takes to know that nobody nearer by road was left out (pure).

The database gives those who may be on duty in the order of their distance by air, 32 at first. Whoever was not given is
farther away than the last one, and nobody outruns the fastest road: so it is known up to which travel time nobody is
missing (`travel.proof`). Where that is not enough, the times that were found say how far to look: a second look gives
whoever could be there as fast, each by their own way of moving.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, inf, radians
from typing import NamedTuple, Protocol

from psycopg.rows import DictRow

from carecircle_alerts.enough import needed_s
from carecircle_alerts.incident import Bed, Case
from carecircle_alerts.ranking import Responder, why_not_asked
from carecircle_alerts.travel import Origin, Place, TravelTime, TravelTimes
from carecircle_alerts.travel.proof import farthest_m, least_beyond_s
from carecircle_alerts.travel.roads.speeds import MODES

# The truly nearest was among the 32 nearest by air for 99.9 % of beds on four real networks (DOMAIN).
AT_FIRST = 32
_TIMES_MORE = 4
_MOST = 2048
_METRES_A_DEGREE = 111_195  # of latitude, and of longitude at the equator
_ANYWHERE = 180.0  # degrees


class Near(NamedTuple):
    """The people nearest to a bed, and the distance in degrees beyond which somebody may have been left out."""

    ids: list[str]
    beyond: float = inf


class People(Protocol):
    """What the database says of the people around one bed."""

    def nearest(self, most: int, *, everybody: bool) -> Awaitable[Near]:
        """So many of the nearest who may be on duty, or of everybody."""
        ...

    def within(self, degrees: Mapping[str, float], most: int) -> Awaitable[list[str]]:
        """Who may be on duty and is no farther away than so many degrees, by mode of travel."""
        ...

    def judged(self, ids: list[str]) -> Awaitable[list[Responder]]:
        """These people, with what speaks against asking them."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """Who is known so far of those around a bed, and how more is found out."""

    bed: Bed
    place: Place
    travel: TravelTimes
    now: datetime
    database: People
    people: dict[str, Responder] = field(default_factory=dict)
    times: dict[str, TravelTime] = field(default_factory=dict)

    async def nearest(self, most: int, *, everybody: bool = False, also: Sequence[str] = ()) -> float:
        """Consider so many of the nearest, and `also` these; returns the seconds below which nobody is missing."""
        near = await self.database.nearest(most, everybody=everybody)
        await self._consider([*also, *near.ids])
        return least_beyond_s(least_m(near.beyond, self.place), max(self.speeds().values()))

    async def within(self, seconds: float) -> None:
        """Consider whoever could be there in less time, 2,048 at most."""
        degrees = {mode: _degrees(farthest_m(seconds, speed), self.place) for mode, speed in self.speeds().items()}
        await self._consider(await self.database.within(degrees, _MOST))

    def speeds(self) -> dict[str, float]:
        """Metres by air in a second that nobody outruns, by mode of travel."""
        return {mode: self.travel.fastest_m_per_s(mode, self.bed.terrain) for mode in MODES}

    async def _consider(self, ids: Sequence[str]) -> None:
        fresh = await self.database.judged([one for one in dict.fromkeys(ids) if one not in self.people])
        placed = {one.id: Origin(one.place, one.travel_mode) for one in fresh if one.place is not None}
        found = await self.travel.to_bed(list(placed.values()), self.place, self.bed.terrain, self.now)
        self.people.update({one.id: one for one in fresh})
        self.times.update(zip(placed, found, strict=True))


async def people_around(search: Search, case: Case, also: Sequence[str] = (), *, reasons: bool = False) -> None:
    """Find everybody who has to be considered for an incident.

    Those of `also`, and whoever is being asked, are considered wherever they are. With `reasons`, or where nobody can
    be asked, the nearest are there as well who cannot.
    """
    most = AT_FIRST
    known_s = await search.nearest(most, also=[*also, *(offer.responder_id for offer in case.open_offers())])
    wanted_s = needed_s(case, search.people.values(), search.times)
    while wanted_s == inf > known_s and most < _MOST:
        most *= _TIMES_MORE
        known_s = await search.nearest(most)
        wanted_s = needed_s(case, search.people.values(), search.times)
    if known_s < wanted_s < inf:
        await search.within(wanted_s)
    if reasons or not any(why_not_asked(one) is None for one in search.people.values()):
        await search.nearest(AT_FIRST, everybody=True)


def providers_of(most: int) -> int:
    """The staff of how many providers is asked for beside so many people."""
    return max(4, most // 8)


def near_of(rows: Iterable[DictRow]) -> Near:
    """The rows of `people_nearest` for one bed."""
    ids: list[str] = []
    ends = [inf]
    for row in rows:
        ids += row["ids"] or []
        if row["beyond"] is not None:
            ends.append(row["beyond"])
    return Near(ids, min(ends))


def least_m(degrees: float, place: Place) -> float:
    """The least distance of anybody so many degrees away: a degree of longitude is the shorter one."""
    if degrees == inf:
        return inf
    return degrees * _METRES_A_DEGREE * cos(radians(min(89.0, abs(place.lat) + degrees)))


def _degrees(metres: float, place: Place) -> float:
    """So many degrees that everybody beyond them is so many metres away at least."""
    degrees = metres / (_METRES_A_DEGREE * cos(radians(min(89.0, abs(place.lat)))))
    while degrees < _ANYWHERE and least_m(degrees, place) < metres:
        degrees *= 1.01
    return min(degrees, _ANYWHERE)
