"""Statements: the SQL that makes a rollup out of readings, or out of a finer rollup (pure).

Written from the quantities, so that a new quantity cannot be forgotten here; the same for all tables, so that one test
holds for all of them. Every statement looks at one bed at a time: only by (bed, time) can history be found without
reading whole chunks, and it needs no memory however long the stretch is.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import LiteralString

from psycopg import sql

from carecircle.quantities import History, Quantity, quantities_of
from carecircle_upkeep.resolutions import FINER, Resolution

# Which beds, and from when until when: relations with the columns bed, since, until. Each statement is also told the
# first and the last of these moments as values, because only values tell the planner which chunks are meant.
EVERY_BED: LiteralString = "select id as bed, %(since)s::timestamptz as since, %(until)s::timestamptz as until from bed"
TAKEN_HOURS: LiteralString = """
    select bed, hour as since, least(hour + interval '1 hour', %(done_until)s) as until
    from rollup_touched
    where history = %(history)s and taken and hour >= %(since)s and hour < %(until)s"""
TAKEN_DAYS: LiteralString = """
    select distinct bed, day as since, day + interval '1 day' as until
    from rollup_touched
    cross join lateral date_bin('1 day', hour, %(day_origin)s) as day
    where history = %(history)s and taken and day >= %(since)s and day < %(until)s"""


@cache
def roll_up(history: History, resolution: Resolution, spans: LiteralString) -> sql.Composed:
    """Make the buckets of these spans anew; what is there already is replaced, so doing it twice changes nothing."""
    finer = FINER.get(resolution)
    quantities = quantities_of(history)
    columns = [name for one in quantities for name, _ in _from_readings(one)]
    values = [value for one in quantities for _, value in (_from_rollups(one) if finer else _from_readings(one))]
    return sql.SQL(_ROLL_UP).format(
        target=sql.Identifier(resolution.table(history)),
        source=sql.Identifier(finer.table(history) if finer else history.value),
        time=sql.Identifier("s", "bucket" if finer else "measured_at"),
        width=sql.Literal(resolution.width),
        origin=sql.Literal(resolution.origin),
        spans=sql.SQL(spans),
        columns=_list(sql.Identifier(name) for name in columns),
        values=_list(values),
        found=_list(sql.Identifier("r", name) for name in columns),
        named=_list(sql.Identifier(name) for name in columns),
        replaced=_list(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in columns),
    )


_ROLL_UP: LiteralString = """
insert into {target} (bed, bucket, {columns})
select t.bed, r.bucket, {found}
from ({spans}) t
cross join lateral (
    select date_bin({width}, {time}, {origin}), {values}
    from {source} s
    where s.bed = t.bed
        and {time} >= t.since and {time} < t.until
        and {time} >= %(since)s and {time} < %(until)s
    group by 1
) r (bucket, {named})
on conflict (bed, bucket) do update set {replaced}
"""


def _from_readings(one: Quantity) -> Iterator[tuple[str, sql.Composable]]:
    value = sql.Identifier("s", one.name)
    yield f"{one.name}_n", sql.SQL("count({})").format(value)
    if one.is_statement:
        yield f"{one.name}_true", sql.SQL("count(*) filter (where {})").format(value)
        return
    yield f"{one.name}_min", sql.SQL("min({})").format(value)
    yield f"{one.name}_max", sql.SQL("max({})").format(value)
    yield f"{one.name}_sum", sql.SQL("sum({}::double precision)").format(value)


def _from_rollups(one: Quantity) -> Iterator[tuple[str, sql.Composable]]:
    for name, _ in _from_readings(one):
        how = {"_min": "min({})", "_max": "max({})"}.get(name[-4:], "sum({})")
        yield name, sql.SQL(how).format(sql.Identifier("s", name))


def _list(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
