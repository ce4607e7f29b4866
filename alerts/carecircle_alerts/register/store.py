"""Store of the register: its named queries, and one row in the log for every change (I/O)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from carecircle.db.queries import Queries
from carecircle.errors import Conflict, Invalid
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.hours import BEIJING

QUERIES = Queries("carecircle_alerts.register")
Connection = AsyncConnection[DictRow]
ObjectKind = Literal[
    "account", "area", "resident", "bed", "device", "provider", "responder", "family_member", "contact", "import",
    "consent", "erasure", "export",
]  # fmt: skip


async def fetch(connection: Connection, query: str, **parameters: object) -> list[DictRow]:
    """Run a named query and return its rows; an empty list for statements that return none."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(QUERIES[query], parameters)
    return await cursor.fetchall() if cursor.description else []


async def run(connection: Connection, query: str, **parameters: object) -> int:
    """Run a named statement; how many rows it touched."""
    return (await connection.execute(QUERIES[query], parameters)).rowcount


async def record(
    connection: Connection, kind: ObjectKind, object_id: str, area: str, change: str, by: By, now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """One row in the log, in the transaction of the change. `detail` must name nobody."""
    await run(
        connection, "add_register_change", now=now, actor=by.actor, name=by.name, kind=kind, object_id=object_id,
        area=area, change=change, detail=Jsonb(detail or {}), reason=by.reason,
    )  # fmt: skip


async def must_be_current(
    connection: Connection, kind: ObjectKind, object_id: str, current: int, seen: int | None
) -> None:
    """Raise `Conflict`, saying who was first (`changed_meanwhile`), unless the caller saw the present version."""
    if seen is None or seen == current:
        return
    rows = await fetch(connection, "last_register_change", kind=kind, object_id=object_id)
    if not rows:
        raise Conflict("内容已被修改，请刷新后再改")
    who, at = rows[0]["by_name"], rows[0]["at"]
    when = at.astimezone(BEIJING).strftime("%m月%d日%H:%M")
    raise Conflict(f"{who}在{when}修改过，请刷新后再改", code="changed_meanwhile", by=who, at=at.isoformat())


def by_of(actor: Actor, reason: str) -> By:
    """Who changes something and why; raises `Invalid` where no reason was given."""
    if not reason.strip():
        raise Invalid("reason", "reason_needed", "请填写原因")
    return By(str(actor), actor.name, reason.strip())
