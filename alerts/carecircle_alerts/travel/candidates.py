"""Candidates: each bed's nearest responders, written down every night for when nothing else can tell (I/O).

People are taken where they usually are and whether they are on duty or not: who may be asked is checked when somebody
is. It is a list of names for the worst hour, no ranking.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy.spatial import KDTree

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.roads.graph import on_sphere
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.store import QUERIES, Connection, fetch
from carecircle_alerts.travel.straight_line import estimate

LISTED = 12  # the true nearest was among the 12 nearest by air for 98.9 % of beds (domain facts)
_BY_AIR = 32  # and among 32 for 99.9 %
_PAGE = 200
_BREATH_S = 0.3  # after each page, and others go between two beds: the live path has the machine first


@dataclass(frozen=True, slots=True)
class _People:
    ids: tuple[str, ...]
    origins: tuple[Origin, ...]
    tree: KDTree


async def list_candidates(connection: Connection, network: RoadNetwork | None, now: datetime) -> int:
    """Make every bed's list anew, a page of beds a transaction; returns how many beds there are."""
    people = await _people(connection)
    area, bed, beds = "", "", 0
    while rows := await fetch(connection, "beds_to_list", area=area, bed=bed, most=_PAGE):
        await connection.commit()
        lists: dict[str, list[tuple[str, TravelTime]]] = {}
        for row in rows:
            lists[row["id"]] = _nearest(people, Place(row["lat"], row["lon"]), row["terrain"], network, now)
            await asyncio.sleep(0)
        await _replace(connection, lists, now)
        await connection.commit()
        area, bed, beds = rows[-1]["division_code"], rows[-1]["id"], beds + len(rows)
        await asyncio.sleep(_BREATH_S)
    return beds


async def _people(connection: Connection) -> _People | None:
    rows = await fetch(connection, "people_to_list")
    await connection.commit()
    if not rows:
        return None
    places = on_sphere(np.array([row["lat"] for row in rows]), np.array([row["lon"] for row in rows]))
    origins = tuple(Origin(Place(row["lat"], row["lon"]), row["travel_mode"]) for row in rows)
    return _People(tuple(row["id"] for row in rows), origins, KDTree(places))


def _nearest(
    people: _People | None, bed: Place, terrain: str, network: RoadNetwork | None, now: datetime
) -> list[tuple[str, TravelTime]]:
    if people is None:
        return []
    spot = on_sphere(np.array([bed.lat]), np.array([bed.lon]))
    _, found = people.tree.query(spot[0], k=min(_BY_AIR, len(people.ids)))
    rows: list[int] = np.atleast_1d(found).tolist()
    origins = [people.origins[row] for row in rows]
    answers = [None] * len(rows) if network is None else network.answer(origins, bed, terrain, now)
    times = [
        (people.ids[row], answer or estimate(origin, bed, terrain))
        for row, origin, answer in zip(rows, origins, answers, strict=True)
    ]
    return sorted(times, key=lambda pair: (pair[1].p50_s, pair[0]))[:LISTED]


async def _replace(connection: Connection, lists: dict[str, list[tuple[str, TravelTime]]], now: datetime) -> None:
    await connection.execute(QUERIES["drop_candidates"], {"beds": list(lists)})
    await connection.cursor().executemany(
        QUERIES["add_candidate"],
        [
            {
                "bed_id": bed_id, "rank": rank, "responder_id": responder_id, "p50_s": time.p50_s, "p90_s": time.p90_s,
                "distance_m": time.distance_m, "basis": time.basis, "version": time.version, "now": now,
            }
            for bed_id, several in lists.items()
            for rank, (responder_id, time) in enumerate(several, 1)
        ],
    )  # fmt: skip
