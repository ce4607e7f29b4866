"""Store: rows of the live path into typed classes, under the incident's lock (I/O)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import PipelineStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle.db.queries import Queries
from carecircle.errors import NotFound, Unavailable
from carecircle_alerts.around import Search, people_around, providers_of
from carecircle_alerts.incident import (
    Assignment,
    AssignmentState,
    Bed,
    Case,
    Incident,
    Kind,
    Offer,
    OfferState,
    State,
    Verification,
)
from carecircle_alerts.people.eligibility import judge
from carecircle_alerts.people.hours import local_day
from carecircle_alerts.people.rest import night_began_at
from carecircle_alerts.people.rows import facts_of
from carecircle_alerts.people.whereabouts import PlaceFrom
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Candidate, Responder, rank_responders
from carecircle_alerts.ties import only_theirs, settles_ties
from carecircle_alerts.travel import Origin, Place, TravelTime, TravelTimes
from carecircle_alerts.travel.listed import candidates_of, listed_times

QUERIES = Queries("carecircle_alerts")
# Ties are settled among the first few; nobody further down would be asked next.
_TIED, _TWO, _REACH_BEDS = 8, 2, 200
# Of so many people for each that is wanted the database looks whether they are on duty, before it gives up nearby.
_SCAN = 16
_CASE = ("incident_of_case", "offers_of", "assignments_of")
_OF_THE_BED = frozenset({"lat", "lon", "terrain", "provider_id", "township"})

# A look takes a millisecond, and a search has 600 ms for maps: longer than this is broken (engineering proposal).
_LOOK_S = 1.0

Connection = AsyncConnection[DictRow]


class IndexFailed(Unavailable):
    """The index of people has failed or takes too long."""


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that is due."""

    due_at: datetime
    epoch: int
    kind: str
    subject: UUID | None


@asynccontextmanager
async def together(connection: Connection) -> AsyncIterator[None]:
    """What is run within is not waited for; what fails is raised with the next rows that are fetched, or at the end.

    Within another such block it belongs to that. A decision of thirty statements then waits for the few whose rows it
    needs, and not thirty times.
    """
    if connection.pgconn.pipeline_status is PipelineStatus.OFF:
        async with connection.pipeline():
            yield
    else:
        yield


@asynccontextmanager
async def deciding(pool: AsyncConnectionPool[Connection]) -> AsyncIterator[Connection]:
    """One transaction of the live path, all of it together and its end with it; nothing is committed where it fails."""
    async with pool.connection() as connection, connection.pipeline():
        yield connection
        await connection.commit()


