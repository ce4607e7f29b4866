"""What waits in quarantine is looked into, replayed after a fix, and given up, as an operator does it."""

import json
from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner, Result

from carecircle.mqtt import Delivery
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.quarantine_command import quarantine
from carecircle_ingest.writer import write_batch
from tests.scene import COUNTY, Scene
from tests.servers import Database

NOW = datetime.now(UTC)
AT = int(NOW.timestamp() * 1000)


def delivery(topic: str, body: object) -> Delivery:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Delivery(f"care/v1/{COUNTY}/{topic}", payload, retained=False, received_at=NOW, generation=1, mid=1)


@pytest.fixture
def scene(database: Database, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("CARECIRCLE_DATABASE_URL", database.url("carecircle_ingest"))
    reading = {"boot": 1, "seq": 1, "at": AT, "readings": {"heart_rate": 71}}
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        write_batch(
            connection,
            [
                delivery("new-bed/mat/telemetry", reading),
                delivery("new-bed/button/event", {"boot": 1, "seq": 1, "at": AT, "event": "sos"}),
                delivery("other-bed/mat/telemetry", reading),
                delivery("new-bed/mat/telemetry", b"\xff\x00 noise"),
                delivery("new-bed/mat/telemetry", b" " * 100_000),
            ],
            {},
            Clocks(),
        )
    return Scene(database)


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(quarantine, list(arguments), input=answer, catch_exceptions=False)


def test_a_bed_that_was_registered_late_gets_its_readings(scene: Scene) -> None:
    scene.bed("new-bed")
    trial = run("replay", "--dry-run")
    assert "would go to history: 2, of which 1 events" in trial.output
    assert scene.value("select count(*) from quarantine") == 5
    assert scene.value("select count(*) from vitals") == 0
    done = run("replay")
    assert "went to history: 2, of which 1 events" in done.output
    assert "stays: 1 unknown_bed" in done.output
    assert "stays: 1 not_json" in done.output
    assert "stays: 1 too_large" in done.output
    assert scene.value("select count(*) from quarantine") == 3
    assert scene.rows("select bed, heart_rate from vitals") == [("new-bed", 71.0)]
    assert scene.value("select count(*) from device_event") == 1
    assert scene.value("select count(*) from incident") == 0


def test_a_replay_of_what_is_stored_already_only_empties_the_quarantine(scene: Scene) -> None:
    scene.bed("new-bed")
    run("replay", "--reason", "unknown_bed")
    again = json.dumps({"boot": 1, "seq": 1, "at": AT, "readings": {"heart_rate": 71}}).encode()
    scene.run(
        "insert into quarantine (received_at, topic, payload, payload_bytes, reason, detail) "
        "values (%s, %s, %s, %s, 'unknown_bed', '')",
        NOW, f"care/v1/{COUNTY}/new-bed/mat/telemetry", again, len(again),
    )  # fmt: skip
    assert "went to history: 1" in run("replay", "--reason", "unknown_bed").output
    assert scene.value("select count(*) from vitals") == 1


def test_what_the_database_refuses_comes_back_once_and_does_not_loop(scene: Scene) -> None:
    scene.bed("new-bed")
    scene.run("alter table vitals add constraint picky check (heart_rate <> 71) not valid")
    assert "stays: 1 not_storable" in run("replay", "--reason", "unknown_bed").output
    assert scene.value("select count(*) from quarantine where reason = 'not_storable'") == 1


def test_list_and_show_say_what_and_why(scene: Scene) -> None:
    listed = run("list").output
    assert "3 unknown_bed" in listed
    assert "bed new-bed is not registered" in listed
    number = scene.value("select id from quarantine where reason = 'not_json'")
    assert "ff 00 20 6e" in run("show", str(number)).output
    large = scene.value("select id from quarantine where reason = 'too_large'")
    assert "the first 65536 bytes" in run("show", str(large)).output


def test_giving_up_asks_first(scene: Scene) -> None:
    tomorrow = ("drop", "--reason", "not_json", "--before", "2999-01-01")
    assert run(*tomorrow, answer="n\n").exit_code == 1
    assert scene.value("select count(*) from quarantine") == 5
    assert "gave up 1 messages" in run(*tomorrow, answer="y\n").output
    assert scene.value("select count(*) from quarantine") == 4
