"""Statements: the SQL over history, made for one quantity or for all of them (pure).

Column and table names come from `carecircle.quantities`; everything from outside is a parameter. The caller has checked
that the bed is in scope.
"""

from psycopg import sql

from carecircle.quantities import QUANTITIES, History, Quantity
from carecircle_console.history.resolution import Source

_SOURCES = (Source.DAY, Source.HOUR, Source.MINUTE)

# What is stale in a rollup: hours that got late readings and were not done again yet, and what is not rolled up so far.
_HEAD = """
with done as (select minutes_until, hours_until, days_until from rollup_state),
touched as (
    select distinct hour from rollup_touched
    where history = %(history)s and bed = %(bed)s and hour >= %(start)s - interval '1 day' and hour < %(end)s
),
"""
_DAYS = """
select bucket, {n} as n, {low} as low, {high} as high, {total} as total
from {day}, done
where bed = %(bed)s and bucket >= %(start)s and bucket < least(%(end)s, days_until)
    and not exists (select from touched where hour >= bucket and hour < bucket + interval '1 day')
"""
# Hours stand in for the day that is not over, and for days of which an hour is stale.
_HOURS = """
select bucket, {n}, {low}, {high}, {total}
from {hour}, done
where bed = %(bed)s and bucket >= greatest(%(start)s, {from_here}) and bucket < least(%(end)s, hours_until)
    and not exists (select from touched where hour = bucket)
"""
_HOURS_OF_STALE_DAYS = """
select bucket, {n}, {low}, {high}, {total}
from {hour}, done
where bed = %(bed)s and bucket >= %(start)s and bucket < least(%(end)s, days_until)
    and bucket in (
        select d + h * interval '1 hour'
        from (select distinct date_trunc('day', hour, 'Asia/Shanghai') as d from touched) as stale,
            generate_series(0, 23) as h
    )
    and not exists (select from touched where hour = bucket)
"""
_MINUTES = """
select bucket, {n}, {low}, {high}, {total}
from {minute}, done
where bed = %(bed)s and bucket >= greatest(%(start)s, {from_here}) and bucket < least(%(end)s, minutes_until)
    and not exists (select from touched where hour = date_trunc('hour', bucket, 'UTC'))
"""
_ROWS = """
select measured_at, 1, {low_of_row}, {high_of_row}, {value_of_row}
from {raw}, done
where bed = %(bed)s and measured_at >= greatest(%(start)s, minutes_until) and measured_at < %(end)s
    and {value} is not null
union all
select measured_at, 1, {low_of_row}, {high_of_row}, {value_of_row}
from touched join {raw} on measured_at >= hour and measured_at < hour + interval '1 hour', done
where bed = %(bed)s and measured_at >= %(start)s and measured_at < least(%(end)s, minutes_until)
    and {value} is not null
"""
_BUCKETS = """
select
    %(origin)s + floor(extract(epoch from bucket - %(origin)s) / %(step_s)s) * %(step_s)s * interval '1 second' as at,
    sum(n)::bigint as n, min(low) as min, max(high) as max, sum(total) / sum(n) as mean
from pieces
where n > 0
group by 1
order by 1
"""


def series(quantity: Quantity, source: Source) -> sql.Composed:
    """Buckets of one quantity in time order: `at`, `n`, `min`, `max`, `mean`; empty buckets are left out.

    Parameters: bed, history, start, end, origin, step_s.
    """
    pieces = {
        Source.DAY: [_DAYS, _HOURS_OF_STALE_DAYS, _HOURS, _MINUTES, _ROWS],
        Source.HOUR: [_HOURS, _MINUTES, _ROWS],
        Source.MINUTE: [_MINUTES, _ROWS],
    }[source]
    coarser = {_HOURS: Source.DAY, _MINUTES: Source.HOUR}
    parts = []
    for piece in pieces:
        starts = coarser.get(piece)
        # A resolution begins where the next coarser one ends, if that one is read at all.
        is_read = starts is not None and _SOURCES.index(starts) >= _SOURCES.index(source)
        from_here = f"{starts}s_until" if is_read else "%(start)s"
        parts.append(sql.SQL(piece).format(from_here=sql.SQL(from_here), **_names(quantity)))
    pieces_of_it = sql.SQL("pieces (bucket, n, low, high, total) as ({})").format(sql.SQL("union all").join(parts))
    return sql.SQL(_HEAD) + pieces_of_it + sql.SQL(_BUCKETS)


