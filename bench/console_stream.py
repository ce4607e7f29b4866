"""How soon a committed change is on every dispatcher's screen, and what an open tab costs the console.

The console is its own process; the clients are plain sockets in this one, on the same machine. Last line of standard
output: one JSON object. `one_ms_*`: from the return of the commit to the arrival at a single client. `all_ms_*`: the
same with many clients, over all of them. `client_kb`: growth of the console's resident memory, divided by clients.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg

from carecircle.runtime.install import ensure_runtime
from carecircle.runtime.ports import free_port
from tests.console_world import LINK_SECRET, OUR_PAGES, PASSWORD, open_incident, people, write_entry
from tests.servers import Database, new_own_database

EVENTS = 200
PAUSE_S = 0.05
SIZES = (200, 1000)
# A snapshot is one line, and with hundreds of open incidents a long one.
_LONGEST_LINE = 1 << 24


class Watcher:
    """One open stream: notes when each number arrived."""

    def __init__(self) -> None:
        self.arrived: dict[int, float] = {}
        self.has_snapshot = asyncio.Event()

    async def watch(self, port: int, cookie: str) -> None:
        """Read until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LONGEST_LINE)
        writer.write(f"GET /api/stream HTTP/1.1\r\nHost: console\r\nCookie: {cookie}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"id: "):
                    self.arrived[int(line[4:])] = time.perf_counter()
                elif line.startswith(b"event: snapshot"):
                    self.has_snapshot.set()
        finally:
            writer.close()


def resident_kb(pid: int) -> int:
    """Resident memory of a process, KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def percentile(values: list[float], share: float) -> float:
    """In milliseconds, one digit."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000, 1)


async def measure(database: Database, port: int, cookie: str, pid: int, count: int) -> dict[str, float]:
    """Latency over `count` clients, and what they cost."""
    before = resident_kb(pid)
    watchers = [Watcher() for _ in range(count)]
    tasks = [asyncio.create_task(watcher.watch(port, cookie)) for watcher in watchers]
    await asyncio.gather(*(watcher.has_snapshot.wait() for watcher in watchers))
    await asyncio.sleep(6)
    grown = resident_kb(pid) - before
    committed: dict[int, float] = {}
    connection = await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True)
    statement = (
        "insert into incident_event (incident_id, at, epoch, step, actor, reason) "
        "select id, now(), 0, 'note', 'bench', '' from incident limit 1 returning id"
    )
    async with connection:
        for _ in range(EVENTS):
            cursor = await connection.execute(statement)
            at = time.perf_counter()
            row = await cursor.fetchone()
            assert row is not None
            committed[row[0]] = at
            await asyncio.sleep(PAUSE_S)
    await asyncio.sleep(1)
    took = [watcher.arrived[number] - at for number, at in committed.items() for watcher in watchers]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "ms_p50": percentile(took, 0.5),
        "ms_p95": percentile(took, 0.95),
        "ms_p99": percentile(took, 0.99),
        "ms_worst": percentile(took, 1),
        "client_kb": round(grown / count, 1),
    }


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the console listens."""
    until = time.monotonic() + 120  # on a machine that does much else
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the console did not start")


@contextmanager
def console_of(database: Database) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A console as a process of its own on this database, at a free port, until the block ends."""
    port = free_port()
    environment = os.environ | {
        "CARECIRCLE_DATABASE_URL": database.url("carecircle_console"),
        "CARECIRCLE_DESK_DATABASE_URL": database.url("carecircle_desk"),
        "CARECIRCLE_LINK_SECRET": LINK_SECRET,
        "CARECIRCLE_CONSOLE_PORT": str(port),
    }
    console = subprocess.Popen([Path(sys.executable).with_name("carecircle"), "console"], env=environment)
    try:
        wait_for(port, console)
        yield port, console
    finally:
        console.terminate()
        console.wait(20)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        scene = people(database)
        write_entry(scene, open_incident(scene), "note")
        with ExitStack() as end:
            end.callback(database.stop)
            port, console = end.enter_context(console_of(database))
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=OUR_PAGES) as client:
                client.post("/api/session", json={"login": "dispatcher", "password": PASSWORD}).raise_for_status()
                cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
            figures: dict[str, float] = {"console_mb": round(resident_kb(console.pid) / 1024, 1)}
            alone = asyncio.run(measure(database, port, cookie, console.pid, 1))
            figures |= {f"one_{name}": value for name, value in alone.items() if name != "client_kb"}
            for count in SIZES:
                many = asyncio.run(measure(database, port, cookie, console.pid, count))
                figures |= {f"clients_{count}_{name}": value for name, value in many.items()}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
