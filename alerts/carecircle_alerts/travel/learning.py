"""Learning: reads who arrived when, and writes a new version of corrections where there is something new (I/O)."""

from datetime import datetime, timedelta

import structlog
from psycopg.rows import DictRow

from carecircle_alerts.travel.calibration import Group, version_in
from carecircle_alerts.travel.corrections import Arrival, expected_way_s, is_news, learn_corrections, taken_way_s
from carecircle_alerts.travel.roads.speeds import hour_band
from carecircle_alerts.travel.store import Connection, fetch, load_calibration, run

_Factors = dict[tuple[int, Group], float]

_log = structlog.get_logger()


async def learn(connection: Connection, now: datetime, days: int) -> int | None:
    """Correct speeds by the arrivals of the last `days`; returns the new version, None where there is nothing new.

    The caller commits.
    """
    since = now - timedelta(days=days)
    rows = await fetch(connection, "arrivals_of_travel", since=since)
    versions = sorted({version_in(row["travel_version"]) for row in rows} - {0})
    factors: _Factors = {
        (row["version"], Group(row["basis"], row["mode"], row["terrain"], row["hour_band"])): row["factor"]
        for row in await fetch(connection, "corrections_of", versions=versions)
    }
    learnt = learn_corrections(_arrival(row, factors) for row in rows)
    if not is_news(learnt, await load_calibration(connection)):
        return None
    (made,) = await fetch(connection, "add_calibration", now=now, since=since, arrivals=len(rows))
    version: int = made["version"]
    for group, one in learnt.items():
        await run(
            connection, "add_correction", version=version, basis=group.basis, mode=group.mode, terrain=group.terrain,
            hour_band=group.hour_band, factor=one.correction.factor, spread=one.correction.spread,
            arrivals=one.arrivals,
        )  # fmt: skip
    _log.info("travel_calibrated", version=version, arrivals=len(rows), groups=len(learnt))
    return version


def _arrival(row: DictRow, factors: _Factors) -> Arrival:
    group = Group(row["basis"], row["travel_mode"], row["terrain"], hour_band(row["accepted_at"]))
    version = version_in(row["travel_version"])
    wide = factors.get((version, Group(group.basis, group.mode)), 1.0)
    factor = factors.get((version, group), wide)
    return Arrival(
        group,
        expected_way_s(row["travel_p50_s"], factor),
        taken_way_s(row["accepted_at"], row["moving_at"], row["arrived_at"]),
    )
