"""The whole way with real processes: presses at the broker to offers at the channel, and timers to their answers (I/O).

Two alert engines, a durable TimescaleDB, a Mosquitto and a channel that takes everything at once share this machine's
cores with what measures them. A timer's lateness is from the moment it is due to the commit of its answer, which the
database itself dates.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from bench.dispatch_parts.figures import percentile
from bench.dispatch_parts.sink import Sink
from bench.dispatch_parts.town import COUNTY, Town, build
from bench.ingest_parts.servers import note_commit_times, start_open_broker
from carecircle.mqtt import Broker, Session
from carecircle.runtime.install import ensure_runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from carecircle_alerts.travel.nightly import night_before
from tests.servers import OwnDatabase, new_own_database

# Enough people that each of 2,500 calls finds somebody free.
_TOWN = {"beds": 4000, "people": 12_000, "tenths": 10}
_PATIENCE_S = 120.0
_VERIFY_S = 30
_FIRST_OFFERS = """
select count(distinct incident_id), count(*) filter (where state = 'QUEUED') from offer where wave = 1
"""
_LATENESS = """
select extract(epoch from pg_xact_commit_timestamp(e.xmin) - i.opened_at - interval '30 s')
from incident_event e join incident i on i.id = e.incident_id
where e.step = 'verification_no_answer' and i.opened_at > %s
"""


@dataclass(slots=True)
class Stage:
    """What is running; `engines` are the processes of `carecircle alerts`."""

    database: OwnDatabase
    broker: Mosquitto
    folder: Path
    engines: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    pressed: int = 0

    def engine(self) -> None:
        """Start one more engine."""
        environment = os.environ | {
            "CARECIRCLE_DATABASE_URL": self.database.url("carecircle_alerts"),
            "CARECIRCLE_MQTT_URL": f"mqtt://127.0.0.1:{self.broker.port}",
            "CARECIRCLE_PUBLIC_URL": "http://127.0.0.1:9",
            "CARECIRCLE_LINK_SECRET": "a secret of the bench for links",
            "CARECIRCLE_WEBHOOK_SECRET": "a secret of the bench for webhooks",
            "CARECIRCLE_WEBHOOK_PRIVATE_NETWORKS": "true",
        }
        with (self.folder / f"alerts-{len(self.engines)}.log").open("wb") as log:
            command = [sys.executable, "-c", "from carecircle.cli import main; main()", "alerts"]
            self.engines.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))

    def press(self, count: int, per_s: float) -> dict[str, float]:
        """Press at as many beds, evenly; bed to the Unix time at which its press was published."""
        session = Session(Broker.parse(f"mqtt://127.0.0.1:{self.broker.port}"), client_id="bench-homes")
        session.start()
        assert session.wait_connected(10)
        told: dict[str, float] = {}
        began = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, began + number / per_s - time.monotonic()))
            self.pressed += 1
            bed = f"bed-{self.pressed}"
            told[bed] = time.time()
            body = {"boot": 1, "seq": 1, "at": int(told[bed] * 1000), "event": "sos"}
            session.publish(f"care/v1/{COUNTY}/{bed}/button/event", json.dumps(body).encode())
        self.until(lambda: self.value("select count(*) from incident") == self.pressed, "every press is an incident")
        session.stop()
        return told

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Ask as superuser."""
        with psycopg.connect(self.database.admin_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def value(self, statement: str) -> object:
        """One value."""
        return self.rows(statement)[0][0]

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait; raises `AssertionError` where it does not come about in time."""
        deadline = time.monotonic() + _PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"not in time: {what}"
            time.sleep(0.1)


def offers_at(per_s: float, seconds: float) -> dict[str, float]:
    """Milliseconds from a press to each offer of its first wave at the channel, with so many incidents a second."""
    with _stage() as (stage, sink):
        stage.press(20, 5)
        told = stage.press(int(per_s * seconds), per_s)
        stage.until(
            lambda: stage.rows(_FIRST_OFFERS) == [(stage.pressed, 0)], "every offer of a first wave is with its channel"
        )
        bed_of = {str(incident): str(bed) for incident, bed in stage.rows("select id, bed_id from incident")}
        taken = sink.end()
    first: dict[str, list[float]] = {}
    for one in taken:
        bed = bed_of[str(one["incident"])]
        if one["kind"] == "offer" and bed in told:
            first.setdefault(bed, []).append(float(one["at"]))
    # A later wave is no first offer: the two that came first are those of the press.
    waits = [1000 * (at - told[bed]) for bed, times in first.items() for at in sorted(times)[:2]]
    assert len(first) == len(told), "every press has an offer"
    return {"p50": percentile(waits, 50), "p99": percentile(waits, 99), "worst": round(max(waits))}


def timers(count: int, per_s: float, *, kill: bool) -> dict[str, float]:
    """Milliseconds by which timers are answered late; with `kill` an engine dies by SIGKILL as the first are due."""
    with _stage() as (stage, _sink):
        stage.press(10, 5)
        (began,) = stage.rows("select clock_timestamp()")[0]
        began_s = time.monotonic()
        told = stage.press(count, per_s)
        if kill:
            time.sleep(max(0.0, began_s + _VERIFY_S + 0.5 - time.monotonic()))
            stage.engines[0].kill()
        stage.until(lambda: len(stage.rows(_LATENESS, began)) >= len(told), "every timer is answered, whoever has died")
        late = [1000 * float(str(seconds)) for (seconds,) in stage.rows(_LATENESS, began)]
    return {"p50": percentile(late, 50), "p99": percentile(late, 99), "worst": round(max(late))}


@contextmanager
def _stage() -> Iterator[tuple[Stage, Sink]]:
    runtime = ensure_runtime()
    with tempfile.TemporaryDirectory(prefix="dispatch-bench-") as name:
        folder = Path(name)
        sink = Sink(folder / "taken")
        database = new_own_database(runtime, folder)
        note_commit_times(database)
        build(database, Town(**_TOWN, webhook=sink.url))
        broker = Mosquitto(runtime, folder / "broker", free_port())
        process = start_open_broker(broker, folder / "broker.log")
        stage = Stage(database, broker, folder)
        try:
            for number in range(2):
                stage.engine()
                stage.until(lambda number=number: _is_up(folder, number), "an engine is up")  # type: ignore[misc]
            # As every engine that has run for ten seconds.
            stage.until(lambda: _have_said(folder, "ready_for_surge", 2), "engines have read what a surge needs")
            if _is_night():
                # At three in the morning in Xining every bed's list of neighbours is made anew, once.
                stage.until(lambda: _have_said(folder, "candidates_listed", 1), "the work of the night is done")
            yield stage, sink
        finally:
            for engine in stage.engines:
                engine.kill()
                engine.wait()
            process.kill()
            process.wait()
            database.stop()
            sink.end()


def _is_night() -> bool:
    now = datetime.now(UTC)
    return now - night_before(now) < timedelta(hours=4)


def _have_said(folder: Path, word: str, engines: int) -> bool:
    return sum(word in log.read_text() for log in folder.glob("alerts-*.log")) >= engines


def _is_up(folder: Path, number: int) -> bool:
    text = (folder / f"alerts-{number}.log").read_text()
    return "broker_connected" in text or "standing_by" in text
