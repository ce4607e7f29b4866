"""Import desk: reports on files, writes them whole, takes them back, and gives the register out (I/O).

Whether somebody is an administrator is the caller's to check; `area` is the division that they answer for.
"""

import asyncio
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.imports.book import Book, HasChanged, ImportKind, Written, must_be_whole
from carecircle_alerts.imports.home_book import HomeBook
from carecircle_alerts.imports.homes import Datum
from carecircle_alerts.imports.reading import Table, read_table
from carecircle_alerts.imports.report import Report, fingerprint_of
from carecircle_alerts.imports.responder_book import ResponderBook
from carecircle_alerts.imports.table import write_table
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.store import Connection, by_of, fetch, record, run

BOOKS: dict[ImportKind, Book] = {"responders": ResponderBook(), "homes": HomeBook()}
UNDO_LASTS = timedelta(days=7)
"""Long enough to hear of a mistake at the next weekly round, short enough not to keep old numbers (engineering
proposal)."""


class ImportDesk:
    """Commands about whole files. Raises `Invalid`, `Conflict` or `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def report(self, kind: ImportKind, content: bytes, area: str, datum: Datum = "wgs84") -> Report:
        """What a file would do; nothing is written."""
        table = await asyncio.to_thread(read_table, content, BOOKS[kind].names)
        async with self._pool.connection() as connection:
            return await _report(connection, kind, content, table, area, self._clock.now(), datum)

    async def commit(
        self, kind: ImportKind, content: bytes, fingerprint: str, area: str, reason: str, actor: Actor,
        datum: Datum = "wgs84",
    ) -> tuple[int, Report]:  # fmt: skip
        """Write a file whole, if it still does what was reported; the import's number."""
        book, by, now = BOOKS[kind], by_of(actor, reason), self._clock.now()
        table = await asyncio.to_thread(read_table, content, book.names)
        async with self._pool.connection() as connection:
            await run(connection, "lock_imports")
            await book.hold(connection, table.ids(book.id_column), area)
            report = await _report(connection, kind, content, table, area, now, datum)
            known = {"fingerprint": fingerprint, "area": area, "actor": by.actor}
            if done := await fetch(connection, "import_that_came_true", **known):
                return int(done[0]["id"]), report
            if report.fingerprint != fingerprint:
                raise _outdated()
            if report.count("error"):
                raise Conflict("文件中有错误，改正后才能导入")
            todo = [line for line in report.lines if line.action in {"create", "change"}]
            if not todo:
                raise Conflict("文件与档案一致，没有可导入的内容")
            try:
                written = await book.write(connection, todo, by, now)
            except psycopg.errors.UniqueViolation as error:
                raise _outdated() from error
            number = await _put_on_record(connection, kind, report, written, area, by, now)
        return number, report

    async def undo(self, import_id: int, area: str, reason: str, actor: Actor) -> None:
        """Everything is as it was before an import; refused where any of it has changed since."""
        by, now = by_of(actor, reason), self._clock.now()
        try:
            async with self._pool.connection() as connection:
                await run(connection, "lock_imports")
                held = await fetch(connection, "hold_import", id=import_id, area=area)
                if not held:
                    raise NotFound("没有这次导入，或不在您的可见范围内")
                _must_be_fresh(held[0], now)
                rows = await fetch(connection, "import_rows", id=import_id)
                must_be_whole(rows, held[0]["created"] + held[0]["changed"])
                book = BOOKS[held[0]["kind"]]
                await book.hold(connection, [row["id"] for row in rows], area)
                await book.take_back(connection, rows, area, by, now)
                await run(connection, "end_import", id=import_id, now=now, name=by.name)
                made = sum(row["before"] is None for row in rows)
                told = {"removed": made, "restored": len(rows) - made}
                await record(connection, "import", str(import_id), area, "undone", by, now, told)
        except (HasChanged, psycopg.errors.ForeignKeyViolation) as error:
            said = "导入之后其中有内容又被更改或使用，不能整体撤销，请逐条修改"
            raise Conflict(said, code="import_used") from error

    async def imports(self, area: str) -> list[DictRow]:
        """The latest imports of an area."""
        async with self._pool.connection() as connection:
            return await fetch(connection, "imports_of", area=area, undo_since=self._clock.now() - UNDO_LASTS)

    async def export(self, kind: ImportKind, area: str, actor: Actor) -> bytes:
        """The register of an area as a file; that it was taken out is on record before it is."""
        book = BOOKS[kind]
        async with self._pool.connection() as connection:
            columns, rows = await book.out(connection, area)
            by = By(str(actor), actor.name)
            await record(connection, "export", kind, area, "exported", by, self._clock.now(), {"rows": len(rows)})
        return await asyncio.to_thread(write_table, [book.names[name] for name in columns], rows, columns)


def template(kind: ImportKind) -> bytes:
    """An empty file with all columns."""
    book = BOOKS[kind]
    return write_table([book.names[name] for name in book.template()], [], [])


async def _report(
    connection: Connection, kind: ImportKind, content: bytes, table: Table, area: str, now: datetime, datum: Datum
) -> Report:
    lines = await BOOKS[kind].lines(connection, table, area, now, datum)
    name = await asyncio.to_thread(fingerprint_of, f"{kind} {datum}", area, content, lines)
    return Report(lines, table.ignored, name)


async def _put_on_record(
    connection: Connection, kind: ImportKind, report: Report, written: list[Written], area: str, by: By, now: datetime
) -> int:
    counted = {"created": report.count("create"), "changed": report.count("change")}
    rows = await fetch(
        connection, "add_import", now=now, kind=kind, area=area, actor=by.actor, name=by.name, reason=by.reason,
        fingerprint=report.fingerprint, **counted,
    )  # fmt: skip
    number = int(rows[0]["id"])
    told = [
        {"id": one.object_id, "area": one.area, "before": one.before, "after": one.after, "detail": one.detail}
        for one in written
    ]
    await run(
        connection, "add_import_rows", import_id=number, rows=Jsonb(told), now=now, actor=by.actor, name=by.name,
        kind=BOOKS[kind].object_kind, reason=by.reason,
    )  # fmt: skip
    await record(connection, "import", str(number), area, "imported", by, now, {"kind": kind, **counted})
    await run(connection, "forget_import_rows", before=now - UNDO_LASTS)
    return number


def _must_be_fresh(held: DictRow, now: datetime) -> None:
    if held["undone_at"] is not None:
        raise Conflict("这次导入已经撤销")
    if now - held["at"] > UNDO_LASTS:
        raise Conflict(f"导入超过{UNDO_LASTS.days}天，不能整体撤销")


def _outdated() -> Conflict:
    return Conflict("预检之后文件或档案有变化，请重新预检", code="import_outdated")