def rows(quantity: Quantity) -> sql.Composed:
    """Single readings of one quantity in time order. Parameters: bed, start, end, most."""
    return sql.SQL(
        "select measured_at as at, {value} as value from {raw} where bed = %(bed)s and measured_at >= %(start)s"
        " and measured_at < %(end)s and {value} is not null order by measured_at limit %(most)s"
    ).format(value=sql.Identifier(quantity.name), raw=sql.Identifier(quantity.history.value))


def _names(quantity: Quantity) -> dict[str, sql.Composable]:
    value = sql.Identifier(quantity.name)
    column = {what: sql.Identifier(f"{quantity.name}_{what}") for what in ("n", "min", "max", "sum", "true")}
    tables = {one.value: sql.Identifier(f"{quantity.history.value}_{one.value}") for one in Source}
    common = {"value": value, "raw": sql.Identifier(quantity.history.value), "n": column["n"], **tables}
    if quantity.is_statement:
        nothing = sql.SQL("null::real")
        as_number = sql.SQL("{}::integer::double precision").format(value)
        return common | {
            "low": nothing,
            "high": nothing,
            "total": sql.SQL("{}::double precision").format(column["true"]),
            "low_of_row": nothing,
            "high_of_row": nothing,
            "value_of_row": as_number,
        }
    return common | {
        "low": column["min"],
        "high": column["max"],
        "total": column["sum"],
        "low_of_row": value,
        "high_of_row": value,
        "value_of_row": sql.SQL("{}::double precision").format(value),
    }


# The newest reading: among the last hours by the rows themselves, before that by way of the rollups, which say in which
# hour to look; so a quantity that was never measured costs a few index entries and not the whole history.
_LATEST = """
select {name} as metric, found.* from (
    select r.measured_at, r.received_at, r.device, r.quality, r.clock_offset_ms, {as_number} as value
    from {raw} r, (
        select coalesce(
            (
                select measured_at from {raw}
                where bed = %(bed)s and measured_at >= %(recent)s and {value} is not null
                order by measured_at desc limit 1
            ),
            (
                select bucket from {hour}
                where bed = %(bed)s and bucket >= %(lately)s and {n} > 0 order by bucket desc limit 1
            ),
            (
                select h.bucket from (
                    select bucket from {day}
                    where bed = %(bed)s and bucket >= %(oldest)s and {n} > 0 order by bucket desc limit 1
                ) d, lateral (
                    select bucket from {hour}
                    where bed = %(bed)s and bucket >= d.bucket and bucket < d.bucket + interval '1 day' and {n} > 0
                    order by bucket desc limit 1
                ) h
            )
        ) as hour
    ) as at
    where r.bed = %(bed)s and r.measured_at >= at.hour and r.measured_at < at.hour + interval '1 hour'
        and r.{value} is not null
    order by r.measured_at desc
    limit 1
) found
"""


def latest() -> sql.Composed:
    """The newest reading of every quantity. Parameters: bed, recent, lately, oldest (times from which to look)."""
    parts = [
        sql.SQL(_LATEST).format(
            name=sql.Literal(quantity.name),
            value=sql.Identifier(quantity.name),
            as_number=sql.SQL("r.{}::integer::real" if quantity.is_statement else "r.{}").format(
                sql.Identifier(quantity.name)
            ),
            n=sql.Identifier(f"{quantity.name}_n"),
            raw=sql.Identifier(quantity.history.value),
            hour=sql.Identifier(f"{quantity.history.value}_hour"),
            day=sql.Identifier(f"{quantity.history.value}_day"),
        )
        for quantity in QUANTITIES.values()
    ]
    return sql.SQL("union all").join(parts)


def export() -> sql.Composed:
    """All rows of a bed in time order, every quantity a column, null where a row's table lacks it.

    Parameters: bed, start, end.
    """
    parts = []
    for history in History:
        columns = [
            sql.Identifier(one.name)
            if one.history is history
            else sql.SQL("null::{} as {}").format(
                sql.SQL("boolean" if one.is_statement else "real"), sql.Identifier(one.name)
            )
            for one in QUANTITIES.values()
        ]
        parts.append(
            sql.SQL(
                "select measured_at, received_at, device, boot, seq, quality, clock_offset_ms, {} from {}"
                " where bed = %(bed)s and measured_at >= %(start)s and measured_at < %(end)s"
            ).format(sql.SQL(", ").join(columns), sql.Identifier(history.value))
        )
    return sql.SQL(" union all ").join(parts) + sql.SQL(" order by measured_at, device, boot, seq")
