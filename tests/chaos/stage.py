"""The platform's parts in a chaos run: database, broker and ingest as processes that die and come back (I/O).

One thread starts and watches everything, because the kernel ends a child when the thread that started it ends.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from carecircle.errors import Unavailable
from carecircle.runtime.install import Runtime
from carecircle.up.supervise import Service, Startable
from tests.chaos.faults import Fault, Planned
from tests.servers import OwnDatabase, TestBroker, new_broker, new_own_database

_POLL_S = 0.02
_PATIENCE_S = 90.0
_PROGRAM = "from carecircle.cli import main; main()"


@dataclass(slots=True)
class Part:
    """One process that is started again after it died."""

    subject: Startable
    log: Path
    process: subprocess.Popen[bytes]
    down_s: float = 0.2
    again_at: float | None = None
    held: list[int] = field(default_factory=list)
    held_until: float = 0.0
    was_killed: bool = False
    ended_by_itself: list[int] = field(default_factory=list)

    @property
    def is_up(self) -> bool:
        return self.process.poll() is None

    def tick(self, now: float) -> None:
        """Start it again where that is due, and let it go on after a stop."""
        if self.held and now >= self.held_until:
            self.let_go()
        if self.is_up:
            return
        if self.again_at is None:
            self.again_at = now + self.down_s
            if not self.was_killed:
                self.ended_by_itself.append(self.process.returncode)
            self.was_killed = False
        elif now >= self.again_at:
            self.again_at = None
            self.subject.prepare()
            self.process = self.subject.start(self.log)

    def kill(self, down_s: float) -> None:
        self.down_s, self.was_killed = down_s, True
        self.process.kill()
        self.process.wait()
        self.let_go()  # what the dead left behind, such as a database's backends, ends by itself when it runs

    def hold(self, pids: list[int], until: float) -> None:
        """SIGSTOP; a process that ended meanwhile is none of ours any more."""
        self.held_until = until
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                self.held.append(pid)

    def let_go(self) -> None:
        for pid in reversed(self.held):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.held = []


class Stage:
    """A database that keeps what it commits, a broker configured as an installation's, and ingest between them."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.database: OwnDatabase = new_own_database(runtime, folder)
        self.broker: TestBroker = new_broker(runtime, folder)
        assert self.database.process is not None
        assert self.broker.process is not None
        self._ingest_log = folder / "ingest.log"
        self._postgres = Part(self.database.server, self.database.log, self.database.process)
        self._mosquitto = Part(self.broker.server, self.broker.log, self.broker.process)
        self._ingest: Part | None = None
        self._alerts: Part | None = None
        self._alerts_log = folder / "alerts.log"

    def start_ingest(self) -> None:
        """Once the beds are registered."""
        environment = {
            "CARECIRCLE_DATABASE_URL": self.database.url("carecircle_ingest"),
            "CARECIRCLE_MQTT_URL": self.broker.url("ingest"),
        }
        service = Service([sys.executable, "-c", _PROGRAM, "ingest"], environment)
        self._ingest = Part(service, self._ingest_log, service.start(self._ingest_log))

    def start_alerts(self) -> None:
        """The alert engine, where a run has presses; nobody is there whom it could send."""
        environment = {
            "CARECIRCLE_DATABASE_URL": self.database.url("carecircle_alerts"),
            "CARECIRCLE_MQTT_URL": self.broker.url("alerts"),
            "CARECIRCLE_PUBLIC_URL": "http://127.0.0.1:9",
            "CARECIRCLE_LINK_SECRET": "a secret of the tests for links",
            "CARECIRCLE_WEBHOOK_SECRET": "a secret of the tests for webhooks",
            "CARECIRCLE_WEBHOOK_PRIVATE_NETWORKS": "true",
        }
        service = Service([sys.executable, "-c", _PROGRAM, "alerts"], environment)
        self._alerts = Part(service, self._alerts_log, service.start(self._alerts_log))

    def tick(self) -> None:
        """Look after every part."""
        now = time.monotonic()
        for part in self._parts():
            part.tick(now)

    def is_whole(self) -> bool:
        """Whether everything runs."""
        return all(part.is_up and not part.held for part in self._parts()) and self.is_database_ready()

    def is_database_ready(self) -> bool:
        """Whether it runs and says that it accepts connections."""
        return self._postgres.is_up and not self._postgres.held and self.database.server.is_ready()

    def does(self, planned: Planned) -> bool:
        """Do it; False where its victim is down or stopped and it has to wait."""
        now = time.monotonic()
        part = self._part(planned.fault)
        if not part.is_up or (part.held and not planned.fault.is_kill):
            return False
        match planned.fault:
            case Fault.KILL_INGEST | Fault.KILL_ALERTS | Fault.KILL_BROKER | Fault.KILL_DATABASE:
                part.kill(planned.seconds)
            case Fault.KILL_BACKEND:
                return _kill_backend(part)
            case Fault.STOP_DATABASE:
                part.hold([part.process.pid, *children_of(part.process.pid)], now + planned.seconds)
            case Fault.STOP_INGEST:
                part.hold([part.process.pid], now + planned.seconds)
        return True

    def deaths(self) -> list[str]:
        """Who ended without being killed; a database may, while its predecessor's backends have not ended yet."""
        watched = {"ingest": self._ingest, "the alert engine": self._alerts, "the broker": self._mosquitto}
        codes = {name: part.ended_by_itself for name, part in watched.items() if part is not None}
        return [f"{name} ended by itself with {found}" for name, found in codes.items() if found]

    def wait_whole(self) -> None:
        """Wait until everything runs again; raises `Unavailable` where it does not."""
        deadline = time.monotonic() + _PATIENCE_S
        while not self.is_whole():
            self.tick()
            if time.monotonic() > deadline:
                raise Unavailable("the platform's parts did not come back")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End everything."""
        self.database.let_go()
        for part in reversed(self._parts()):
            part.let_go()
            part.process.send_signal(part.subject.stop_signal)
        for part in self._parts():
            try:
                part.process.wait(15.0)
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()

    def _parts(self) -> list[Part]:
        services = [part for part in (self._ingest, self._alerts) if part is not None]
        return [self._postgres, self._mosquitto, *services]

    def _part(self, fault: Fault) -> Part:
        match fault:
            case Fault.KILL_INGEST | Fault.STOP_INGEST:
                assert self._ingest is not None
                return self._ingest
            case Fault.KILL_ALERTS:
                assert self._alerts is not None
                return self._alerts
            case Fault.KILL_BROKER:
                return self._mosquitto
            case _:
                return self._postgres


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill_backend(part: Part) -> bool:
    """Kill the backend that serves ingest, after which the server ends all the others and recovers."""
    for pid in children_of(part.process.pid):
        with contextlib.suppress(OSError):
            if b"carecircle_ingest" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return True
    return False
