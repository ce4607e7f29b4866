"""A home for tests: a broker of its own, a box as its own process, and the platform's ear on the other side."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from carecircle.mqtt import Broker, Session
from carecircle.payloads import Command, Event, Received, encode_payload, parse_payload
from carecircle.runtime import mosquitto
from carecircle.runtime.install import Runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.process import stop_child
from carecircle.topics import Kind, Topic, parse_topic
from tests.servers import COUNTY, TestBroker

BED = "bed-1"
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that the platform heard, and when, on the monotonic clock."""

    topic: Topic
    payload: bytes
    at: float
    retained: bool

    @property
    def fields(self) -> dict[str, object]:
        """The payload's fields."""
        found: dict[str, object] = json.loads(self.payload)
        return found

    @property
    def key(self) -> tuple[str, object, object]:
        """The name under which the message counts once."""
        return (self.topic.device, self.fields["boot"], self.fields["seq"])


class Platform:
    """Listens with the account of ingest and answers with that of alerts."""

    def __init__(self, broker: TestBroker) -> None:
        self.heard: list[Heard] = []
        self._ear = Session(Broker.parse(broker.url("ingest")), client_id="test-ear", topics=["care/v1/#"], window=0)
        self._mouth = Session(Broker.parse(broker.url("alerts")), client_id="test-mouth", window=0)
        for session in (self._ear, self._mouth):
            session.start()
        self.wait_connected()

    def wait_connected(self) -> None:
        """Wait until the broker hears us again."""
        for session in (self._ear, self._mouth):
            assert session.wait_connected(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while not self._ear.is_subscribed:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def listen(self, timeout_s: float = 0.05) -> list[Heard]:
        """Everything heard so far."""
        for delivery in self._ear.take(1000, timeout_s):
            topic = parse_topic(delivery.topic)
            assert isinstance(topic, Topic), delivery.topic
            self.heard.append(Heard(topic, delivery.payload, time.monotonic(), delivery.retained))
        return self.heard

    def events(self, name: str = "sos") -> list[Heard]:
        """The events of this name heard so far."""
        return [one for one in self.listen() if one.topic.kind is Kind.EVENT and one.fields["event"] == name]

    def of(self, kind: Kind) -> list[Heard]:
        """The messages of this kind heard so far."""
        return [one for one in self.listen() if one.topic.kind is kind]

    def confirm(self, heard: Heard) -> None:
        """Say that this event is committed."""
        event = parse_payload(Kind.EVENT, heard.payload)
        assert isinstance(event, Event)
        self.command(heard.topic.device, Command(id="c", received=Received(event=(event.boot, event.seq))))

    def command(self, device: str, command: Command) -> None:
        """Send a command to a device of the home."""
        self._mouth.publish(str(Topic(COUNTY, BED, device, Kind.COMMAND)), encode_payload(command))

    def stop(self) -> None:
        """Hang up."""
        self._ear.stop()
        self._mouth.stop()


_Found = TypeVar("_Found")


def wait_for(look: Callable[[], list[_Found]], count: int = 1, timeout_s: float = PATIENCE_S) -> list[_Found]:
    """Look until there are at least `count`, and fail with what was there when the time is over."""
    deadline = time.monotonic() + timeout_s
    while len(found := look()) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} after {timeout_s} s: {found}"
        time.sleep(0.01)
    return found


@dataclass
class Home:
    """The broker in the home and the box beside it."""

    runtime: Runtime
    server: Mosquitto
    platform_url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    bed: str = BED
    local_port: int | None = None
    """Where the box finds the home's broker, if something is to stand between them."""
    broker: "subprocess.Popen[bytes] | None" = None
    box: "subprocess.Popen[bytes] | None" = None

    @property
    def local_url(self) -> str:
        """Address of the broker in the home; anybody at home may use it."""
        return f"mqtt://127.0.0.1:{self.server.port}"

    def start_broker(self) -> None:
        """Start the broker in the home, open to everybody there, as bridges expect it."""
        self.server.prepare()
        file = self.server.folder / "mosquitto.conf"
        kept = [line for line in file.read_text().splitlines() if not line.startswith(("acl_file", "password_file"))]
        file.write_text("\n".join(kept).replace("allow_anonymous false", "allow_anonymous true") + "\n")
        log = self.folder / "home-broker.log"
        self.broker = self.server.start(log)
        mosquitto.wait_until_ready(self.server, self.broker, log)

    def start_box(self, platform: Platform) -> None:
        """Start the box as its own process and wait until what is said at home is heard on the platform."""
        already = len(platform.of(Kind.TELEMETRY))
        self.launch_box()

        def probe() -> list[Heard]:
            self.publish("probe", '{"temperature":20}')
            platform.listen(0.2)
            return platform.of(Kind.TELEMETRY)[already:]

        wait_for(probe, timeout_s=60)

    def launch_box(self) -> None:
        """Start the box as its own process."""
        program = "from carecircle.cli import main; main()"
        options = [
            "--county",
            COUNTY,
            "--bed",
            self.bed,
            "--local-mqtt-url",
            f"mqtt://127.0.0.1:{self.local_port or self.server.port}",
        ]
        environment = {
            **os.environ,
            "CARECIRCLE_MQTT_URL": self.platform_url,
            "CARECIRCLE_GATEWAY_OUTBOX": str(self.folder / "outbox.sqlite"),
            **self.settings,
        }
        with (self.folder / "box.log").open("ab") as log:
            self.box = subprocess.Popen(
                [sys.executable, "-c", program, "gateway", *options], stderr=log, stdout=log, env=environment
            )

    def log(self) -> str:
        """What the box logged."""
        file = self.folder / "box.log"
        return file.read_text() if file.exists() else ""

    def kill_box(self) -> None:
        """As `kill -9`."""
        assert self.box is not None
        self.box.kill()
        self.box.wait()

    def stop_box(self) -> None:
        """As the service manager does."""
        assert self.box is not None
        self.box.send_signal(signal.SIGTERM)
        assert self.box.wait(PATIENCE_S) == 0, self.log()

    def publish(self, name: str, payload: str, *, retain: bool = False) -> None:
        """Say something as a device bridge does, with a client that is not ours."""
        where = ["-h", "127.0.0.1", "-p", str(self.server.port), "-t", f"zigbee2mqtt/{name}"]
        how = ["-q", "1", "-m", payload, *(["-r"] if retain else [])]
        subprocess.run([self.runtime.program("mosquitto_pub"), *where, *how], check=True, timeout=PATIENCE_S)

    def end(self) -> None:
        """Stop everything."""
        if self.box is not None and self.box.poll() is None:
            self.kill_box()
        if self.broker is not None:
            stop_child(self.broker, self.server.stop_signal, 10.0)
