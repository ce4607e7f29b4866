"""Two whole alert engines on one broker and one database for tests and benches: one leads, one stands by."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from carecircle.mqtt import Broker, Session
from carecircle.payloads import Event, Readings, Telemetry, encode_payload
from tests.scene import COUNTY, Scene
from tests.servers import Database, TestBroker

_PROGRAM = "from carecircle.cli import main; main()"
_POLL_S = 0.1
PATIENCE_S = 240.0
_AHEAD_MS = 100_000
"""Readings are measured a little in the future, as by a clock that is a little off: so they all still wait to be judged
when a test looks, and what was taken can be counted in the beds' memory."""


@dataclass(slots=True)
class Engines:
    """Starts, freezes and kills engines; raises `AssertionError` where something does not come about in time."""

    scene: Scene
    database: Database
    broker: TestBroker
    folder: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> "subprocess.Popen[bytes]":
        """One more engine."""
        environment = {
            **os.environ,
            "CARECIRCLE_DATABASE_URL": self.database.url("carecircle_alerts"),
            "CARECIRCLE_MQTT_URL": self.broker.url("alerts"),
            "CARECIRCLE_PUBLIC_URL": "http://127.0.0.1:9",
            "CARECIRCLE_LINK_SECRET": "a secret of the tests for links",
            "CARECIRCLE_WEBHOOK_SECRET": "a secret of the tests for webhooks",
        }
        with (self.folder / f"alerts-{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, "alerts"], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.running.append(process)
        return process

    def log(self, process: "subprocess.Popen[bytes]") -> str:
        return (self.folder / f"alerts-{self.running.index(process)}.log").read_text()

    def lead_and_stand_by(self) -> tuple["subprocess.Popen[bytes]", "subprocess.Popen[bytes]"]:
        """A leader that reads the broker, and one that waits for its place."""
        leader = self.start()
        self.until(lambda: "broker_connected" in self.log(leader))
        standby = self.start()
        self.until(lambda: "standing_by" in self.log(standby))
        return leader, standby

    def epoch(self) -> int:
        return int(str(self.scene.value("select epoch from detect_leader")))

    def until(self, holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, [self.log(one)[-2000:] for one in self.running]
            time.sleep(_POLL_S)

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()


@dataclass(slots=True)
class Fleet:
    """Homes that say everything once: what they say the broker has, and it is not said again."""

    broker: TestBroker
    beds: tuple[str, ...]
    sessions: dict[str, Session] = field(default_factory=dict)
    said: dict[str, list[float]] = field(default_factory=dict)
    """Of each bed, when its readings were measured (Unix seconds), the first being number 1."""
    pressed: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    def start(self) -> None:
        for bed in self.beds:
            session = Session(Broker.parse(self.broker.url_home(bed)), client_id=f"home-{bed}")
            session.start()
            assert session.wait_connected(PATIENCE_S)
            self.sessions[bed] = session

    def read(self, bed: str) -> None:
        """One reading of the bed's mat."""
        at, said = _now_ms() + _AHEAD_MS, self.said.setdefault(bed, [])
        said.append(at / 1000)
        told = Telemetry(boot=1, seq=len(said), at=at, readings=Readings(heart_rate=60 + len(said) % 20))
        self._say(f"care/v1/{COUNTY}/{bed}/mat/telemetry", encode_payload(told))

    def press(self, bed: str) -> None:
        """One press of its button."""
        self.pressed.append(bed)
        event = Event(boot=1, seq=len(self.pressed), at=_now_ms(), event="sos")
        self._say(f"care/v1/{COUNTY}/{bed}/button/event", encode_payload(event))

    def is_taken(self) -> bool:
        """Whether the broker has all that was said."""
        return len(self.taken) == sum(map(len, self.said.values())) + len(self.pressed)

    def stop(self) -> None:
        for session in self.sessions.values():
            session.stop()

    def _say(self, topic: str, payload: bytes) -> None:
        self.sessions[topic.split("/")[3]].publish(topic, payload, on_sent=lambda: self.taken.append(1))


def _now_ms() -> int:
    return int(time.time() * 1000)
