"""Import desk: reports on files, writes them whole, takes them back, and gives the register out (I/O).

Whether somebody is an administrator is the caller's to check; `area` is the division that they answer for.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Literal

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Invalid, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.imports import responders
from carecircle_alerts.imports.reading import Table, read_table
from carecircle_alerts.imports.report import Report, fingerprint_of
from carecircle_alerts.imports.table import write_table
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.store import Connection, fetch, record, run

ImportKind = Literal["responders"]
UNDO_LASTS = timedelta(days=7)
"""Long enough to hear of a mistake at the next weekly round, short enough not to keep old numbers (engineering
proposal)."""


class ImportDesk:
    """Commands about whole files. Raises `Invalid`, `Conflict` or `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def report(self, kind: ImportKind, content: bytes, area: str) -> Report:
        """What a file would do; nothing is written."""
        table = await asyncio.to_thread(read_table, content, responders.NAMES)
        async with self._pool.connection() as connection:
            return await _report(connection, kind, content, table, area)

    async def commit(
        self, kind: ImportKind, content: bytes, fingerprint: str, area: str, reason: str, actor: Actor
    ) -> tuple[int, Report]:
        """Write a file whole, if it still does what was reported; the import's number."""
        table = await asyncio.to_thread(read_table, content, responders.NAMES)
        by, now = _by(actor, reason), self._clock.now()
        async with self._pool.connection() as connection:
            await run(connection, "lock_imports")
            await run(connection, "hold_responders", ids=_ids(table), area=area)
            report = await _report(connection, kind, content, table, area)
            known = {"fingerprint": fingerprint, "area": area, "actor": by.actor}
            if done := await fetch(connection, "import_that_came_true", **known):
                return int(done[0]["id"]), report
            if report.fingerprint != fingerprint:
                raise Conflict("预检之后文件或档案有变化，请重新预检", code="import_outdated")
            if report.count("error"):
                raise Conflict("文件中有错误，改正后才能导入")
            new = [line for line in report.lines if line.action == "create"]
            other = [line for line in report.lines if line.action == "change"]
            if not new and not other:
                raise Conflict("文件与档案一致，没有可导入的内容")
            try:
                await run(connection, "insert_responders", people=Jsonb([line.after for line in new]))
            except psycopg.errors.UniqueViolation as error:
                raise Conflict("预检之后文件或档案有变化，请重新预检", code="import_outdated") from error
            await run(connection, "update_responders", people=Jsonb([line.after for line in other]))
            number = await _put_on_record(connection, kind, report, area, by, now)
        return number, report

    async def undo(self, import_id: int, area: str, reason: str, actor: Actor) -> None:
        """Everything is as it was before an import; refused where any of it has changed since."""
        by, now = _by(actor, reason), self._clock.now()
        try:
            async with self._pool.connection() as connection:
                await run(connection, "lock_imports")
                held = await fetch(connection, "hold_import", id=import_id, area=area)
                if not held:
                    raise NotFound("没有这次导入，或不在您的可见范围内")
                _must_be_fresh(held[0], now)
                rows = await fetch(connection, "import_rows", id=import_id)
                made = [row["id"] for row in rows if row["before"] is None]
                whole = len(rows) == held[0]["created"] + held[0]["changed"]
                if not whole or any(row["present"] != row["after"] for row in rows):
                    raise _changed()
                if any(not str(row["present"]["area_code"]).startswith(area) for row in rows):
                    raise _changed()
                if await fetch(connection, "responders_in_use", ids=made):
                    raise _changed()
                before = [row["before"] for row in rows if row["before"] is not None]
                await run(connection, "update_responders", people=Jsonb(before))
                await run(connection, "delete_responders", ids=made)
                await run(connection, "end_import", id=import_id, now=now, name=by.name)
                told = {"removed": len(made), "restored": len(before)}
                await record(connection, "import", str(import_id), area, "undone", by, now, told)
        except psycopg.errors.ForeignKeyViolation as error:
            raise _changed() from error

    async def imports(self, area: str) -> list[DictRow]:
        """The latest imports of an area."""
        async with self._pool.connection() as connection:
            return await fetch(connection, "imports_of", area=area, undo_since=self._clock.now() - UNDO_LASTS)

    async def export(self, kind: ImportKind, area: str, actor: Actor) -> bytes:
        """The register of an area as a file; that it was taken out is on record before it is."""
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "responders_to_export", area=area)
            by = By(str(actor), actor.name)
            await record(connection, "export", kind, area, "exported", by, self._clock.now(), {"rows": len(rows)})
        columns = list(responders.NAMES)
        shown = [responders.cells(row) for row in rows]
        return await asyncio.to_thread(write_table, list(responders.NAMES.values()), shown, columns)


def template() -> bytes:
    """An empty file with all columns."""
    return write_table(list(responders.NAMES.values()), [], [])


async def _report(connection: Connection, kind: ImportKind, content: bytes, table: Table, area: str) -> Report:
    ids = _ids(table)
    known = responders.Known(
        people={row["id"]: row for row in await fetch(connection, "responders_in_file", ids=ids, area=area)},
        taken=frozenset(row["id"] for row in await fetch(connection, "responders_elsewhere", ids=ids, area=area)),
        areas=frozenset(row["code"] for row in await fetch(connection, "areas_within", area=area)),
        providers=frozenset(row["id"] for row in await fetch(connection, "providers_within", area=area)),
    )
    lines = await asyncio.to_thread(responders.plan, table, known)
    return Report(lines, table.ignored, fingerprint_of(kind, area, content, lines))


async def _put_on_record(
    connection: Connection, kind: ImportKind, report: Report, area: str, by: By, now: datetime
) -> int:
    counted = {"created": report.count("create"), "changed": report.count("change")}
    rows = await fetch(
        connection, "add_import", now=now, kind=kind, area=area, actor=by.actor, name=by.name, reason=by.reason,
        fingerprint=report.fingerprint, **counted,
    )  # fmt: skip
    number = int(rows[0]["id"])
    told = [
        {
            "id": line.object_id, "before": line.before, "after": line.after,
            "detail": {name: ["", ""] for name in line.changed},
        }
        for line in report.lines
        if line.action in {"create", "change"}
    ]  # fmt: skip
    await run(
        connection, "add_import_rows", import_id=number, rows=Jsonb(told), now=now, actor=by.actor, name=by.name,
        reason=by.reason,
    )  # fmt: skip
    await record(connection, "import", str(number), area, "imported", by, now, {"kind": kind, **counted})
    await run(connection, "forget_import_rows", before=now - UNDO_LASTS)
    return number


def _ids(table: Table) -> list[str]:
    return [row.cells.get("id", "") for row in table.rows]


def _must_be_fresh(held: DictRow, now: datetime) -> None:
    if held["undone_at"] is not None:
        raise Conflict("这次导入已经撤销")
    if now - held["at"] > UNDO_LASTS:
        raise Conflict(f"导入超过{UNDO_LASTS.days}天，不能整体撤销")


def _changed() -> Conflict:
    return Conflict("导入之后有人员又被更改或使用，不能整体撤销，请逐条修改", code="import_used")


def _by(actor: Actor, reason: str) -> By:
    if not reason.strip():
        raise Invalid("reason", "reason_needed", "请填写原因")
    return By(str(actor), actor.name, reason.strip())
