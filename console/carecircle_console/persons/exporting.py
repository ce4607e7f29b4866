"""Exporting: everything that is held of one person, read at one moment and handed on bit by bit (I/O).

One transaction reads it all, so that the files agree with one another; a few hundred rows are in memory at a time. Who
stops reading ends it: the transaction goes with the generator.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import DictRow, tuple_row

from carecircle.clock import Clock
from carecircle.db.queries import Queries
from carecircle.errors import Unavailable
from carecircle.persons.vocabulary import Person, Words
from carecircle_alerts.register.person_exports import Ticket, Whose
from carecircle_console.persons.archive import Archive
from carecircle_console.persons.labels import headings_of
from carecircle_console.persons.lines import BYTE_ORDER_MARK, CHINA, csv_lines, json_lines
from carecircle_console.persons.masking import Mask
from carecircle_console.persons.readme import file_name, readme
from carecircle_console.persons.spoken import Spoken
from carecircle_console.persons.statements import Sheet, sheets_of
from carecircle_console.store import Connection, Store

QUERIES = Queries("carecircle_console.persons")
ROWS_A_FILE = 1_000_000
"""A spreadsheet program takes 1,048,576 rows."""
_ROWS_AT_ONCE, _SHORT_ROWS_AT_ONCE = 1000, 100
_LONGEST_S = 3600
"""A read of one moment keeps the database from tidying up behind it (engineering proposal)."""
_REMEMBERED = 200
_SNAPSHOT = (
    b"set transaction isolation level repeatable read, read only",
    b"set local idle_in_transaction_session_timeout = '5min'",
    b"set local statement_timeout = '10min'",
)

Rows = list[tuple[object, ...]]
OnWhole = Callable[[dict[str, int]], Awaitable[None]]


@dataclass(slots=True)
class Progress:
    """How far an export is, for the page of whoever waits for it."""

    state: Literal["waiting", "running", "done", "broken"] = "waiting"
    title: Words | None = None
    number: int = 0
    of: int = 0
    rows: int = 0
    files: int = 0
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose data is read: the parameters of every statement, what free text may not say, and words for codes."""

    parameters: Mapping[str, object]
    mask: Mask
    beds_elsewhere: int
    spoken: Spoken


class Exporter:
    """Streams exports, some at a time; `places` are shared with all other files that this console hands out."""

    def __init__(self, store: Store, clock: Clock, places: asyncio.Semaphore) -> None:
        self._store = store
        self._clock = clock
        self._places = places
        self._progress: dict[int, Progress] = {}

    def progress(self, ticket_id: int) -> Progress:
        """How far it is; `waiting` for one that this process has not begun."""
        return self._progress.get(ticket_id, Progress())

    def must_have_room(self) -> None:
        """Raise `Unavailable` while as many files are going out as may at once."""
        if self._places.locked():
            raise Unavailable("正在导出的人较多，请稍后再试")

    async def stream(self, ticket: Ticket, whose: Whose, spoken: Spoken, on_whole: OnWhole) -> AsyncIterator[bytes]:
        """The ZIP, bit by bit. `on_whole` is told rows, files and pictures before the last bytes go out."""
        progress = self._begin(ticket.id)
        is_whole = False
        try:
            async with self._places, self._snapshot() as connection:
                subject = await _subject(connection, whose, spoken)
                archive = Archive(self._clock.now().astimezone(CHINA))
                until = time.monotonic() + _LONGEST_S
                async for _ in self._files(connection, whose, subject, archive, progress):
                    if time.monotonic() > until:
                        raise Unavailable("导出用时过长，请换较快的网络重试")
                    if part := archive.take():
                        yield part
                await on_whole({"rows": progress.rows, "files": progress.files, "pictures": progress.pictures})
                yield archive.close()
            is_whole = True
        finally:
            progress.state = "done" if is_whole else "broken"

    def _begin(self, ticket_id: int) -> Progress:
        while len(self._progress) >= _REMEMBERED:
            del self._progress[next(iter(self._progress))]
        self._progress[ticket_id] = progress = Progress("running")
        return progress

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[Connection]:
        async with self._store.pool.connection() as connection, connection.transaction():
            for statement in _SNAPSHOT:
                await connection.execute(statement)
            yield connection

    async def _files(
        self, connection: Connection, whose: Whose, subject: _Subject, archive: Archive, progress: Progress
    ) -> AsyncIterator[None]:
        """Write file after file into the archive; a stop after every bit."""
        now, sheets = self._clock.now(), sheets_of(whose.kind)
        progress.of = len(sheets)
        about = (whose.kind, whose.id, now, sheets, subject.beds_elsewhere)
        archive.add("说明.txt", BYTE_ORDER_MARK + readme("zh-CN", *about).encode())
        archive.add("README.txt", BYTE_ORDER_MARK + readme("en", *about).encode())
        yield
        for number, sheet in enumerate(sheets, 1):
            progress.title, progress.number = sheet.table.title, number
            async for rows in _table(connection, sheet, subject, archive, number):
                progress.rows += rows
                yield
        if whose.kind is Person.RESIDENT:
            async for _ in _pictures(connection, subject, archive):
                progress.pictures += 1
                yield
        progress.files = len(archive.contents)
        archive.add("清单.json", _manifest(whose, now, archive))
        yield