async def fetch(connection: Connection, query: str, **parameters: object) -> list[DictRow]:
    """Run a named query and return its rows."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(QUERIES[query], parameters)
    return await cursor.fetchall()


async def fetch_each(connection: Connection, *asked: tuple[str, Mapping[str, object]]) -> list[list[DictRow]]:
    """The rows of several named queries, (name, parameters), in one turn; each sees what those before it have done."""
    async with together(connection):
        cursors = [connection.cursor(row_factory=dict_row) for _ in asked]
        for cursor, (query, parameters) in zip(cursors, asked, strict=True):
            await cursor.execute(QUERIES[query], parameters)
        return [await cursor.fetchall() for cursor in cursors]


async def run(connection: Connection, query: str, **parameters: object) -> None:
    """Run a named statement that returns no rows; among others that run together it is not waited for."""
    await connection.execute(QUERIES[query], parameters)


async def load_case(connection: Connection, incident_id: UUID) -> Case:
    """Read the whole picture of an incident and hold its lock until the transaction ends; raises `NotFound`."""
    await run(connection, "lock_incident", incident_id=incident_id)
    return await read_case(connection, incident_id)


async def read_case(connection: Connection, incident_id: UUID) -> Case:
    """Read the whole picture without holding anything, for those who only look; raises `NotFound`."""
    about = {"incident_id": incident_id}
    rows, offers, assignments = await fetch_each(connection, *((query, about) for query in _CASE))
    if not rows:
        raise NotFound("没有这个事件")
    return Case(_incident(rows[0]), tuple(map(_offer, offers)), tuple(map(_assignment, assignments)))


async def open_case(connection: Connection, incident_id: UUID, **about: object) -> Case | None:
    """Open an incident: its case, of which nobody can have been asked yet; None where it is there already."""
    opened, rows = await fetch_each(
        connection,
        ("open_incident", {"id": incident_id, **about}),
        ("incident_of_case", {"incident_id": incident_id}),
    )
    return Case(_incident(rows[0]), (), ()) if opened else None


async def rank_for(
    connection: Connection,
    case: Case,
    travel: TravelTimes,
    now: datetime,
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
        responders, times = await _listed(connection, there, case, travel, now, also)
    else:
        responders, times = await _considered(connection, there, case, travel, now, also, reasons=reasons)
    times = await _better_than_guesses(connection, case.incident.bed_id, responders, times, travel, now)
    circle_s, priority = case.incident.plan.circle_s, case.incident.priority
    candidates = rank_responders(there, responders, times, circle_s, priority)
    if not settles_ties(priority):
        return candidates
    first = {one.responder.id for one in candidates[:_TIED] if one.rank is not None}
    responders = await _with_reach(connection, responders, first, circle_s, now)
    return rank_responders(there, responders, times, circle_s, priority)


async def _with_reach(
    connection: Connection, responders: list[Responder], first: set[str], circle_s: int, now: datetime
) -> list[Responder]:
    """The people with the beds that the first of them alone reach, which is what settles ties."""
    if len(first) < _TWO:
        return responders
    rows = await fetch(connection, "reach_of", ids=sorted(first), circle_s=circle_s, now=now, most=_REACH_BEDS)
    reach = {row["bed_id"]: frozenset(row["people"]) for row in rows}
    free = frozenset(one for people in reach.values() for one in people) | first
    alone = only_theirs(reach, free)
    return [
        replace(one, standing=replace(one.standing, only_theirs=alone[one.id])) if one.id in first else one
        for one in responders
    ]


async def judged(connection: Connection, ids: list[str], case: Case, now: datetime) -> list[Responder]:
    """These people as ranking takes them for this incident, with what speaks against asking them now; by id."""
    plan = case.incident.plan
    rows = await fetch(
        connection, "responders_by_id", ids=ids, incident_id=case.incident.id, now=now, day=local_day(now),
        night_since=night_began_at(plan, now),
    )  # fmt: skip
    return [judge(facts_of(row), plan, now) for row in rows]


async def _considered(
    connection: Connection, bed: Bed, case: Case, travel: TravelTimes, now: datetime, also: Sequence[str],
    *, reasons: bool,
) -> tuple[list[Responder], dict[str, TravelTime]]:  # fmt: skip
    """People by their id, and the travel times of those who have a place."""
    place = bed.place
    if place is None:
        rows = await fetch(connection, "responder_ids_of_area", provider_id=bed.provider_id, township=bed.township)
        return await judged(connection, list(dict.fromkeys([*also, *(row["id"] for row in rows)])), case, now), {}

    search = Search(bed, place, travel, now, _PeopleAround(connection, case, bed.provider_id, place, now))
    await people_around(search, case, also, reasons=reasons)
    return sorted(search.people.values(), key=lambda one: one.id), search.times


@dataclass(frozen=True, slots=True)
class _PeopleAround:
    """The people around one bed, as the database has them."""

    connection: Connection
    case: Case
    provider_id: str | None
    place: Place
    now: datetime

    async def nearest(self, most: int, *, everybody: bool) -> list[DictRow]:
        return await _look(
            self.connection, "people_nearest", lat=self.place.lat, lon=self.place.lon, most=most, scan=_SCAN * most,
            providers=providers_of(most), provider_id=self.provider_id, everybody=everybody, now=self.now,
        )  # fmt: skip

    async def within(self, degrees: Mapping[str, float], most: int) -> list[str]:
        rows = await _look(
            self.connection, "people_within", lat=self.place.lat, lon=self.place.lon, most=most, now=self.now,
            widest=max(degrees.values()), **degrees,
        )  # fmt: skip
        return [row["id"] for row in rows]

    async def judged(self, ids: list[str]) -> list[Responder]:
        return await judged(self.connection, ids, self.case, self.now)


async def _look(connection: Connection, query: str, **parameters: object) -> list[DictRow]:
    try:
        async with asyncio.timeout(_LOOK_S):
            return await fetch(connection, query, **parameters)
    except (TimeoutError, psycopg.Error) as error:
        if connection.broken:  # the database is away, and a list is not to be had there either
            raise
        raise IndexFailed("查找附近人员失败，请重试") from error


async def _listed(
    connection: Connection, bed: Bed, case: Case, travel: TravelTimes, now: datetime, also: Sequence[str]
) -> tuple[list[Responder], dict[str, TravelTime]]:
    """Who was near this bed last night, and who belongs to its provider or township; their times as of today."""
    listed = [one.responder_id for one in await candidates_of(connection, case.incident.bed_id)]
    rows = await fetch(connection, "responder_ids_of_area", provider_id=bed.provider_id, township=bed.township)
    people = await judged(connection, list(dict.fromkeys([*also, *listed, *(row["id"] for row in rows)])), case, now)
    placed = {one.id: Origin(one.place, one.travel_mode) for one in people if one.place is not None}
    assert bed.place is not None, "a bed without a position is known by its township alone"
    times = await travel.to_bed(list(placed.values()), bed.place, bed.terrain, now)
    return people, dict(zip(placed, times, strict=True))


async def _better_than_guesses(
    connection: Connection, bed_id: str, people: Sequence[Responder], times: dict[str, TravelTime],
    travel: TravelTimes, now: datetime,
) -> dict[str, TravelTime]:  # fmt: skip
    """The times, in which a guess is replaced by last night's time for everybody who is looked for at their base."""
    guessed = {
        one.id
        for one in people
        if one.known_by == PlaceFrom.BASE and one.id in times and travel.is_fallback(times[one.id].basis)
    }
    if not guessed:
        return times
    listed = await listed_times(connection, bed_id, now)
    return times | {one: listed[one] for one in guessed & listed.keys()}


