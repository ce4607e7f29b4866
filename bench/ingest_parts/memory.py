"""Memory: what ingest holds while the database is away and homes go on sending; nothing is lost of it (I/O)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.ingest_parts.ours import Ours
from bench.ingest_parts.publisher import Plan, Publisher
from bench.ingest_parts.servers import Servers
from bench.ingest_parts.throughput import next_boot
from bench.ingest_peers import Running

_ATTACH_S = 1.0
_SAMPLE_S = 0.5
_PATIENCE_S = 300.0
_KIB_PER_MB = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of ingest in MB: before, and at its highest; messages sent and how many of them are missing."""

    before_mb: float
    peak_mb: float
    sent: int
    lost: int


def memory(servers: Servers, rate: float, seconds: float, say: Callable[[str], None]) -> Memory:
    """Stop the database, publish for `seconds`, start it, wait until everything is stored."""
    plan = Plan(servers.broker.port, int(rate * seconds), next_boot(), rate=rate)
    servers.fresh_broker()
    publisher = Publisher(plan)
    url = servers.database.url("carecircle_ingest")
    running = Ours().start(servers.mqtt_url, url, "care/v1/#", servers.folder / "memory", servers.folder / "memory.log")
    try:
        time.sleep(_ATTACH_S)
        before = _resident_mb(running)
        servers.database.stop()
        publisher.go()
        ends = time.monotonic() + seconds
        peak = before
        while (left_s := ends - time.monotonic()) > 0:
            time.sleep(min(_SAMPLE_S, left_s))
            peak = max(peak, _resident_mb(running))
        publisher.wait()
        say(f"  database away for {seconds:.0f} s: {before:.0f} MB before, {peak:.0f} MB at most")
        servers.database.start()
        stored = _await(servers, plan)
        peak = max(peak, _resident_mb(running))
    finally:
        running.stop()
    return Memory(round(before, 1), round(peak, 1), plan.messages, plan.messages - stored)


def _await(servers: Servers, plan: Plan) -> int:
    deadline = time.monotonic() + _PATIENCE_S
    with servers.connect() as connection:
        while True:
            row = connection.execute("select count(*) from vitals where boot = %s", [plan.boot]).fetchone()
            assert row is not None
            (stored,) = row
            assert isinstance(stored, int)
            if stored >= plan.messages or time.monotonic() > deadline:
                return stored
            time.sleep(_SAMPLE_S)


def _resident_mb(running: Running) -> float:
    total = 0
    for pid in running.pids():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total / _KIB_PER_MB
