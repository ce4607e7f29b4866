"""A box pairs and rotates by its commands, with a real console and a real broker, and is killed in between."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from carecircle.mqtt import Broker, Session
from carecircle.up.database import known_homes
from carecircle_gateway.account import read_settings
from tests.console_world import World, people, running
from tests.servers import INSTALLATION_SECRET, Database, TestBroker

_GATEWAY = [sys.executable, "-c", "from carecircle.cli import main; main()", "gateway"]


@dataclass
class Place:
    """A console, a broker that follows its accounts, and the file of a box."""

    world: World
    broker: TestBroker
    account: Path

    def write_accounts(self) -> None:
        """As `carecircle broker-accounts` and SIGHUP do."""
        homes = known_homes(self.world.scene.database.admin_url, INSTALLATION_SECRET)
        self.broker.server.set_accounts({"ingest": "test-ingest", "alerts": "test-alerts"}, homes)
        assert self.broker.process is not None
        self.broker.process.send_signal(signal.SIGHUP)

    def command(self, *arguments: str, expects: int = 0) -> str:
        where = ["--platform", self.world.base_url, "--account", str(self.account)]
        run = subprocess.run([*_GATEWAY, *arguments, *where], capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode == expects, run.stdout + run.stderr
        return run.stdout + run.stderr

    def code(self, bed: str = "bed-1") -> str:
        code: str = self.world.signed_in("administrator").post(f"/api/beds/{bed}/pairing-code").json()["code"]
        return code

    def user(self) -> str:
        return Broker.parse(read_settings(self.account)["CARECIRCLE_MQTT_URL"]).username or ""

    def can_log_in(self, within_s: float = 5.0) -> bool:
        """With the account in the file."""
        session = Session(Broker.parse(read_settings(self.account)["CARECIRCLE_MQTT_URL"]), client_id="trial", window=0)
        session.start()
        try:
            return session.wait_connected(within_s)
        finally:
            session.stop()


@pytest.fixture
def place(database: Database, broker: TestBroker, tmp_path: Path) -> Iterator[Place]:
    homes_url = f"mqtt://127.0.0.1:{broker.port}"
    with running(database, people(database), homes_mqtt_url=homes_url) as world:
        place = Place(world, broker, tmp_path / "box" / "account.env")
        place.write_accounts()
        yield place


def test_a_box_is_paired_by_a_code_and_its_file_is_its_own(place: Place) -> None:
    said = place.command("pair", place.code())
    assert "配对成功：床位 bed-1" in said
    assert stat.S_IMODE(place.account.stat().st_mode) == 0o600
    password = Broker.parse(read_settings(place.account)["CARECIRCLE_MQTT_URL"]).password
    assert password is not None
    assert password not in said
    place.write_accounts()
    assert place.can_log_in()
    assert "配对码无效" in place.command("pair", "AAAAA-AAAAA", expects=1)
    assert place.user() == "bed-1.1", "a code that was refused leaves the account as it was"


def test_a_password_is_not_sent_over_an_open_line(place: Place) -> None:
    run = subprocess.run(
        [*_GATEWAY, "pair", "X", "--platform", "http://care.example", "--account", str(place.account)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "https://" in run.stderr


def test_a_password_is_changed_while_the_broker_follows(place: Place) -> None:
    place.command("pair", place.code())
    place.write_accounts()
    following = threading.Event()

    def follow() -> None:
        while not following.wait(0.5):
            place.write_accounts()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        assert "密码已更换" in place.command("rotate", "--within", "20")
    finally:
        following.set()
        thread.join()
    place.write_accounts()
    assert place.user() == "bed-1.2"
    assert place.can_log_in()


def test_a_broker_that_does_not_follow_leaves_the_old_password_valid(place: Place) -> None:
    place.command("pair", place.code())
    place.write_accounts()
    assert "原密码继续有效" in place.command("rotate", "--within", "2", expects=1)
    place.write_accounts()
    assert place.user() == "bed-1.1"
    assert place.can_log_in()


def test_a_rotation_that_is_killed_anywhere_can_be_run_again(place: Place) -> None:
    place.command("pair", place.code())
    place.write_accounts()
    where = ["--platform", place.world.base_url, "--account", str(place.account), "--within", "20"]
    for lives_s in (0.6, 1.0, 1.4, 1.8):
        with subprocess.Popen([*_GATEWAY, "rotate", *where], stderr=subprocess.DEVNULL, env=dict(os.environ)) as run:
            time.sleep(lives_s / 2)
            place.write_accounts()
            time.sleep(lives_s / 2)
            run.kill()
        place.write_accounts()
        assert place.can_log_in(), f"killed after {lives_s} s"
