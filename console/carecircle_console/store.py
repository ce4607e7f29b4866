"""Store: the console's read models, rows into wire models, always within a scope (I/O)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle.db.queries import Queries
from carecircle.errors import NotFound
from carecircle_console.errors import VitalsNotShared
from carecircle_console.scope import Scope
from carecircle_console.wire import Entry, Incident, Message, OfferBrief

QUERIES = Queries(
    "carecircle_console", "read_models.sql", "alarms.sql", "roads.sql", "people.sql", "coverage.sql", "shifts.sql",
    "visits.sql", "bed_past.sql", "accounts.sql", "consents.sql", "erasures.sql",
    "register.sql", "audit.sql",
)  # fmt: skip
Connection = AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

# More open incidents than this at once is a disaster of its own; the list then shows the most urgent.
_MOST_OPEN = 1000
_MOST_RECENT = 200
_ENTRY = ("at", "step", "actor", "reason", "detail")


def new_pool(url: str, *, autocommit: bool, most: int) -> Pool:
    """A pool that opens in the background and gives each caller a connection that was just seen alive."""
    return AsyncConnectionPool(
        url,
        connection_class=AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row, "autocommit": autocommit, "application_name": "carecircle-console"},
        min_size=1,
        max_size=most,
        timeout=3,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


@dataclass(frozen=True, slots=True)
class SeenIncident:
    """An incident as it is shown, and whose it is."""

    incident: Incident
    resident_id: str


class Store:
    """Runs the named queries; raises psycopg's errors, which the edge turns into 503."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def fetch(self, query: str, **parameters: object) -> list[DictRow]:
        """Run a named query and return its rows."""
        async with self.pool.connection() as connection:
            return await fetch(connection, query, **parameters)

    async def resident(self, bed: str, scope: Scope) -> str:
        """Whose bed it is; raises `NotFound` where it does not exist or is out of scope: the two look the same."""
        rows = await self.fetch("resident_of_bed", bed=bed, **scope.parameters())
        if not rows:
            raise NotFound("没有这个床位，或不在您的可见范围内")
        return str(rows[0]["resident_id"])

    async def resident_for_vitals(self, bed: str, scope: Scope) -> str:
        """Like `resident`, for what was measured: `VitalsNotShared` where the resident has not agreed to that."""
        rows = await self.fetch("resident_of_bed", bed=bed, **scope.parameters())
        if not rows:
            raise NotFound("没有这个床位，或不在您的可见范围内")
        if not rows[0]["shares_vitals"]:
            raise VitalsNotShared
        return str(rows[0]["resident_id"])

    async def incidents(self, scope: Scope, *, only_open: bool) -> list[SeenIncident]:
        """The open incidents in scope, most urgent first; or the latest, newest first."""
        async with self.pool.connection() as connection:
            most = _MOST_OPEN if only_open else _MOST_RECENT
            rows = await fetch(connection, "incident_ids", open=only_open, most=most, **scope.parameters())
            return await load_incidents(connection, [row["id"] for row in rows], scope)

    async def incident(self, incident_id: UUID, scope: Scope) -> SeenIncident:
        """One incident; raises `NotFound` where it does not exist or is out of scope: the two look the same."""
        async with self.pool.connection() as connection:
            found = await load_incidents(connection, [incident_id], scope)
        if not found:
            raise NotFound("没有这个事件，或不在您的可见范围内")
        return found[0]

    async def timeline(self, incident_id: UUID, scope: Scope) -> tuple[Entry, ...]:
        """The audit trail, oldest first."""
        rows = await self.fetch("timeline", id=incident_id, **scope.parameters())
        return tuple(entry_of(row) for row in rows)

    async def messages(self, incident_id: UUID, scope: Scope) -> tuple[Message, ...]:
        """What was sent about an incident, oldest first."""
        rows = await self.fetch("messages", id=incident_id, **scope.parameters())
        return tuple(Message.model_validate(row) for row in rows)

    async def latest_offers(self, incident_id: UUID, scope: Scope) -> dict[str, OfferBrief]:
        """The last offer to each responder, by responder."""
        rows = await self.fetch("latest_offers", id=incident_id, **scope.parameters())
        return {row["responder_id"]: OfferBrief(id=row["id"], state=row["state"]) for row in rows}


async def fetch(connection: Connection, query: str, **parameters: object) -> list[DictRow]:
    """Run a named query on a connection; an empty list for statements that return no rows."""
    cursor = await connection.execute(QUERIES[query], parameters)
    return await cursor.fetchall() if cursor.description else []


async def load_incidents(connection: Connection, ids: Sequence[UUID], scope: Scope) -> list[SeenIncident]:
    """The current summaries of those of these incidents that are in scope, in the order asked for."""
    if not ids:
        return []
    rows = await fetch(connection, "incident_summary", ids=list(ids), **scope.parameters())
    return [SeenIncident(Incident.model_validate(row), resident_id) for row, resident_id in map(_split, rows)]


def entry_of(row: DictRow) -> Entry:
    """An audit row as it is shown to the centre."""
    return Entry.model_validate({name: row[name] for name in _ENTRY} | {"id": str(row["id"])})


def _split(row: DictRow) -> tuple[DictRow, str]:
    resident_id: str = row.pop("resident_id")
    return row, resident_id
