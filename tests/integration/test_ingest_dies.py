"""Ingest is killed, or its connection is cut, between each two of its steps: every message is stored once.

The steps are take, copy, commit, acknowledge, say the mark. Wires between ingest and its two servers hold back exactly
the bytes of the next step, so that nothing in ingest itself has to know of the test.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from carecircle.mqtt import Broker, Session
from tests.scene import COUNTY, Scene
from tests.servers import Database, TestBroker
from tests.wire import Seen, Way, Wire

MESSAGES = 20
BED = "bed-1"
DEVICE = f"care/v1/{COUNTY}/{BED}/mat"
SUBSCRIBED = Seen(Way.FROM_SERVER, b"\x90", starts=True)
LAST = Seen(Way.FROM_SERVER, f'"seq": {MESSAGES},'.encode())
ACKNOWLEDGES = Seen(Way.TO_SERVER, b"\x40\x02", starts=True)
PATIENCE_S = 20.0
REPEAT_AFTER_S = 1.5


@dataclass(frozen=True, slots=True)
class Step:
    """The bytes that are held back, on which wire, and whether the first batch is committed by then."""

    server: str
    seen: Seen
    committed: bool


STEPS = {
    "taken, not copied": Step("database", Seen(Way.TO_SERVER, b'copy "vitals"'), False),
    "copied, not committed": Step("database", Seen(Way.TO_SERVER, b"COMMIT\0"), False),
    "committed, not told": Step("database", Seen(Way.FROM_SERVER, b"COMMIT\0"), True),
    "told, not acknowledged": Step("broker", ACKNOWLEDGES, True),
    "acknowledged, no mark said": Step("broker", Seen(Way.TO_SERVER, b'"stored"'), True),
    "mark said, not confirmed": Step("broker", Seen(Way.FROM_SERVER, b"\x40\x02", starts=True), True),
}


@dataclass(slots=True)
class World:
    """Ingest behind two wires, and a home that keeps its messages until a mark covers them."""

    scene: Scene
    wires: dict[str, Wire]
    home: Session
    environment: dict[str, str]
    marks: list[int] = field(default_factory=list)
    process: "subprocess.Popen[bytes] | None" = None
    began_ms: int = field(default_factory=lambda: int(time.time() * 1000) - 60_000)

    def start_ingest(self) -> None:
        program = "from carecircle.cli import main; main()"
        self.process = subprocess.Popen([sys.executable, "-c", program, "ingest"], env=self.environment)

    def send(self, number: int) -> None:
        """Send one signal to ingest."""
        assert self.process is not None
        self.process.send_signal(number)

    def publish(self, first: int = 1) -> None:
        """Publish all messages from `first` on and wait until the broker has them."""
        taken: list[int] = []
        for seq in range(first, MESSAGES + 1):
            body = {
                "boot": 2,
                "seq": seq,
                "at": self.began_ms + seq,
                "oldest": first,
                "readings": {"heart_rate": 50 + seq},
            }
            self.home.publish(f"{DEVICE}/telemetry", json.dumps(body).encode(), on_sent=lambda: taken.append(1))
        self.until(lambda: len(taken) == MESSAGES + 1 - first)

    def stored(self, until: int = MESSAGES) -> int:
        return int(str(self.scene.value("select count(distinct seq) from vitals where seq <= %s", until)))

    def hear(self) -> None:
        """Take marks; each must already be true when it is heard."""
        for one in self.home.take(100, 0.1):
            boot, seq = json.loads(one.payload)["stored"]
            assert boot == 2
            assert self.stored(seq) == seq
            self.marks.append(seq)

    def until(self, holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def repeat_until_marked(self) -> None:
        """As a home does: what no mark covers is repeated after a pause."""
        deadline = time.monotonic() + PATIENCE_S
        repeat_at = time.monotonic() + REPEAT_AFTER_S
        while max(self.marks, default=0) < MESSAGES:
            assert time.monotonic() < deadline, self.marks
            self.hear()
            if time.monotonic() >= repeat_at:
                self.publish(max(self.marks, default=0) + 1)
                repeat_at = time.monotonic() + REPEAT_AFTER_S


@pytest.fixture
def world(database: Database, broker: TestBroker) -> Iterator[World]:
    scene = Scene(database)
    scene.bed(BED)
    wires = {"database": Wire(database.server.port), "broker": Wire(broker.port)}
    environment = {
        "CARECIRCLE_DATABASE_URL": _through(database.url("carecircle_ingest"), wires["database"]),
        "CARECIRCLE_MQTT_URL": _through(broker.url("ingest"), wires["broker"]),
    }
    address = Broker.parse(broker.url_home(BED))
    home = Session(address, client_id="home-1", topics=[f"{DEVICE}/command"], window=0)
    home.start()
    assert home.wait_connected(10)
    world = World(scene, wires, home, environment)
    yield world
    home.stop()
    if world.process is not None:
        world.process.terminate()
        world.process.wait(10)
    for wire in wires.values():
        wire.close()


def _through(url: str, wire: Wire) -> str:
    return url.replace(f":{urlsplit(url).port}", f":{wire.port}")


def interrupt(world: World, step: Step, then: Callable[[], None]) -> None:
    """Let all messages wait for ingest, and cut it off from a server when it comes to this step.

    All wait at its socket while it is stopped; how many of them its first batch takes is up to the scheduler.
    """
    subscribed = world.wires["broker"].expect(SUBSCRIBED)
    world.start_ingest()
    assert subscribed.wait(PATIENCE_S)
    world.send(signal.SIGSTOP)
    last_is_there = world.wires["broker"].expect(LAST)
    world.publish()
    assert last_is_there.wait(PATIENCE_S)
    wire = world.wires[step.server]
    wire.cut_at(step.seen, then)
    world.send(signal.SIGCONT)
    assert wire.was_cut.wait(PATIENCE_S)


def recover(world: World) -> None:
    """The broker's delivery alone completes what is stored, a home's repeats what is marked; all of it once."""
    world.until(lambda: world.stored() == MESSAGES)
    world.repeat_until_marked()
    values = world.scene.rows("select seq, heart_rate from vitals order by seq")
    assert values == [(seq, 50.0 + seq) for seq in range(1, MESSAGES + 1)]
    assert world.scene.value("select count(*) from quarantine") == 0


@pytest.mark.parametrize("step", STEPS)
def test_what_a_killed_ingest_was_doing_is_stored_once(world: World, step: str) -> None:
    interrupt(world, STEPS[step], lambda: world.send(signal.SIGKILL))
    assert world.process is not None
    assert world.process.wait(10) == -signal.SIGKILL
    assert (world.stored() > 0) is STEPS[step].committed
    world.start_ingest()
    recover(world)


@pytest.mark.parametrize("step", ["copied, not committed", "committed, not told", "told, not acknowledged"])
def test_what_ingest_was_doing_when_its_connection_broke_is_stored_once(world: World, step: str) -> None:
    interrupt(world, STEPS[step], lambda: None)
    recover(world)
