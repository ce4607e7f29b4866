"""How fast and how small the home box is: two real brokers, the box as its own process, presses under load.

`press_ms_*` is from handing the press to the home's broker to its
arrival at a reader of the platform's broker, with `background_per_s` telemetry messages a second beside it and the
outbox on the disk of the temporary folder (CARECIRCLE_BENCH_FOLDER chooses another). `drain_*` is the time to empty the
backlog of a day without the platform, a message every four seconds, and when the last of the presses in it had arrived.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from carecircle.mqtt import Broker, Delivery, Session
from carecircle.payloads import Command, Received, encode_payload
from carecircle.runtime import mosquitto
from carecircle.runtime.broker_accounts import Home
from carecircle.runtime.install import Runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from carecircle.runtime.process import stop_child
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_ingest.marks import Marks

PRESSES = 500
BACKGROUND_PER_S = 50
BACKLOG = 24 * 3600 // 4
BACKLOG_PRESSES = 20
_UNSENT = 2000
_STILL_S = 0.5
_COUNTY, _BED = "630102", "bench"


class Reader:
    """Hears everything on the platform's broker, and answers as the platform does: with marks and with receipts.

    Times are of arrival, Unix seconds. What comes twice counts once.
    """

    def __init__(self, url: str) -> None:
        self.pressed: dict[str, float] = {}
        self._heard: set[tuple[str, int, int]] = set()
        self._marks = Marks()
        self._session = Session(Broker.parse(url), client_id="bench-reader", topics=["care/v1/#"], window=0)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def telemetry(self) -> int:
        """How many different messages with readings came."""
        return len(self._heard)

    def start(self) -> None:
        """Begin."""
        self._session.start()
        assert self._session.wait_connected(10)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping = True
        self._thread.join()
        self._session.stop()

    def _run(self) -> None:
        while not self._stopping:
            for delivery in self._session.take(1000, 0.1):
                topic = parse_topic(delivery.topic)
                assert isinstance(topic, Topic)
                if topic.kind is not Kind.COMMAND:
                    self._hear(topic, delivery)
            for name, mark in self._marks.due(time.monotonic()):
                self._session.publish(name, mark)

    def _hear(self, topic: Topic, delivery: Delivery) -> None:
        said = json.loads(delivery.payload)
        boot, seq = said["boot"], said["seq"]
        self._marks.note(topic, boot, seq, said.get("oldest"))
        if topic.kind is Kind.TELEMETRY:
            self._heard.add((topic.device, boot, seq))
        if topic.kind is Kind.EVENT:
            self.pressed.setdefault(topic.device, delivery.received_at.timestamp())
            receipt = Command(id=f"r{seq}", received=Received(event=(boot, seq)))
            self._session.publish(str(replace(topic, kind=Kind.COMMAND)), encode_payload(receipt))


def _start(server: Mosquitto, folder: Path, *, open_to_all: bool) -> "subprocess.Popen[bytes]":
    server.prepare()
    if open_to_all:
        file = server.folder / "mosquitto.conf"
        kept = [line for line in file.read_text().splitlines() if not line.startswith(("acl_file", "password_file"))]
        file.write_text("\n".join(kept).replace("allow_anonymous false", "allow_anonymous true") + "\n")
    log = folder / f"{server.folder.name}.log"
    process = server.start(log)
    mosquitto.wait_until_ready(server, process, log)
    return process


def start_open_broker(server: Mosquitto, folder: Path, ending: ExitStack) -> None:
    """A broker that lets everybody in, for as long as `ending` lasts."""
    process = _start(server, folder, open_to_all=True)
    ending.callback(stop_child, process, server.stop_signal, 10)


def _memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory now and at its highest, in MB."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) / 1024, int(status["VmHWM"].split()[0]) / 1024


def _press(bridge: Session, name: str) -> float:
    at = time.time()
    bridge.publish(f"zigbee2mqtt/{name}", b'{"action":"emergency","battery":87,"linkquality":96}')
    return at


def _background(bridge: Session, stop: threading.Event) -> None:
    number = 0
    while not stop.wait(1 / BACKGROUND_PER_S):
        number += 1
        body = json.dumps({"temperature": 20 + number % 100 / 10, "humidity": 41.5, "battery": 90, "linkquality": 80})
        bridge.publish(f"zigbee2mqtt/climate-{number % 5}", body.encode())


def _latency(bridge: Session, reader: Reader) -> list[float]:
    """Milliseconds of each press, sorted."""
    stop = threading.Event()
    load = threading.Thread(target=_background, args=(bridge, stop))
    load.start()
    time.sleep(1)
    sent = {}
    for number in range(PRESSES):
        sent[f"button-{number}"] = _press(bridge, f"button-{number}")
        time.sleep(0.02)
    _wait(lambda: sent.keys() <= reader.pressed.keys())
    stop.set()
    load.join()
    return sorted(1000 * (reader.pressed[name] - at) for name, at in sent.items())


def _wait(is_done: Callable[[], bool], timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_done():
        if time.monotonic() > deadline:
            raise SystemExit("bench of the box: a step takes too long; the box's log is beside its outbox")
        time.sleep(0.005)


def _pile_up(bridge: Session) -> list[str]:
    """Publish the backlog with presses at its end, and wait until the home's broker has all of it."""
    taken: list[int] = []
    for number in range(BACKLOG):
        body = json.dumps({"temperature": number % 60, "humidity": 40}).encode()
        bridge.publish("zigbee2mqtt/climate", body, on_sent=lambda: taken.append(1))
        _wait(lambda sent=number: sent - len(taken) < _UNSENT)  # type: ignore[misc]
    names = [f"late-{number}" for number in range(BACKLOG_PRESSES)]
    for name in names:
        _press(bridge, name)
    return names


