"""The broker of docker-compose.yml, run here: its own configuration, certificates and accounts, over real TLS."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from carecircle.deployment.command import broker_accounts, init_secrets
from carecircle.identity import home_password
from carecircle.mqtt import Broker, Session
from carecircle.runtime.install import Runtime
from carecircle.runtime.ports import answers, free_port
from carecircle.runtime.process import start_child, stop_child
from carecircle.topics import EVERYTHING
from tests.servers import Database
from tests.unit.deploy.compose_file import ROOT, shares


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for name in (*shares(), "installation", "broker-files"):
        (tmp_path / name).mkdir()
    result = CliRunner(env={"CARECIRCLE_SECRETS_FOLDER": str(tmp_path)}).invoke(init_secrets)
    assert result.exit_code == 0, result.output
    return tmp_path


@pytest.fixture
def accounts(secrets: Path, database: Database) -> Path:
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("insert into area (code, name) values ('630102', '城东区'), ('630102001', '街道')")
        connection.execute("insert into resident (id, name) values ('r1', '某某')")
        connection.execute(
            "insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m)"
            " values ('bed-1', 'r1', '630102', '630102001', '某街', 'urban', 'city', 2260)"
        )
    environment = {"CARECIRCLE_BROKER_FOLDER": str(secrets / "broker-files")}
    for path in (secrets / "broker-accounts").iterdir():
        environment[path.name.upper()] = path.read_text()
    environment["CARECIRCLE_DATABASE_URL"] = database.url("carecircle_ingest")
    result = CliRunner(env=environment).invoke(broker_accounts)
    assert result.output == "accounts of 3 services and 1 homes written\n"
    return secrets / "broker-files"


@pytest.fixture
def port(secrets: Path, accounts: Path, runtime: Runtime, tmp_path: Path) -> Iterator[int]:
    """Paths and ports of the container replaced by ours; everything else as it stands in the file."""
    tls, plain = free_port(), free_port()
    text = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text()
    for inside, here in (
        ("listener 8883", f"listener {tls} 127.0.0.1"),
        ("listener 1883 ", f"listener {plain} "),
        ("/run/secrets/", f"{secrets / 'broker'}/"),
        ("/mosquitto/accounts/", f"{accounts}/"),
        ("/mosquitto/data/", f"{tmp_path / 'saved'}/"),
    ):
        assert inside in text
        text = text.replace(inside, here)
    (tmp_path / "saved").mkdir()
    for folder in (secrets / "broker", accounts):  # in the container its user owns them; here it is ours
        for path in (folder, *folder.iterdir()):
            os.chown(path, os.geteuid(), os.getegid())
    (tmp_path / "mosquitto.conf").write_text(text)
    command = [runtime.program("mosquitto"), "-c", str(tmp_path / "mosquitto.conf")]
    process = start_child(command, log=tmp_path / "broker.log", owned_folder=tmp_path)
    deadline = time.monotonic() + 10
    while not answers(tls):
        assert process.poll() is None, (tmp_path / "broker.log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield tls
    stop_child(process, signal.SIGTERM, 5.0)


def connect(port: int, url: str, ca_file: Path, topics: tuple[str, ...] = ()) -> Session:
    address = url.replace("@broker:8883", f"@localhost:{port}")
    session = Session(Broker.parse(address, ca_file), client_id=address[:20], topics=topics)
    session.start()
    return session


def wait_connected(session: Session, timeout_s: float = 5.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not session.connected and time.monotonic() < deadline:
        time.sleep(0.02)
    return session.connected


def test_a_home_reaches_ingest_over_tls_with_its_own_account(port: int, secrets: Path) -> None:
    ca_file = secrets / "ingest/broker_ca.crt"
    ingest = connect(port, (secrets / "ingest/carecircle_mqtt_url").read_text(), ca_file, (EVERYTHING,))
    password = home_password((secrets / "homes/carecircle_home_secret").read_text(), "bed-1")
    home = connect(port, f"mqtts://bed-1:{password}@broker:8883", ca_file)
    try:
        assert wait_connected(ingest)
        assert wait_connected(home)
        home.publish("care/v1/630102/bed-2/button1/event", b"under another bed")
        home.publish("care/v1/630102/bed-1/button1/event", b"{}")
        (delivery,) = ingest.take(10, 5.0)
        assert (delivery.topic, delivery.payload) == ("care/v1/630102/bed-1/button1/event", b"{}")
    finally:
        home.stop()
        ingest.stop()


def test_another_authority_or_no_password_is_refused(port: int, secrets: Path, runtime: Runtime) -> None:
    def publish(*arguments: str) -> int:
        command = [runtime.program("mosquitto_pub"), "-V", "5", "-h", "localhost", "-p", str(port), "-q", "1"]
        where = ["-t", "care/v1/630102/bed-1/button1/event", "-m", "{}"]
        return subprocess.run([*command, *where, *arguments], capture_output=True, timeout=20, check=False).returncode

    authority = ["--cafile", str(secrets / "ingest/broker_ca.crt")]
    password = home_password((secrets / "homes/carecircle_home_secret").read_text(), "bed-1")
    assert publish(*authority, "-u", "bed-1", "-P", password) == 0
    assert publish(*authority) != 0
    assert publish(*authority, "-u", "bed-1", "-P", "password") != 0
    assert publish("--cafile", "/etc/ssl/certs/ca-certificates.crt", "-u", "bed-1", "-P", password) != 0
    assert publish("-u", "bed-1", "-P", password) != 0
