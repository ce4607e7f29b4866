"""Reading: runs the statements over history; the caller has checked that the bed is in scope (I/O)."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from psycopg.rows import DictRow

from carecircle.quantities import QUANTITIES, History, Quantity
from carecircle_console.history import statements
from carecircle_console.history.resolution import ORIGIN, window_for
from carecircle_console.history.wire import LatestValue, Point, Series
from carecircle_console.store import Connection, Store, fetch

_LATELY = timedelta(days=3)
_ROWS_AT_ONCE = 1000
# Windows in which a look for single readings is cheap; spot checks are so few that it always is.
_RAW_WITHIN = {History.VITALS: timedelta(days=2), History.ENVIRONMENT: timedelta(days=8)}


async def latest(store: Store, bed: str, now: datetime, oldest: timedelta) -> tuple[LatestValue, ...]:
    """The newest value of every quantity that was measured within `oldest`."""
    async with store.pool.connection() as connection:
        (recent,) = await fetch(connection, "history_recent", now=now)
        parameters = {"bed": bed, "recent": recent["at"], "lately": now - _LATELY, "oldest": now - oldest}
        cursor = await connection.execute(statements.latest(), parameters)
        found = {row["metric"]: row for row in await cursor.fetchall()}
    return tuple(
        LatestValue.model_validate(found[name] | _beside(quantity, found[name], now))
        for name, quantity in QUANTITIES.items()
        if name in found
    )


async def read_series(
    store: Store, bed: str, quantities: Iterable[Quantity], start: datetime, end: datetime, points: int
) -> tuple[Series, ...]:
    """A series of each quantity with at most `points` points: single readings where they fit, otherwise buckets."""
    async with store.pool.connection() as connection:
        return tuple([await _one(connection, bed, quantity, start, end, points) for quantity in quantities])


async def _one(
    connection: Connection, bed: str, quantity: Quantity, start: datetime, end: datetime, points: int
) -> Series:
    if end - start <= _RAW_WITHIN.get(quantity.history, end - start):
        parameters = {"bed": bed, "start": start, "end": end, "most": points + 1}
        rows = await (await connection.execute(statements.rows(quantity), parameters)).fetchall()
        if len(rows) <= points:
            return _series(quantity, None, "row", [_reading(quantity, row) for row in rows])
    window = window_for(start, end, points)
    parameters = {
        "bed": bed,
        "history": quantity.history.value,
        "start": window.start,
        "end": window.end,
        "origin": ORIGIN,
        "step_s": int(window.step.total_seconds()),
    }
    cursor = await connection.execute(statements.series(quantity, window.source), parameters)
    return _series(quantity, window.step, window.source.value, map(Point.model_validate, await cursor.fetchall()))


@asynccontextmanager
async def export_rows(
    store: Store, bed: str, start: datetime, end: datetime
) -> AsyncIterator[AsyncIterator[Mapping[str, object]]]:
    """All rows of a bed in time order, fetched bit by bit; they are of one moment, however long it takes."""
    parameters = {"bed": bed, "start": start, "end": end}
    async with (
        store.pool.connection() as connection,
        connection.transaction(),
        connection.cursor(name="export") as cursor,
    ):
        cursor.itersize = _ROWS_AT_ONCE
        await cursor.execute(statements.export(), parameters)
        yield aiter(cursor)


def _reading(quantity: Quantity, row: DictRow) -> Point:
    value = float(row["value"])
    bound = None if quantity.is_statement else value
    return Point(at=row["at"], n=1, min=bound, max=bound, mean=value)


def _beside(quantity: Quantity, row: DictRow, now: datetime) -> dict[str, object]:
    age_s = round((now - row["measured_at"]).total_seconds(), 3)
    return {"label": quantity.label, "unit": quantity.unit, "age_s": age_s}


def _series(quantity: Quantity, step: timedelta | None, source: str, points: Iterable[Point]) -> Series:
    return Series(
        source=source,
        metric=quantity.name,
        label=quantity.label,
        unit=quantity.unit,
        is_statement=quantity.is_statement,
        step_s=int(step.total_seconds()) if step else None,
        points=tuple(points),
    )