def _uses_no_time(pid: int) -> bool:
    """Whether the process used no processor time for a while: all that was published is in its outbox."""
    before = _ticks(pid)
    time.sleep(_STILL_S)
    return _ticks(pid) <= before + 1


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:13])


@dataclass
class _Bench:
    """The two brokers, the box between them, and what is to be ended at the end."""

    folder: Path
    home: Mosquitto
    platform: Mosquitto
    ending: ExitStack

    def start_broker(self, server: Mosquitto, *, open_to_all: bool) -> "subprocess.Popen[bytes]":
        """Start a broker."""
        process = _start(server, self.folder, open_to_all=open_to_all)
        self.ending.callback(stop_child, process, server.stop_signal, 10)
        return process

    def start_box(self) -> "subprocess.Popen[bytes]":
        """Start the box and wait until it has both its brokers."""
        options = ["--county", _COUNTY, "--bed", _BED, "--outbox", str(self.folder / "outbox.sqlite")]
        options += ["--local-mqtt-url", f"mqtt://127.0.0.1:{self.home.port}"]
        box = subprocess.Popen(
            [sys.executable, "-c", "from carecircle.cli import main; main()", "gateway", *options],
            env={**os.environ, "CARECIRCLE_MQTT_URL": self.platform.url(_BED, "secret")},
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "box.log").open("wb"),
        )
        self.ending.callback(box.wait)
        self.ending.callback(box.send_signal, signal.SIGTERM)
        self.wait_connections(2)
        return box

    def connections(self) -> int:
        """How often the box has connected so far."""
        return (self.folder / "box.log").read_text().count("broker_connected")

    def wait_connections(self, count: int) -> None:
        """Wait for that many."""
        _wait(lambda: self.connections() >= count)


def _measure(bench: _Bench) -> dict[str, float]:
    bench.start_broker(bench.home, open_to_all=True)
    bench.platform.set_accounts({"ingest": "reader"}, [Home(_COUNTY, _BED, "secret")])
    broker = bench.start_broker(bench.platform, open_to_all=False)
    box = bench.start_box()
    bridge = Session(Broker.parse(f"mqtt://127.0.0.1:{bench.home.port}"), client_id="bench-bridge", window=0)
    bridge.start()
    bench.ending.callback(bridge.stop)
    assert bridge.wait_connected(10)
    reader = Reader(bench.platform.url("ingest", "reader"))
    reader.start()
    bench.ending.callback(reader.stop)
    time.sleep(0.5)
    idle_mb, _ = _memory_mb(box.pid)
    latency = _latency(bridge, reader)
    rss_mb, _ = _memory_mb(box.pid)

    broker.kill()
    broker.wait()
    before, connections = reader.telemetry, bench.connections()
    started = time.time()
    names = _pile_up(bridge)
    _wait(lambda: _uses_no_time(box.pid))
    intake_s = time.time() - started - _STILL_S
    bench.start_broker(bench.platform, open_to_all=False)
    bench.wait_connections(connections + 1)
    resumed = time.time()
    _wait(lambda: reader.telemetry - before >= BACKLOG and reader.pressed.keys() >= set(names))
    drain_s = time.time() - resumed
    end_mb, peak_mb = _memory_mb(box.pid)
    return {
        "presses": PRESSES,
        "background_per_s": BACKGROUND_PER_S,
        "press_ms_p50": round(statistics.median(latency), 2),
        "press_ms_p99": round(latency[int(len(latency) * 0.99)], 2),
        "press_ms_max": round(latency[-1], 2),
        "gateway_rss_idle_mb": round(idle_mb, 1),
        "gateway_rss_mb": round(rss_mb, 1),
        "gateway_rss_after_backlog_mb": round(end_mb, 1),
        "gateway_rss_peak_mb": round(peak_mb, 1),
        "backlog": BACKLOG,
        "intake_per_s": round(BACKLOG / intake_s),
        "drain_24h_s": round(drain_s, 2),
        "drain_per_s": round(BACKLOG / drain_s),
        "backlog_presses_s": round(max(0.0, max(reader.pressed[name] for name in names) - resumed), 3),
    }


def measure_box(runtime: Runtime) -> dict[str, float]:
    """Run it in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("CARECIRCLE_BENCH_FOLDER")) as name, ExitStack() as ending:
        folder = Path(name)
        home = Mosquitto(runtime, folder / "home", free_port())
        platform = Mosquitto(runtime, folder / "platform", free_port())
        return _measure(_Bench(folder, home, platform, ending))
