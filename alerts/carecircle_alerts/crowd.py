"""Crowd: reads the incidents that compete for the same people, and leaves each of them its own (I/O)."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from psycopg.rows import DictRow

from carecircle_alerts.incident import OfferState
from carecircle_alerts.nearby import Looking, Picture
from carecircle_alerts.ranking import Candidate, Responder
from carecircle_alerts.sharing import Asked, Other, how_near, is_free, may_ask, share, whoever_is_there
from carecircle_alerts.store import Connection, fetch, plan_of_text, run
from carecircle_alerts.travel import Origin, Place, TravelTime, TravelTimes

# People by position, by base and at providers who are looked up near each other incident; many of them are off duty.
_NEAR_EACH = 24
# Not at once: two incidents whose pictures differ could send each other round for ever.
_SOON = timedelta(seconds=1)


async def share_among(
    picture: Picture, own: Sequence[Looking], competing: Sequence[DictRow], travel: TravelTimes
) -> list[list[Candidate]]:
    """Those candidates who are left to each of these incidents; `competing` are the rows of the others.

    The others are read and not held: two incidents that decide at the same moment may want the same person, and then
    one of them finds that person claimed.
    """
    now = picture.now
    others = await _others(picture.connection, competing)
    around = await _around(picture, own, others)
    known = {one.responder.id: one.responder for _case, candidates in own for one in candidates}
    crowd = Crowd.of([one for one in [*known.values(), *around] if is_free(one)])
    rivals = len(own) - 1 + len(others)
    found = await asyncio.gather(*(_times_of(other, crowd, rivals, travel, now) for other in others))
    times = {other.id: time for other, time in zip(others, found, strict=True)}
    shared = share(own, around, others, times, now)
    if shared.kept_for:
        # Whoever is kept for another incident must not wait for that one's next look round.
        await run(picture.connection, "wake_those_helped", ids=list(shared.kept_for), now=now, at=now + _SOON)
    return [
        list(whoever_is_there(case, candidates, left, now))
        for (case, candidates), left in zip(own, shared.left, strict=True)
    ]


async def _others(connection: Connection, rows: Sequence[DictRow]) -> list[Other]:
    if not rows:
        return []
    asked: dict[object, list[Asked]] = {row["id"]: [] for row in rows}
    for row in await fetch(connection, "offers_of_competing", ids=list(asked)):
        asked[row["incident_id"]].append(
            Asked(
                row["responder_id"], OfferState(row["state"]), row["travel_p50_s"], row["travel_p90_s"],
                row["expires_at"],
            )
        )  # fmt: skip
    return [
        Other(
            str(row["id"]), row["priority"], row["deadline_at"], plan_of_text(row["plan"]),
            Place(row["lat"], row["lon"]), row["terrain"], row["provider_id"], tuple(asked[row["id"]]),
        )
        for row in rows
    ]  # fmt: skip


async def _around(picture: Picture, own: Sequence[Looking], others: Sequence[Other]) -> list[Responder]:
    """People near the others who are not candidates here: whom the others could turn to instead."""
    if not others:
        return []
    known = {one.responder.id for _case, candidates in own for one in candidates}
    rows = await fetch(
        picture.connection, "people_near_others", lats=[other.place.lat for other in others],
        lons=[other.place.lon for other in others], most=_NEAR_EACH,
    )  # fmt: skip
    case, _candidates = own[0]
    return await picture.judged([row["id"] for row in rows if row["id"] not in known], case)


@dataclass(frozen=True, slots=True)
class Crowd:
    """People who have a place, and their places once for all incidents that look for the nearest of them."""

    people: tuple[tuple[Responder, Place], ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    @classmethod
    def of(cls, people: Sequence[Responder]) -> "Crowd":
        """Those of the people who have a place."""
        placed = tuple((one, one.place) for one in people if one.place is not None)
        lat, lon = np.array([at.lat for _one, at in placed]), np.array([at.lon for _one, at in placed])
        return cls(placed, lat, lon)

    def by_distance(self, place: Place) -> Iterator[Responder]:
        """Everybody, the nearest by air first; a plane is flat enough for who is nearer."""
        away = (self.lat - place.lat) ** 2 + ((self.lon - place.lon) * np.cos(np.radians(place.lat))) ** 2
        return (self.people[index][0] for index in np.argsort(away, kind="stable").tolist())


async def _times_of(
    other: Other, crowd: Crowd, rivals: int, travel: TravelTimes, now: datetime
) -> dict[str, TravelTime]:
    near = list(islice(may_ask(other, crowd.by_distance(other.place)), how_near(rivals)))
    origins = [Origin(one.place, one.travel_mode) for one in near if one.place is not None]
    times = await travel.to_bed(origins, other.place, other.terrain, now) if origins else []
    return {one.id: time for one, time in zip(near, times, strict=True)}
