"""The private runtime's servers do what the configuration promises: real TimescaleDB, real Mosquitto."""

import subprocess
import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from carecircle.runtime.install import Runtime
from tests.servers import COUNTY, Database, OwnDatabase, TestBroker


def publish(runtime: Runtime, url: str, topic: str, message: str = "{}") -> "subprocess.CompletedProcess[str]":
    command = [runtime.program("mosquitto_pub"), "-V", "mqttv5", "-q", "1", "-L", f"{url}/{topic}", "-m", message]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)


def received(runtime: Runtime, url: str, topic: str, wait_s: int) -> str:
    command = [runtime.program("mosquitto_sub"), "-V", "mqttv5", "-L", f"{url}/{topic}", "-W", str(wait_s), "-v"]
    return subprocess.run([*command, "-C", "1"], capture_output=True, text=True, check=False, timeout=20).stdout


def wait_for_save(is_saved: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5.0
    while not is_saved():
        assert time.monotonic() < deadline, "the broker saved nothing within 5 s"
        time.sleep(0.05)


def test_the_database_is_timescaledb_and_migrated(database: Database) -> None:
    with psycopg.connect(database.admin_url) as connection:
        (extensions,) = connection.execute(
            "select array_agg(extname) from pg_extension where extname = 'timescaledb'"
        ).fetchone() or (None,)
        assert extensions == ["timescaledb"]
        assert connection.execute("select count(*) from schema_migration").fetchone() != (0,)


@pytest.mark.parametrize("role", ["carecircle_ingest", "carecircle_alerts", "carecircle_console"])
def test_every_role_logs_in_with_its_password_and_not_without(database: Database, role: str) -> None:
    with psycopg.connect(database.url(role)) as connection:
        assert connection.execute("select current_user").fetchone() == (role,)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(database.url(role).replace(f"test-{role}", "wrong"))


def test_a_killed_database_keeps_what_was_committed(own_database: OwnDatabase) -> None:
    with psycopg.connect(own_database.admin_url, autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    own_database.kill()
    own_database.start()
    with psycopg.connect(own_database.admin_url) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_a_query_that_outlives_a_killed_database_does_not_keep_it_from_starting(own_database: OwnDatabase) -> None:
    busy = psycopg.connect(own_database.admin_url, autocommit=True)
    # It waits for nothing, so it hears of nothing.
    long = "select count(*) from (select generate_series(1, 10000000000)) as a"

    def ask() -> None:
        with pytest.raises(psycopg.OperationalError):
            busy.execute(long)

    query = threading.Thread(target=ask)
    query.start()
    with psycopg.connect(own_database.admin_url, autocommit=True) as connection:
        deadline = time.monotonic() + 10
        while (
            connection.execute("select 1 from pg_stat_activity where query = %s and state = 'active'", [long]).rowcount
            < 1
        ):
            assert time.monotonic() < deadline
    own_database.kill()
    own_database.start()
    query.join(10)
    assert not query.is_alive()
    busy.close()


def test_a_home_publishes_under_its_own_bed_only(runtime: Runtime, broker: TestBroker) -> None:
    home = broker.url_home("bed-1")
    assert publish(runtime, home, f"care/v1/{COUNTY}/bed-1/button/event").stderr == ""
    assert "Not authorized" in publish(runtime, home, f"care/v1/{COUNTY}/bed-2/button/event").stderr
    assert "Not authorized" in publish(runtime, home, "care/v1/630103/bed-1/button/event").stderr


def test_a_wrong_password_and_no_password_are_refused(runtime: Runtime, broker: TestBroker) -> None:
    topic = f"care/v1/{COUNTY}/bed-1/button/event"
    wrong = broker.url_home("bed-1").replace("bed-1:", "bed-1:x")
    assert publish(runtime, wrong, topic).returncode != 0
    assert publish(runtime, f"mqtt://127.0.0.1:{broker.port}", topic).returncode != 0


def test_a_home_added_while_the_broker_runs_may_log_in(runtime: Runtime, broker: TestBroker) -> None:
    url = broker.add_home("late-bed", "630103")
    assert publish(runtime, url, "care/v1/630103/late-bed/button/event").stderr == ""


def test_saved_messages_survive_a_killed_broker(runtime: Runtime, broker: TestBroker) -> None:
    topic = f"care/v1/{COUNTY}/bed-1/button/status"
    command = [runtime.program("mosquitto_pub"), "-r", "-q", "1", "-L", f"{broker.url_home('bed-1')}/{topic}"]
    subprocess.run([*command, "-m", "kept"], check=True, timeout=10)
    saved = broker.server.folder / "saved" / "mosquitto.db"
    wait_for_save(saved.exists)
    broker.kill()
    broker.start()
    assert received(runtime, broker.url("ingest"), topic, 3).strip() == f"{topic} kept"


def test_a_message_of_one_mebibyte_reaches_its_reader(runtime: Runtime, broker: TestBroker) -> None:
    topic = f"care/v1/{COUNTY}/bed-1/button/event"
    large = subprocess.run(
        [
            runtime.program("mosquitto_pub"),
            "-V",
            "mqttv5",
            "-r",
            "-q",
            "1",
            "-s",
            "-L",
            f"{broker.url_home('bed-1')}/{topic}",
        ],
        input="x" * (1 << 20),
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    assert large.stderr == ""
    assert len(received(runtime, broker.url("ingest"), topic, 3)) > 1 << 20
