"""What upkeep costs: a day of readings of 1,950 beds rolled up at a first start, then minute by minute, then late ones.

Last line of standard output: one JSON object. `day_s` is all of the first start, `early_slice_s` and `late_slice_s` the
medians over its first and its last six hours: were chunks read whole, the late ones would be many times the early ones.
`minute_ms` is one ordinary round, `late_hours_per_s` how fast hours of beds are rolled up again.
CARECIRCLE_BENCH_FOLDER chooses the disk.
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from bench.beds import AREAS, beds_sql
from carecircle.clock import ManualClock
from carecircle.metrics import new_registry
from carecircle.runtime.install import ensure_runtime
from carecircle_upkeep.boundary import Connection, move_boundary, read_boundary
from carecircle_upkeep.metrics import UpkeepMetrics
from carecircle_upkeep.rolling import redo_touched, roll_slice
from carecircle_upkeep.round import Round
from carecircle_upkeep.settings import UpkeepSettings
from tests.servers import OwnDatabase, new_own_database

_DAY = datetime(2026, 11, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_MINUTES = 10
_AT_ONCE = 300

_READINGS = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate, respiratory_rate, spo2, movement,
    in_bed)
select at, at, 'bed-' || n, 'mat', 1, extract(epoch from at), 60 + n %% 40, 14, 96, random(), true
from generate_series(%(since)s, %(until)s - interval '1 millisecond', %(every_s)s * interval '1 second') at
cross join generate_series(1, %(beds)s) n;
insert into environment (measured_at, received_at, bed, device, boot, seq, room_temperature, humidity, co2)
select at, at, 'bed-' || n, 'box', 1, extract(epoch from at), 18 + random(), 40, 600 + n %% 400
from generate_series(%(since)s, %(until)s - interval '1 millisecond', interval '1 minute') at
cross join generate_series(1, %(beds)s) n
"""


@dataclass(frozen=True, slots=True)
class Load:
    """So many beds, each with a row of vital signs every so many seconds and one of its room a minute."""

    beds: int
    every_s: int


def _write(admin: Connection, load: Load, since: datetime, until: datetime) -> None:
    told = {"since": since, "until": until, "every_s": load.every_s, "beds": load.beds}
    for statement in _READINGS.split(";"):
        admin.execute(statement.encode(), told)


def _first_start(upkeep: Connection, until: datetime) -> list[float]:
    """Seconds a slice."""
    took = []
    read_boundary(upkeep, until + timedelta(minutes=2))
    at = _DAY
    while at < until:
        began = time.perf_counter()
        move_boundary(upkeep, at + _HOUR)
        roll_slice(upkeep, at, at + _HOUR)
        took.append(time.perf_counter() - began)
        at += _HOUR
    return took


def _ordinary_minutes(database: OwnDatabase, admin: Connection, upkeep: Connection, load: Load) -> list[float]:
    """Seconds a round, with a minute of new readings each."""
    clock = ManualClock(_DAY + timedelta(days=1, minutes=2))
    settings = UpkeepSettings(database_url=database.url("carecircle_upkeep"))
    one_round = Round(settings, clock, UpkeepMetrics(new_registry(), clock))
    one_round.go(upkeep, threading.Event())
    took = []
    for _ in range(_MINUTES):
        now = clock.forward(minutes=1)
        _write(admin, load, now - timedelta(minutes=3), now - timedelta(minutes=2))
        began = time.perf_counter()
        one_round.go(upkeep, threading.Event())
        took.append(time.perf_counter() - began)
    return took


def _late(admin: Connection, upkeep: Connection, until: datetime) -> float:
    """Hours of beds a second, when every bed got a late reading in one hour."""
    admin.execute(
        "insert into rollup_touched (history, bed, hour) select 'vitals', id, %s from bed", [_DAY + 5 * _HOUR]
    )
    began, hours = time.perf_counter(), 0
    while redone := redo_touched(upkeep, until, _AT_ONCE).hours:
        hours += redone
    return hours / (time.perf_counter() - began)


def main() -> None:
    """Run, and print what it cost."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--beds", type=int, default=1950)
    arguments.add_argument("--every-s", type=int, default=30, help="seconds from one row of vital signs to the next")
    told = arguments.parse_args()
    load = Load(told.beds, told.every_s)
    with tempfile.TemporaryDirectory(dir=os.environ.get("CARECIRCLE_BENCH_FOLDER")) as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        try:
            print(json.dumps(_measure(database, load)))
        finally:
            database.stop()


def _measure(database: OwnDatabase, load: Load) -> dict[str, float]:
    with (
        psycopg.connect(database.admin_url, autocommit=True) as admin,
        psycopg.connect(database.url("carecircle_upkeep"), autocommit=True, prepare_threshold=None) as upkeep,
    ):
        admin.execute((AREAS + beds_sql(load.beds)).encode())
        until = _DAY + timedelta(days=1)
        began = time.perf_counter()
        _write(admin, load, _DAY, until)
        print(f"a day of readings is written in {time.perf_counter() - began:.0f} s", flush=True)
        ((rows,),) = admin.execute("select (select count(*) from vitals) + (select count(*) from environment)")
        slices = _first_start(upkeep, until)
        minutes = _ordinary_minutes(database, admin, upkeep, load)
        late_hours_per_s = _late(admin, upkeep, until)
        ((minute_rows,),) = admin.execute("select count(*) from vitals_minute")
    day_s = sum(slices)
    return {
        "beds": load.beds,
        "rows": rows,
        "minute_rows": minute_rows,
        "day_s": round(day_s, 1),
        "rows_per_s": round(rows / day_s),
        "early_slice_s": round(statistics.median(slices[:6]), 2),
        "late_slice_s": round(statistics.median(slices[-6:]), 2),
        "minute_ms": round(1000 * statistics.median(minutes)),
        "late_hours_per_s": round(late_hours_per_s),
    }


if __name__ == "__main__":
    main()
