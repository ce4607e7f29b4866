"""Store: rows of the live path into typed classes, under the incident's lock (I/O)."""

import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import inf
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from psycopg import AsyncConnection
from psycopg.pq import PipelineStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle.db.queries import Queries
from carecircle.errors import NotFound
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
from carecircle_alerts.plan import Plan
from carecircle_alerts.travel import Place

QUERIES = Queries("carecircle_alerts")
_CASE = ("incidents_of_cases", "offers_of", "assignments_of")
_encode = msgspec.json.Encoder().encode
_OF_THE_BED = frozenset({"lat", "lon", "terrain", "provider_id", "township"})

Connection = AsyncConnection[DictRow]

# A plan that was made while a table was empty may read all of it once it has grown; a new one costs 20 ms in all.
PLANS_LAST_S = 10.0
_PLANNED: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()


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
        await run(connection, "go_by_keys")
        now = time.monotonic()
        if now - _PLANNED.get(connection, -inf) >= PLANS_LAST_S:
            _PLANNED[connection] = now
            await run(connection, "forget_plans")
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
    cases = await load_cases(connection, [incident_id])
    if incident_id not in cases:
        raise NotFound("没有这个事件")
    return cases[incident_id]


async def load_cases(connection: Connection, incident_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Read the whole picture of several incidents, without those that are not there, and hold their locks."""
    await run(connection, "lock_incidents", incident_ids=list(incident_ids))
    return {case.incident.id: case for case in await read_cases(connection, list(incident_ids))}


async def read_case(connection: Connection, incident_id: UUID) -> Case:
    """Read the whole picture without holding anything, for those who only look; raises `NotFound`."""
    if not (found := await read_cases(connection, [incident_id])):
        raise NotFound("没有这个事件")
    return found[0]


async def read_cases(connection: Connection, incident_ids: Sequence[UUID]) -> list[Case]:
    """The whole picture of several incidents, in this order, without those that are not there."""
    about = {"incident_ids": list(incident_ids)}
    rows, *parts = await fetch_each(connection, *((query, about) for query in _CASE))
    incidents = {row["id"]: _incident(row) for row in rows}
    offers: dict[UUID, list[Offer]] = {one: [] for one in incidents}
    helpers: dict[UUID, list[Assignment]] = {one: [] for one in incidents}
    for row in parts[0]:
        offers[row.pop("incident_id")].append(_offer(row))
    for row in parts[1]:
        helpers[row.pop("incident_id")].append(_assignment(row))
    return [Case(incidents[one], tuple(offers[one]), tuple(helpers[one])) for one in incident_ids if one in incidents]


async def open_cases(connection: Connection, rows: Sequence[Mapping[str, object]]) -> list[Case]:
    """Open incidents: the cases of those that are new, of which nobody can have been asked yet."""
    opened, incidents = await fetch_each(
        connection,
        ("open_incidents", {"dangers": as_rows(rows)}),
        ("incidents_of_cases", {"incident_ids": [row["id"] for row in rows]}),
    )
    new = {row["id"] for row in opened}
    return [Case(_incident(row), (), ()) for row in incidents if row["id"] in new]


async def take_due(connection: Connection, now: datetime, most: int) -> dict[UUID, list[DueTimer]]:
    """Lock incidents that have timers due, those that have waited longest first, and take what is due of each.

    So many that `most` timers are among them. No timers of an incident that another worker took a moment before.
    """
    taken: dict[UUID, list[DueTimer]] = {}
    for row in await fetch(connection, "take_due", now=now, most=most):
        timers = taken.setdefault(row["id"], [])
        if row["kind"] is not None:
            subject = UUID(row["subject"]) if row["subject"] else None
            timers.append(DueTimer(row["due_at"], row["epoch"], row["kind"], subject))
    return taken


async def is_more_due(connection: Connection, now: datetime) -> bool:
    """Whether anything is due that this transaction has not taken; it may be in the hands of another worker."""
    (row,) = await fetch(connection, "is_more_due", now=now)
    return bool(row["more"])


def as_rows(rows: Sequence[object]) -> str:
    """Rows for a statement that takes them with `json_to_recordset`.

    One parameter, however many columns and rows: as an array each column costs ten times what the whole does here.
    """
    return _encode(rows).decode()


@lru_cache(maxsize=256)
def text_of_plan(plan: Plan) -> msgspec.Raw:
    """A plan as it is frozen into an incident."""
    return msgspec.Raw(plan.model_dump_json().encode())


@lru_cache(maxsize=256)
def plan_of_text(text: str) -> Plan:
    """The plan that was frozen into an incident; most have one of few, and equal ones are the same object."""
    return Plan.model_validate_json(text)


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
                "plan": plan_of_text(row["plan"]),
                "verification": Verification(row["verification"]),
                "bed": bed_of(row),
            }
        )
    )


def _offer(row: dict[str, Any]) -> Offer:
    return Offer(**(row | {"state": OfferState(row["state"])}))


def _assignment(row: dict[str, Any]) -> Assignment:
    return Assignment(**(row | {"state": AssignmentState(row["state"])}))
