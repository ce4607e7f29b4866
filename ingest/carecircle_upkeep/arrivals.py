"""Arrivals: how many messages came and how late, by hour and day; and a sample of beds and devices (I/O)."""

from datetime import datetime
from functools import cache
from typing import LiteralString

from psycopg import sql

from carecircle.quantities import History
from carecircle_upkeep.boundary import QUERIES, Connection
from carecircle_upkeep.resolutions import DAY, HOUR, Resolution

LAGS_S = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 28_800, 86_400)
"""Upper ends of the classes into which lag is counted: from a second, the live case, to a day of outage."""
_COUNTS = ("messages", *(f"lag_{lag}" for lag in LAGS_S))


@cache
def arrivals(history: History, resolution: Resolution, spans: LiteralString) -> sql.Composed:
    """Count messages and their lag anew: hours out of readings, days out of hours. Doing it twice changes nothing."""
    is_hour = resolution is HOUR
    return sql.SQL(_ARRIVALS).format(
        target=sql.Identifier(f"reception_{resolution.name}"),
        source=sql.Identifier(history.value if is_hour else "reception_hour"),
        of_history=sql.SQL("true") if is_hour else sql.SQL("s.history = {}").format(sql.Literal(history.value)),
        history=sql.Literal(history.value),
        time=sql.Identifier("s", "measured_at" if is_hour else "bucket"),
        width=sql.Literal(resolution.width),
        origin=sql.Literal(resolution.origin),
        spans=sql.SQL(spans),
        counted=sql.SQL(", ").join(_from_readings() if is_hour else _from_hours()),
        columns=sql.SQL(", ").join(sql.Identifier(name) for name in _COUNTS),
        found=sql.SQL(", ").join(sql.Identifier("r", name) for name in _COUNTS),
        replaced=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in _COUNTS),
    )


# One bed at a time, as the other rollups: history is found by (bed, time) alone.
_ARRIVALS: LiteralString = """
insert into {target} (bucket, bed, history, {columns})
select r.bucket, t.bed, {history}, {found}
from ({spans}) t
cross join lateral (
    select date_bin({width}, {time}, {origin}), {counted}
    from {source} s
    where s.bed = t.bed and {of_history}
        and {time} >= t.since and {time} < t.until
        and {time} >= %(since)s and {time} < %(until)s
    group by 1
) r (bucket, {columns})
on conflict (bucket, bed, history) do update set {replaced}
"""


def sum_places(connection: Connection, since: datetime, until: datetime) -> None:
    """Make the sums by place of the days in [since, until) anew; part of the transaction that made the days."""
    told = {"since": since, "until": until}
    connection.execute(QUERIES["forget_places"], told)
    connection.execute(QUERIES["sum_places"], told)


def sample_fleet(connection: Connection, now: datetime) -> bool:
    """Add a sample of beds and devices to the day's sums; False where this hour has one already."""
    with connection.transaction():
        told = {"now": now, "hour": HOUR.floor(now), "day": DAY.floor(now)}
        if connection.execute(QUERIES["begin_sample"], told).rowcount == 0:
            return False
        connection.execute(QUERIES["sample_fleet"], told)
        return True


def _from_readings() -> list[sql.Composable]:
    late = "count(*) filter (where s.received_at - s.measured_at <= make_interval(secs => {}))"
    return [sql.SQL("count(*)"), *(sql.SQL(late).format(sql.Literal(lag)) for lag in LAGS_S)]


def _from_hours() -> list[sql.Composable]:
    return [sql.SQL("sum({})").format(sql.Identifier("s", name)) for name in _COUNTS]
