"""Audit reads: one log out of many tables, newest first, always within an area; looking is itself on record (I/O)."""

import asyncio
import csv
import heapq
import io
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from carecircle_console.audit_views import SOURCES, AuditEntry, AuditPage, Kind, Place, bound_of, cursor_of, place_of
from carecircle_console.history.table import cell
from carecircle_console.scope import Viewer
from carecircle_console.store import Store, fetch

PLATFORM = frozenset({"detect", "engine", "hindsight", "lifeline", "notify", "promises"})
"""Who writes the trail of incidents beside people; a test holds it to the sources."""
_ROWS_AT_ONCE = 500
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = {
    "at": "时间",
    "kind": "类别",
    "change": "操作",
    "by_name": "操作人",
    "actor": "操作人编号",
    "object_kind": "对象类型",
    "object_id": "对象",
    "bed_id": "床位",
    "area_code": "区域",
    "reason": "原因",
    "detail": "内容",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see of the log: within `area`; empty texts and no kinds stand for all."""

    area: str
    until: datetime
    since: datetime | None = None
    kinds: tuple[Kind, ...] = ()
    who: str = ""
    about: str = ""

    def as_record(self) -> dict[str, object]:
        """As it is put on record; of a name only that one was searched for."""
        since = self.since.isoformat() if self.since else None
        kept = {"from": since, "until": self.until.isoformat(), "kinds": list(self.kinds), "object": self.about}
        return {name: value for name, value in kept.items() if value} | ({"by_actor": True} if self.who else {})


async def page(store: Store, asked: Asked, cursor: str | None, most: int) -> AuditPage:
    """Some entries behind a cursor; raises `BadRequest` for one that we did not make."""
    place = place_of(cursor) if cursor else _start(asked)
    found = await _read(store, asked, place, most + 1)
    entries = tuple(_entry(source, row) for source, row in found[:most])
    return AuditPage(entries=entries, next=cursor_of(_place(*found[most - 1])) if len(found) > most else None)


async def table(store: Store, asked: Asked, exports: asyncio.Semaphore) -> AsyncIterator[bytes]:
    """The whole of it as CSV, a few hundred rows in memory at a time, while there is a place among `exports`."""
    async with exports:
        yield "\ufeff".encode() + _lines([[f"{label} {name}" for name, label in _COLUMNS.items()]])
        place = _start(asked)
        while found := await _read(store, asked, place, _ROWS_AT_ONCE):
            yield _lines([_cells(_entry(source, row)) for source, row in found])
            place = _place(*found[-1])


async def record(store: Store, viewer: Viewer, asked: Asked, what: str, now: datetime) -> None:
    """Put a look on record; raises psycopg's errors, and then nothing must be shown."""
    await store.fetch(
        "record_audit_read", now=now, account=viewer.account_id, area=asked.area, what=what,
        asked=Jsonb(asked.as_record()),
    )  # fmt: skip


async def _read(store: Store, asked: Asked, place: Place, most: int) -> list[tuple[str, DictRow]]:
    wanted = [source for source, kind in SOURCES.items() if not asked.kinds or kind in asked.kinds]
    found: list[list[tuple[str, DictRow]]] = []
    async with store.pool.connection() as connection:
        meant = await fetch(connection, "who_is_meant", who=asked.who) if asked.who else []
        actors, is_platform = [row["actor"] for row in meant], asked.who in PLATFORM
        accounts = [row["account_id"] for row in meant if row["account_id"] is not None]
        for source in wanted:
            before, before_key = bound_of(source, place)
            rows = await fetch(
                connection, f"audit_{source}", area=asked.area, since=asked.since or _EVER, before=before,
                before_key=before_key, who=asked.who, object=asked.about, most=most, accounts=accounts,
                actors=[asked.who] if is_platform else actors, is_platform=is_platform,
            )  # fmt: skip
            found.append([(source, row) for row in rows])
    merged = heapq.merge(*found, key=lambda one: _place(*one), reverse=True)
    return list(islice(merged, most))


def _start(asked: Asked) -> Place:
    # Before every source of that moment: `until` itself is not included.
    return asked.until, "", ""


def _place(source: str, row: DictRow) -> Place:
    return row["at"], source, row["key"]


def _entry(source: str, row: DictRow) -> AuditEntry:
    shown = {name: value for name, value in row.items() if name != "key"}
    return AuditEntry.model_validate(shown | {"id": f"{source}-{row['key']}", "kind": SOURCES[source]})


def _cells(entry: AuditEntry) -> list[str]:
    given = {name: getattr(entry, name) for name in _COLUMNS}
    return [cell(given[name]) for name in _COLUMNS if name != "detail"] + [json.dumps(entry.detail, ensure_ascii=False)]


def _lines(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