async def _subject(connection: Connection, whose: Whose, spoken: Spoken) -> _Subject:
    of = {"kind": whose.kind.value, "person": whose.id, "area": whose.area}
    beds: list[str] = []
    elsewhere = 0
    if whose.kind is Person.RESIDENT:
        for row in await _fetch(connection, "beds_of_resident", of):
            if row["is_seen"]:
                beds.append(str(row["id"]))
            else:
                elsewhere += 1
    accounts = [row["id"] for row in await _fetch(connection, "accounts_of_person", of)]
    parameters = of | {"beds": beds, "accounts": accounts}
    others = [str(row["name"]) for row in await _fetch(connection, "names_of_others", parameters)]
    own = [str(text) for row in await _fetch(connection, "own_names", of) for text in row.values() if text]
    return _Subject(parameters, Mask(others, own), elsewhere, spoken)


async def _table(
    connection: Connection, sheet: Sheet, subject: _Subject, archive: Archive, number: int
) -> AsyncIterator[int]:
    """One table, as CSV and, unless it is a long one, as JSON Lines; gives how many new rows were written."""
    names = [column.name for column in sheet.columns]
    heading = BYTE_ORDER_MARK + csv_lines([[text for one in sheet.columns for text in headings_of(sheet.table, one)]])
    part, in_part = 0, ROWS_A_FILE
    async for rows in _rows(connection, sheet, subject):
        if in_part >= ROWS_A_FILE:
            if part:
                archive.end(rows=in_part, table=sheet.table.name)
            part, in_part = part + 1, 0
            archive.begin(file_name(sheet, number, part, "csv"))
            archive.write(heading)
        # Not on the loop: the same process tells dispatchers of alarms.
        await asyncio.to_thread(_write_csv, archive, rows, sheet, subject.spoken)
        in_part += len(rows)
        yield len(rows)
    if not part:
        return
    archive.end(rows=in_part, table=sheet.table.name)
    if sheet.table.is_long:
        return
    archive.begin(file_name(sheet, number, 1, "jsonl"))
    written = 0
    async for rows in _rows(connection, sheet, subject):
        await asyncio.to_thread(_write_json, archive, names, rows)
        written += len(rows)
        yield 0
    archive.end(rows=written, table=sheet.table.name)


async def _rows(connection: Connection, sheet: Sheet, subject: _Subject) -> AsyncIterator[Rows]:
    at_once = _ROWS_AT_ONCE if sheet.table.is_long else _SHORT_ROWS_AT_ONCE
    async with connection.cursor(name="person_export", row_factory=tuple_row) as cursor:
        await cursor.execute(sheet.statement, subject.parameters)
        while rows := await cursor.fetchmany(at_once):
            yield [_masked(row, sheet, subject.mask) for row in rows] if sheet.masked else rows


def _write_csv(archive: Archive, rows: Rows, sheet: Sheet, spoken: Spoken) -> None:
    archive.write(csv_lines(spoken.rows(rows, sheet.coded), spoken.no_yes))


def _write_json(archive: Archive, names: list[str], rows: Rows) -> None:
    archive.write(json_lines(names, rows))


def _masked(row: tuple[object, ...], sheet: Sheet, mask: Mask) -> tuple[object, ...]:
    cells = list(row)
    for place in sheet.masked:
        value = cells[place]
        cells[place] = mask(value) if isinstance(value, str) else value
    return tuple(cells)


async def _pictures(connection: Connection, subject: _Subject, archive: Archive) -> AsyncIterator[None]:
    for row in await _fetch(connection, "pictures_of_beds", subject.parameters):
        found = await _fetch(connection, "picture_of_beds", dict(subject.parameters) | {"id": row["id"]})
        taken: datetime = row["received_at"]
        name = f"照片/{taken.astimezone(CHINA):%Y%m%d-%H%M%S}-{row['id']}.jpg"
        for picture in found:
            archive.add(name, bytes(picture["jpeg"]), pressed=False)
        yield


async def _fetch(connection: Connection, query: str, parameters: Mapping[str, object]) -> list[DictRow]:
    return await (await connection.execute(QUERIES[query], parameters)).fetchall()


def _manifest(whose: Whose, now: datetime, archive: Archive) -> bytes:
    said = {
        "person": whose.kind.value,
        "id": whose.id,
        "made_at": now.astimezone(CHINA).isoformat(timespec="seconds"),
        "files": archive.contents,
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()
