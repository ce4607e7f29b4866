"""Live path: messages a second through detect with all rules on, memory of a bed, and the time to read all back.

One process against a real TimescaleDB; the broker is left out, because what it costs is measured by `bench.ingest`.
Beds speak once a minute, as a mat does, and messages come in batches of 500, each one transaction. `us_per_msg` is the
CPU of this process; what the database uses beside it is in the line before the last. Last line: one JSON object.
"""

import argparse
import asyncio
import gc
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool

from bench.beds import AREAS, beds_sql
from carecircle.clock import ManualClock
from carecircle.mqtt import Delivery
from carecircle.payloads import Readings, Telemetry, encode_payload
from carecircle.runtime.install import ensure_runtime
from carecircle_alerts.checkpoint import Checkpoint
from carecircle_alerts.detect import Detector
from carecircle_alerts.memory import calm_collector
from carecircle_alerts.store import Connection
from tests.servers import OwnDatabase, new_own_database

_BEGIN = datetime(2026, 11, 2, 14, tzinfo=UTC)
KEYS = ("msgs_s", "us_per_msg", "kb_per_bed", "restart_s_100k")
_BATCH = 500
_T = TypeVar("_T")
_DEVICES = """
insert into device (bed_id, id, model, label) select 'bed-' || n, 'mat', 'sim-mat-1', 'x'
from generate_series({first}, {last}) n;
"""
# A bed's memory after a fortnight, again and again: baselines known, rules with something to remember.
_SPREAD = """
insert into bed_state (bed_id, last_seen_at, metrics, devices, mind, next_at, person, protection)
select 'bed-' || n, s.last_seen_at, s.metrics, s.devices, s.mind, s.next_at, s.person, s.protection
from generate_series(1, {beds}) n, (select * from bed_state where bed_id = 'bed-1') s
on conflict (bed_id) do update set mind = excluded.mind, metrics = excluded.metrics
"""


@dataclass(slots=True)
class _Beds:
    """Sleepers whose readings wander a little; a hundredth of them is ill."""

    count: int
    rng: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - reproducible

    def minute(self, number: int) -> list[Delivery]:
        """What all beds say in one minute, each at its own second."""
        begin = _BEGIN + timedelta(minutes=number)
        found = []
        for bed in range(1, self.count + 1):
            at = begin + timedelta(seconds=60 * bed / self.count)
            ill = bed % 100 == 0
            readings = Readings(
                heart_rate=float((135 if ill else 62) + self.rng.randrange(5)),
                respiratory_rate=14.0 + self.rng.randrange(20) / 10,
                spo2=91.0 + self.rng.randrange(20) / 10,
                movement=self.rng.randrange(12) / 100,
                in_bed=True,
            )
            payload = encode_payload(
                Telemetry(boot=1, seq=number + 1, at=int(at.timestamp() * 1000), readings=readings, quality=0.9)
            )
            topic = f"care/v1/630102/bed-{bed}/mat/telemetry"
            found.append(Delivery(topic, payload, retained=False, received_at=at, generation=0, mid=0))
        return found


async def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beds", type=int, default=2000)
    parser.add_argument("--minutes", type=int, default=25)
    parser.add_argument("--restart-beds", type=int, default=100_000)
    given = parser.parse_args()
    calm_collector()  # as the service does
    with tempfile.TemporaryDirectory() as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        database.start()
        try:
            speed = await _speed(database, given.beds, given.minutes)
            memory = await _memory(database, given.beds, given.restart_beds)
        finally:
            database.stop()
    found = speed | memory
    print(json.dumps({name: value for name, value in found.items() if name not in KEYS}))
    print(json.dumps({name: found[name] for name in KEYS}))


async def _speed(database: OwnDatabase, beds: int, minutes: int) -> dict[str, object]:
    _run(database, AREAS + _with_mats(beds))
    clock = ManualClock(_BEGIN)
    cpu_s = wall_s = 0.0
    messages = 0
    async with _pool(database) as pool:
        detector, world = Detector(pool, clock), _Beds(beds)
        warm = 3  # the first minutes read every bed from the database
        for number in range(minutes):
            for batch in _parts(world.minute(number), _BATCH):
                clock.forward(seconds=(batch[-1].received_at - clock.now()).total_seconds())
                cpu, wall = time.process_time(), time.perf_counter()
                await detector.handle(batch, is_live=True)
                if number >= warm:
                    cpu_s += time.process_time() - cpu
                    wall_s += time.perf_counter() - wall
                    messages += len(batch)
            cpu, wall = time.process_time(), time.perf_counter()
            while await detector.look():
                pass
            if number >= warm:
                cpu_s += time.process_time() - cpu
                wall_s += time.perf_counter() - wall
    alarms = _value(database, "select count(*) from alarm")
    return {
        "msgs_s": round(messages / wall_s),
        "us_per_msg": round(1e6 * cpu_s / messages, 1),
        "messages": messages,
        "alarms": alarms,
        "cpu_share": round(cpu_s / wall_s, 2),
    }


async def _memory(database: OwnDatabase, speaking: int, beds: int) -> dict[str, object]:
    """Read all beds back, as a leader does that has just won; what they weigh is the growth of this process."""
    _run(database, "delete from bed_state where bed_id <> 'bed-1'")
    _run(database, _with_mats(beds, speaking + 1))
    _run(database, _SPREAD.format(beds=beds))
    clock = ManualClock(_BEGIN + timedelta(hours=2))
    async with _pool(database) as pool:
        gc.collect()
        before_kb = _resident_kb()
        begun = time.perf_counter()
        checkpoint = Checkpoint(clock)
        await checkpoint.recall(pool)
        async with pool.connection() as connection:
            await checkpoint.refresh(connection)
        for part in _parts([f"bed-{number}" for number in range(1, beds + 1)], 500):
            async with pool.connection() as connection:
                await checkpoint.load(connection, set(part))
                await checkpoint.save(connection, ())
        restart_s = time.perf_counter() - begun
        gc.collect()
        kb = (_resident_kb() - before_kb) / beds
    size = _value(database, "select avg(length(mind)) from bed_state")
    return {
        "kb_per_bed": round(kb, 2),
        "restart_s_100k": round(restart_s * 100_000 / beds, 1),
        "beds": beds,
        "beds_per_gb": round(1024 * 1024 / kb),
        "mind_bytes_stored": round(float(str(size))),
    }


def _with_mats(last: int, first: int = 1) -> str:
    return beds_sql(last, first) + _DEVICES.format(first=first, last=last)


def _parts(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


def _pool(database: OwnDatabase) -> AsyncConnectionPool[Connection]:
    return AsyncConnectionPool(database.url("carecircle_alerts"), min_size=1, max_size=2, open=False)


def _resident_kb() -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _run(database: OwnDatabase, statements: str) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute(statements.encode())


def _value(database: OwnDatabase, query: str) -> object:
    with psycopg.connect(database.admin_url) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


if __name__ == "__main__":
    asyncio.run(_main())