async def take_due(connection: Connection, now: datetime) -> tuple[UUID, list[DueTimer]] | None:
    """Lock one incident that has timers due and take them, earliest first; None when nothing is due.

    No timers where another worker took them a moment before.
    """
    rows = await fetch(connection, "take_due", now=now)
    if not rows:
        return None
    incident_id: UUID = rows[0]["id"]
    return incident_id, [
        DueTimer(row["due_at"], row["epoch"], row["kind"], UUID(row["subject"]) if row["subject"] else None)
        for row in rows
        if row["kind"] is not None
    ]


async def is_more_due(connection: Connection, now: datetime) -> bool:
    """Whether anything is due that this transaction has not taken; it may be in the hands of another worker."""
    (row,) = await fetch(connection, "is_more_due", now=now)
    return bool(row["more"])


def bed_of(row: DictRow) -> Bed:
    """Where a bed is, and who is contracted for it."""
    return Bed(_place(row), row["terrain"], row["provider_id"], row["township"])


def _place(row: DictRow) -> Place | None:
    return Place(row["lat"], row["lon"]) if row["lat"] is not None and row["lon"] is not None else None


def _incident(row: dict[str, Any]) -> Incident:
    about = {name: value for name, value in row.items() if name not in _OF_THE_BED}
    return Incident(
        **(
            about
            | {
                "kind": Kind(row["kind"]),
                "state": State(row["state"]),
                "plan": Plan.model_validate(row["plan"]),
                "verification": Verification(row["verification"]),
                "bed": bed_of(row),
            }
        )
    )


def _offer(row: dict[str, Any]) -> Offer:
    return Offer(**(row | {"state": OfferState(row["state"])}))


def _assignment(row: dict[str, Any]) -> Assignment:
    return Assignment(**(row | {"state": AssignmentState(row["state"])}))
