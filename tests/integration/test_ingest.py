"""Ingest against a real broker and a real database: every message once, or in quarantine with its reason."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from carecircle.mqtt import Broker, Delivery, Session
from carecircle.rejected import Reason
from carecircle_ingest.clocks import Clocks, Correction
from carecircle_ingest.decode import TABLES
from carecircle_ingest.writer import QUERIES, write_batch
from tests.scene import COUNTY, Scene
from tests.servers import Database, OwnDatabase, TestBroker

NOW = datetime.now(UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def delivery(topic: str, payload: bytes) -> Delivery:
    return Delivery(topic, payload, retained=False, received_at=NOW, generation=1, mid=1)


def telemetry(seq: int, *, bed: str = "bed-1", at: int = NOW_MS, **readings: float | bool) -> Delivery:
    body = {"boot": 1, "seq": seq, "at": at, "readings": readings or {"heart_rate": 70 + seq % 10}, "quality": 0.9}
    return delivery(f"care/v1/{COUNTY}/{bed}/mat/telemetry", json.dumps(body).encode())


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        yield connection


COUNTIES = {"bed-1": COUNTY, "bed-2": COUNTY}


def test_columns_are_those_of_the_tables(database: Database) -> None:
    scene = Scene(database)
    for table in TABLES:
        found = scene.rows(
            "select column_name from information_schema.columns where table_name = %s",
            table.name,
        )
        assert {name for (name,) in found} == set(table.columns)


def test_a_message_with_everything_lands_in_the_tables_of_its_quantities(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    message = telemetry(1, heart_rate=72, in_bed=True, room_temperature=19.5, systolic_pressure=128)
    written = write_batch(connection, [message], COUNTIES, Clocks())
    assert (written.stored, written.quarantined) == (1, 0)
    assert connection.execute("select heart_rate, in_bed, spo2, quality from vitals").fetchall() == [
        (72.0, True, None, pytest.approx(0.9))
    ]
    assert connection.execute("select room_temperature from environment").fetchall() == [(19.5,)]
    assert connection.execute("select systolic_pressure from spot_check").fetchall() == [(128.0,)]


def test_events_and_status_are_kept_whole(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    event = {"boot": 1, "seq": 1, "at": NOW_MS, "event": "sos", "code": 101, "detail": {"button": 1}, "new": "field"}
    status = {"boot": 1, "seq": 2, "at": NOW_MS, "online": True, "battery": 87, "firmware": "1.2.0"}
    topic = f"care/v1/{COUNTY}/bed-1/button"
    write_batch(
        connection,
        [
            delivery(f"{topic}/event", json.dumps(event).encode()),
            delivery(f"{topic}/status", json.dumps(status).encode()),
        ],
        COUNTIES,
        Clocks(),
    )
    assert connection.execute("select event, code, detail from device_event").fetchall() == [
        ("sos", 101, {"button": 1})
    ]
    assert connection.execute("select online, battery, power from device_status").fetchall() == [(True, 87.0, None)]


def test_what_comes_twice_is_stored_once(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    first = [telemetry(seq) for seq in range(50)]
    again = [telemetry(seq) for seq in range(25, 75)] + [telemetry(30)]
    for batch in (first, again, first):
        write_batch(connection, batch, COUNTIES, Clocks())
    assert connection.execute("select count(*), count(distinct seq) from vitals").fetchone() == (75, 75)


@pytest.mark.parametrize(
    "at",
    [0, 4_102_444_800_000, -(2**53), 2**52, NOW_MS + 600_000],
    ids=["1970", "2100", "no calendar", "nor this one", "ten minutes ahead"],
)
def test_a_wild_clock_is_corrected_with_a_mark_and_still_counts_once(database: Database, at: int) -> None:
    scene = Scene(database)
    scene.bed("bed-1")
    messages = [telemetry(seq, at=at + 10_000 * seq) for seq in range(3)]
    for process in range(2):
        with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
            known = connection.execute(QUERIES["clocks"], {"since": NOW - timedelta(days=9)}).fetchall()
            later = [one._replace(received_at=NOW + timedelta(hours=process)) for one in messages]
            write_batch(connection, later, COUNTIES, Clocks(Correction(*row) for row in known))
    rows = scene.rows("select measured_at - %s, clock_offset_ms from vitals order by seq", NOW)
    assert [round(lag.total_seconds()) for lag, _offset in rows] == [0, 10, 20]  # type: ignore[attr-defined]
    assert {offset for _lag, offset in rows} == {int(NOW.timestamp() * 1000) - at}
    assert scene.value("select count(*) from device_clock") == 1


def test_a_clock_that_is_wrong_in_ever_new_ways_ends_in_quarantine(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    clocks = Clocks()
    messages = [telemetry(seq, at=NOW_MS - 400 * 86_400_000 * (seq + 1)) for seq in range(18)]
    written = write_batch(connection, messages, COUNTIES, clocks)
    assert (written.stored, dict(written.refused)) == (16, {Reason.WILD_CLOCK: 2})
    assert not clocks.unsaved


def test_hours_that_were_rolled_up_are_touched_by_late_readings(database: Database) -> None:
    scene = Scene(database)
    scene.run("update rollup_boundary set rolled_until = %s", NOW - timedelta(minutes=5))
    late = NOW_MS - 3 * 3600_000
    messages = [telemetry(1), telemetry(2, at=late), telemetry(3, at=late), telemetry(4, at=late, co2=800)]
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        write_batch(connection, messages, COUNTIES, Clocks())
        write_batch(connection, messages, COUNTIES, Clocks())
    hour = datetime.fromtimestamp(late / 1000, UTC).replace(minute=0, second=0, microsecond=0)
    assert scene.rows("select history, bed, hour from rollup_touched order by 1") == [
        ("environment", "bed-1", hour),
        ("vitals", "bed-1", hour),
    ]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (delivery("care/v1/x/bed-1/mat/telemetry", b"{}"), "wrong_topic"),
        (delivery(f"care/v1/{COUNTY}/bed-1/mat/gossip", b"{}"), "wrong_topic"),
        (delivery("", b"{}"), "wrong_topic"),
        (delivery(f"care/v1/{COUNTY}/bed-1/mat/telemetry", b"\x00\xff not json"), "not_json"),
        (delivery(f"care/v1/{COUNTY}/bed-1/mat/telemetry", b'{"boot":1}'), "wrong_shape"),
        (telemetry(1, heart_rate="72"), "wrong_shape"),  # type: ignore[arg-type]
        (telemetry(1, heart_rate=float("nan")), "wrong_shape"),
        (telemetry(1, heart_rate=1e300), "not_storable"),
        (delivery(f"care/v1/{COUNTY}/bed-1/mat/telemetry", b" " * (1 << 20)), "too_large"),
        (telemetry(1, bed="nobody"), "unknown_bed"),
        (delivery("care/v1/630103/bed-1/mat/telemetry", telemetry(1).payload), "wrong_county"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_waits_in_quarantine_and_harms_no_neighbour(
    connection: psycopg.Connection[tuple[object, ...]], message: Delivery, reason: str
) -> None:
    written = write_batch(connection, [telemetry(7), message, telemetry(8)], COUNTIES, Clocks())
    assert (written.stored, written.quarantined) == (2, 1)
    assert connection.execute("select count(*) from vitals").fetchone() == (2,)
    ((found, kept, size),) = connection.execute("select reason, payload, payload_bytes from quarantine").fetchall()
    assert (found, size) == (reason, len(message.payload))
    assert kept == message.payload[: 64 * 1024]


def test_a_row_that_the_database_refuses_goes_alone(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    # A partition that cannot be made: the time is acceptable to the rules and beyond PostgreSQL's calendar.
    odd = {"boot": 1, "seq": 9, "at": NOW_MS, "event": "sos", "detail": {"deep": [1] * 10}}
    topic = f"care/v1/{COUNTY}/bed-1/button/event"
    lone_surrogate = json.dumps(odd).replace('"deep"', '"\\udc00"').encode()
    written = write_batch(connection, [telemetry(1), delivery(topic, lone_surrogate), telemetry(2)], COUNTIES, Clocks())
    assert (written.stored, written.quarantined) == (2, 1)


class Ingest:
    """`carecircle ingest` as its own process."""

    def __init__(self, database_url: str, mqtt_url: str) -> None:
        self._environment = {"CARECIRCLE_DATABASE_URL": database_url, "CARECIRCLE_MQTT_URL": mqtt_url}
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        program = "from carecircle.cli import main; main()"
        return subprocess.Popen([sys.executable, "-c", program, "ingest"], env=self._environment)

    def kill_and_restart(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = self._start()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(10) == 0


def eventually(scene: Scene, statement: str, expected: object, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while (found := scene.value(statement)) != expected:
        assert time.monotonic() < deadline, f"{statement}: {found}, not {expected}"
        time.sleep(0.05)


def test_nothing_is_lost_when_ingest_and_the_database_die(own_database: OwnDatabase, broker: TestBroker) -> None:
    scene = Scene(own_database)
    scene.bed("bed-1")
    ingest = Ingest(own_database.url("carecircle_ingest"), broker.url("ingest"))
    home = Session(Broker.parse(broker.url_home("bed-1")), client_id="home-1", window=0)
    home.start()
    assert home.wait_connected(10)
    total, accepted = 3000, []

    def publish(seq: int) -> None:
        body = json.dumps({"boot": 1, "seq": seq, "at": NOW_MS + seq, "readings": {"heart_rate": 70}}).encode()
        home.publish(f"care/v1/{COUNTY}/bed-1/mat/telemetry", body, on_sent=lambda: accepted.append(1))

    try:
        # What is published before the reader's session exists goes to nobody: brokers keep messages for sessions.
        while scene.value("select count(*) from vitals") == 0:
            publish(0)
            time.sleep(0.1)
        accepted.clear()
        for seq in range(total):
            if seq == 800:
                ingest.kill_and_restart()
            if seq == 1600:
                own_database.kill()
            if seq == 2400:
                own_database.start()
            publish(seq)
            if seq % 50 == 0:
                time.sleep(0.03)
        deadline = time.monotonic() + 20
        while len(accepted) < total and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(accepted) >= total
        eventually(scene, "select count(*) from vitals", total)
        assert scene.value("select count(distinct seq) from vitals") == total
    finally:
        home.stop()
        ingest.stop()


def test_a_sender_that_keeps_its_messages_is_told_which_it_may_forget(database: Database, broker: TestBroker) -> None:
    scene = Scene(database)
    scene.bed("bed-1")
    ingest = Ingest(database.url("carecircle_ingest"), broker.url("ingest"))
    device = f"care/v1/{COUNTY}/bed-1/mat"
    home = Session(Broker.parse(broker.url_home("bed-1")), client_id="home-1", topics=[f"{device}/command"], window=0)
    home.start()
    assert home.wait_connected(10)

    def publish(seq: int) -> None:
        body = {"boot": 4, "seq": seq, "at": NOW_MS + seq, "oldest": 1, "readings": {"heart_rate": 70}}
        home.publish(f"{device}/telemetry", json.dumps(body).encode())

    def wait_for_mark(seq: int) -> None:
        deadline = time.monotonic() + 20
        marks: list[object] = []
        while [4, seq] not in marks:
            assert time.monotonic() < deadline, marks
            marks += [json.loads(one.payload)["stored"] for one in home.take(10, 0.2)]

    try:
        while scene.value("select count(*) from vitals") == 0:
            publish(1)
            time.sleep(0.1)
        for seq in (2, 4, 5):
            publish(seq)
        wait_for_mark(2)
        publish(3)
        wait_for_mark(5)
    finally:
        home.stop()
        ingest.stop()


def test_the_quarantine_is_bounded(database: Database) -> None:
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        write_batch(connection, [delivery("nonsense", str(n).encode()) for n in range(30)], COUNTIES, Clocks())
        connection.execute(QUERIES["trim_quarantine"], {"keep": 10})
        kept = connection.execute("select payload from quarantine order by id").fetchall()
    assert [bytes(row[0]) for row in kept] == [str(n).encode() for n in range(20, 30)]


def test_ingest_can_change_nothing_but_history(database: Database) -> None:
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        for statement in (
            b"insert into incident default values",
            b"update bed set address = ''",
            b"delete from vitals",
            b"select * from account",
            b"truncate quarantine",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
