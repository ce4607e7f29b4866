"""Crowd: reads the incidents that compete for the same people, and leaves each of them its own (I/O)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from psycopg.rows import DictRow

from carecircle_alerts.incident import Case, OfferState
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Candidate, Responder
from carecircle_alerts.sharing import Asked, Other, how_near, is_free, may_ask, share, whoever_is_there
from carecircle_alerts.store import Connection, fetch, judged, run
from carecircle_alerts.travel import Origin, Place, TravelTime, TravelTimes

# People by position, by base and at providers who are looked up near each other incident; many of them are off duty.
_NEAR_EACH = 24
# Not at once: two incidents whose pictures differ could send each other round for ever.
_SOON = timedelta(seconds=1)


async def share_among(
    connection: Connection,
    case: Case,
    candidates: list[Candidate],
    competing: list[DictRow],
    travel: TravelTimes,
    now: datetime,
) -> list[Candidate]:
    """Those candidates who are left to this incident; `competing` are the rows of the others.

    The others are read and not held: two incidents that decide at the same moment may want the same person, and then
    one of them finds that person claimed.
    """
    others = await _others(connection, competing)
    around = await _around(connection, case, candidates, others, now)
    people = [one for one in [*(one.responder for one in candidates), *around] if is_free(one)]
    found = await asyncio.gather(*(_times_of(other, people, len(others), travel, now) for other in others))
    times = {other.id: time for other, time in zip(others, found, strict=True)}
    shared = share(case, candidates, around, others, times, now)
    if shared.kept_for:
        # Whoever is kept for another incident must not wait for that one's next look round.
        await run(connection, "wake_those_helped", ids=list(shared.kept_for), now=now, at=now + _SOON)
    return list(whoever_is_there(case, candidates, shared.candidates, now))


async def _others(connection: Connection, rows: list[DictRow]) -> list[Other]:
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
            str(row["id"]), row["priority"], row["deadline_at"], Plan.model_validate(row["plan"]),
            Place(row["lat"], row["lon"]), row["terrain"], row["provider_id"], tuple(asked[row["id"]]),
        )
        for row in rows
    ]  # fmt: skip


async def _around(
    connection: Connection, case: Case, candidates: Sequence[Candidate], others: Sequence[Other], now: datetime
) -> list[Responder]:
    """People near the others who are not candidates here: whom the others could turn to instead."""
    rows = await fetch(
        connection, "people_near_others", lats=[other.place.lat for other in others],
        lons=[other.place.lon for other in others], known=[one.responder.id for one in candidates], most=_NEAR_EACH,
    )  # fmt: skip
    return await judged(connection, [row["id"] for row in rows], case, now) if rows else []


async def _times_of(
    other: Other, people: Sequence[Responder], others: int, travel: TravelTimes, now: datetime
) -> dict[str, TravelTime]:
    near = nearest(other.place, may_ask(other, people), how_near(others))
    origins = [Origin(one.place, one.travel_mode) for one in near if one.place is not None]
    times = await travel.to_bed(origins, other.place, other.terrain, now) if origins else []
    return {one.id: time for one, time in zip(near, times, strict=True)}


def nearest(place: Place, people: Sequence[Responder], most: int) -> list[Responder]:
    """The nearest people by air who have a place at all; a plane is flat enough for who is nearer."""
    placed = [(one, one.place) for one in people if one.place is not None]
    if len(placed) <= most:
        return [one for one, _place in placed]
    lat, lon = np.array([at.lat for _one, at in placed]), np.array([at.lon for _one, at in placed])
    away = (lat - place.lat) ** 2 + ((lon - place.lon) * np.cos(np.radians(place.lat))) ** 2
    return [placed[index][0] for index in np.argpartition(away, most)[:most].tolist()]
