"""`carecircle sim run` and `carecircle sim load` as commands: files, pace, a real broker, and an end by signal."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from carecircle.identity import home_password
from carecircle.mqtt import Broker, Session
from carecircle.payloads import parse_payload
from carecircle.rejected import Rejected
from carecircle.runtime.broker_accounts import Home
from carecircle.topics import Kind
from carecircle_sim.home.plan import plan_homes
from carecircle_sim.load.beds import Beds
from carecircle_sim.scenario.model import load_scenario
from tests.servers import INSTALLATION_SECRET, TestBroker

_SIM = [sys.executable, "-c", "from carecircle.cli import main; main()", "sim"]


def _environment(broker: TestBroker) -> dict[str, str]:
    return {**os.environ, "CARECIRCLE_MQTT_URL": broker.url("ingest"), "CARECIRCLE_HOME_SECRET": INSTALLATION_SECRET}


def _run(*options: str, environment: dict[str, str] | None = None) -> dict[str, object]:
    run = subprocess.run([*_SIM, *options], capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert run.returncode == 0, run.stderr
    found: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_messages_and_truth_are_written_side_by_side(tmp_path: Path) -> None:
    out, truth = tmp_path / "out.jsonl", tmp_path / "truth.jsonl"
    found = _run("run", "broken_firmware", "--homes", "6", "--out", str(out), "--truth", str(truth))
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    truths = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
    assert (len(lines), len(truths)) == (found["messages"], found["truths"])
    assert {"at_ms", "topic", "retain", "payload"} == lines[0].keys()
    assert {"update", "device_lies"} <= {one["what"] for one in truths}


def test_a_scenario_reaches_a_real_broker_with_each_home_logged_in_by_itself(broker: TestBroker) -> None:
    homes = 4
    for plan in plan_homes(load_scenario("earthquake_minute"), 1, homes):
        broker.add_home(plan.bed, plan.county)
    ear = Session(Broker.parse(broker.url("ingest")), client_id="ear", topics=["care/v1/#"], window=0)
    ear.start()
    assert ear.wait_connected(10)
    while not ear.is_subscribed:
        time.sleep(0.01)
    found = _run("run", "earthquake_minute", "--homes", str(homes), "--mqtt", environment=_environment(broker))
    heard = []
    while batch := ear.take(1000, 1.0):
        heard += batch
    ear.stop()
    assert found["dropped"] == 0
    assert len(heard) == found["messages"]
    assert sum(one.topic.endswith("/event") for one in heard) >= 3


def test_a_paced_run_ends_in_order_when_it_is_told_to(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    command = [*_SIM, "run", "night_in_xining", "--homes", "3", "--speed", "600", "--truth", str(truth)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        until = time.monotonic() + 60
        while not truth.exists():  # it is opened just before the run listens to signals and plays
            assert run.poll() is None, "it ended by itself"
            assert time.monotonic() < until, "it did not begin"
            time.sleep(0.02)
        time.sleep(1)  # ten minutes of the night
        run.send_signal(signal.SIGTERM)
        stdout, stderr = run.communicate(timeout=10)
    assert run.returncode == 0, stderr
    found = json.loads(stdout.splitlines()[-1])
    assert found["stopped_early"] is True
    assert 0 < found["messages"] < 3 * 12 * 120
    assert len(truth.read_text().splitlines()) == found["truths"]


def test_a_load_of_beds_reaches_the_broker_over_sessions_and_gateways(broker: TestBroker) -> None:
    beds, sessions = 2_000, 5
    names = [Beds.name(number) for number in range(sessions)]
    homes = [Home(name.split("-")[0], name, home_password(INSTALLATION_SECRET, name)) for name in names]
    broker.server.set_accounts({"ingest": "test-ingest"}, homes)
    acl = broker.server.folder / "access"
    acl.write_text(acl.read_text().replace("user ingest\n", "user ingest\ntopic readwrite care/v1/#\n", 1))
    assert broker.process is not None
    broker.process.send_signal(signal.SIGHUP)
    ear = Session(Broker.parse(broker.url("ingest")), client_id="ear", topics=["care/v1/#"], window=0)
    ear.start()
    assert ear.wait_connected(10)
    while not ear.is_subscribed:
        time.sleep(0.01)
    options = ["--beds", str(beds), "--rate", "1000", "--seconds", "3", "--sessions", str(sessions), "--gateways", "2"]
    found = _run("load", *options, environment=_environment(broker))
    heard = []
    while batch := ear.take(5000, 1.0):
        heard += batch
    ear.stop()
    assert found["sessions"] == sessions + 2
    assert found["skipped"] == 0
    assert len(heard) == found["sent"]
    assert len({one.topic for one in heard}) > 1_500
    assert not any(isinstance(parse_payload(Kind.TELEMETRY, one.payload), Rejected) for one in heard)
