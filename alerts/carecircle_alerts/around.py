"""Around: the people near a bed, as many as it takes to know that nobody nearer by road was left out (pure).

The database gives people in the order of their distance by air, 32 at first, and their rows say all that speaks against
asking them. Whoever was not given is farther away than the last one, and nobody outruns the fastest road: as soon as
that bound is no better than what was found, the answer is exact (`travel.proof`).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, inf, radians

from psycopg.rows import DictRow

from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Bed, Responder, why_not_asked
from carecircle_alerts.travel import Origin, Place, TravelTime, TravelTimes
from carecircle_alerts.travel.proof import is_proven
from carecircle_alerts.travel.roads.speeds import MODES

# The truly nearest was among the 32 nearest by air for 99.9 % of beds on four real networks (DOMAIN).
_AT_FIRST = 32
_TIMES_MORE = 4
_MOST = 2048
_METRES_A_DEGREE = 111_195  # of latitude, and of longitude at the equator

Look = Callable[[int, int], Awaitable[Sequence[DictRow]]]
"""Reads `people_around`: so many people by place, and the staff of so many providers."""
Judge = Callable[[list[str]], Awaitable[list[Responder]]]
"""Reads what speaks against asking these people."""


@dataclass(frozen=True, slots=True)
class Around:
    """Ids of people, and how far by air everybody else is at least: infinitely, when there is nobody else."""

    ids: tuple[str, ...]
    beyond_m: float


async def people_around(
    bed: Bed,
    place: Place,
    plan: Plan,
    travel: TravelTimes,
    now: datetime,
    look: Look,
    judge: Judge,
    also: Sequence[str] = (),
) -> tuple[list[Responder], dict[str, TravelTime]]:
    """Everybody who has to be considered for a bed, by id, and the travel times of those who have a place.

    Those of `also` are considered wherever they are.
    """
    fastest = max(travel.fastest_m_per_s(mode, bed.terrain) for mode in MODES)
    people: dict[str, Responder] = {}
    times: dict[str, TravelTime] = {}
    most = _AT_FIRST
    while True:
        providers = max(4, most // 8)
        around = read_around(await look(most, providers), place, most, providers)
        fresh = await judge([one for one in dict.fromkeys([*also, *around.ids]) if one not in people])
        people |= {one.id: one for one in fresh}
        times |= await _times_to(place, bed.terrain, fresh, travel, now)
        if most >= _MOST or _knows_enough(plan, people.values(), times, around.beyond_m, fastest):
            return sorted(people.values(), key=lambda one: one.id), times
        most *= _TIMES_MORE


def _knows_enough(
    plan: Plan, people: Iterable[Responder], times: Mapping[str, TravelTime], beyond_m: float, fastest: float
) -> bool:
    """Whether those whom each track would ask now are proven to be the nearest who can be."""
    able = [one for one in people if one.id in times and why_not_asked(one) is None]
    if not is_proven([times[one.id].p50_s for one in able], plan.most_at_once, beyond_m, fastest):
        return False
    return all(
        is_proven(
            [times[one.id].p50_s for one in able if way.takes(one.role, one.skills)], way.at_once, beyond_m, fastest
        )
        for way in plan.ways()
    )


async def _times_to(
    place: Place, terrain: str, people: Sequence[Responder], travel: TravelTimes, now: datetime
) -> dict[str, TravelTime]:
    placed = {one.id: Origin(one.place, one.travel_mode) for one in people if one.place is not None}
    found = await travel.to_bed(list(placed.values()), place, terrain, now)
    return dict(zip(placed, found, strict=True))


def read_around(rows: Sequence[DictRow], place: Place, most: int, providers: int) -> Around:
    """What one look says, whose lists were limited to `most` people and `providers` providers."""
    ids = tuple(dict.fromkeys(row["id"] for row in rows if row["id"] is not None))
    ends = []
    for name, limit in (("position", most), ("base", most), ("provider", providers)):
        # A provider gives a row for each of its staff, all at the same distance.
        far = [row["far"] for row in rows if row["list"] == name]
        if len(set(far) if name == "provider" else far) >= limit:
            ends.append(max(far))
    return Around(ids, min((_metres(degrees, place) for degrees in ends), default=inf))


def _metres(degrees: float, place: Place) -> float:
    """The least distance of anybody so many degrees away: a degree of longitude is the shorter one."""
    return degrees * _METRES_A_DEGREE * cos(radians(min(89.0, abs(place.lat) + degrees)))
