"""Servers: a durable TimescaleDB and a Mosquitto as in production, and what their processes cost (I/O).

The broker asks nobody for a name, for every contender alike, so that one publisher may speak for a thousand beds.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench.ingest_parts.messages import BEDS, COUNTY, bed_name
from carecircle.runtime import mosquitto
from carecircle.runtime.install import ensure_runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from tests.servers import KNOWN_BEDS, OwnDatabase, new_own_database

if TYPE_CHECKING:
    from subprocess import Popen

Connection = psycopg.Connection[tuple[object, ...]]
_TICKS_S = os.sysconf("SC_CLK_TCK")
_NAMES = ("utime", "stime", "cutime", "cstime")
_FIRST_TIME = 11  # field of /proc/PID/stat, counted after the name
_BED = """
insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m)
values (%s, 'bench', %s, %s, 'synthetic', 'urban', 'city', 2260)
"""


@dataclass(slots=True)
class Servers:
    """What every contender works between."""

    database: OwnDatabase
    broker: Mosquitto
    folder: Path
    broker_process: "Popen[bytes] | None" = None

    def fresh_broker(self) -> None:
        """A broker that knows nobody: otherwise it would go on queueing for the contenders of earlier runs."""
        self.stop_broker()
        shutil.rmtree(self.broker.folder, ignore_errors=True)
        self.broker_process = start_open_broker(self.broker, self.folder / "broker.log")

    def stop_broker(self) -> None:
        """End the broker at once; nothing in it is needed."""
        if self.broker_process is not None:
            self.broker_process.kill()
            self.broker_process.wait()
            self.broker_process = None

    @property
    def mqtt_url(self) -> str:
        """The broker's address."""
        return f"mqtt://127.0.0.1:{self.broker.port}"

    def connect(self) -> Connection:
        """A superuser's connection."""
        return psycopg.connect(self.database.admin_url, autocommit=True)

    def database_cpu_s(self) -> float:
        """Processor seconds of the database server, of all that its processes have used so far."""
        return database_cpu_s(self.database)


@contextmanager
def servers() -> Iterator[Servers]:
    """Started servers with the beds of the bench; everything is gone afterwards."""
    runtime = ensure_runtime()
    with tempfile.TemporaryDirectory(dir=os.environ.get("CARECIRCLE_BENCH_FOLDER"), prefix="ingest-bench-") as name:
        folder = Path(name)
        database = new_own_database(runtime, folder)
        note_commit_times(database)
        broker = Mosquitto(runtime, folder / "broker", free_port())
        started = Servers(database, broker, folder)
        try:
            started.fresh_broker()
            with psycopg.connect(database.admin_url, autocommit=True) as connection:
                _add_beds(connection)
            yield started
        finally:
            started.stop_broker()
            database.stop()


def database_cpu_s(database: OwnDatabase) -> float:
    """Processor seconds of a database server, of all that its processes have used so far."""
    assert database.process is not None
    server = database.process.pid
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return cpu_s([server], with_ended_children=True) + cpu_s(map(int, children))


def cpu_s(pids: Iterable[int], *, with_ended_children: bool = False) -> float:
    """Processor seconds of these processes, user and system; those that have ended count nothing."""
    ticks = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        times = text.rpartition(")")[2].split()[_FIRST_TIME : _FIRST_TIME + len(_NAMES)]
        ticks += sum(map(int, times if with_ended_children else times[:2]))
    return ticks / _TICKS_S


def start_open_broker(broker: Mosquitto, log: Path) -> "Popen[bytes]":
    """A broker that asks nobody for a name."""
    broker.prepare()
    file = broker.folder / "mosquitto.conf"
    kept = [line for line in file.read_text().splitlines() if not line.startswith(("acl_file", "password_file"))]
    file.write_text("\n".join(kept).replace("allow_anonymous false", "allow_anonymous true") + "\n")
    process = broker.start(log)
    mosquitto.wait_until_ready(broker, process, log)
    return process


def note_commit_times(database: OwnDatabase) -> None:
    """Have the database remember when each row was committed; it is started anew for that."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("alter system set track_commit_timestamp = on")
    database.stop()
    database.start()


def _add_beds(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("set session_replication_role = replica")  # beds alone, without areas and residents
    beds = [*map(bed_name, range(BEDS)), *KNOWN_BEDS]
    connection.cursor().executemany(_BED, [(bed, COUNTY, f"{COUNTY}001") for bed in beds])
    connection.execute("set session_replication_role = origin")
