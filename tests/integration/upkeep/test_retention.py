"""Retention: what is old goes, what is not rolled up stays, and upkeep may touch nothing else."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from carecircle.clock import ManualClock
from carecircle_upkeep.boundary import Connection
from carecircle_upkeep.housekeeping import adapt_chunks, drop_old
from tests.integration.upkeep.readings import message, new_round, new_scene, utc, write
from tests.servers import Database

NOW = utc(31, 12)
KEPT = timedelta(days=90)
OLD = NOW - timedelta(days=100)


@pytest.fixture
def upkeep(database: Database) -> Iterator[Connection]:
    url = database.url("carecircle_upkeep")
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        yield connection


def test_old_readings_go_and_their_rollups_stay(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    write(database, [message("bed-1", "mat", seq, OLD + timedelta(days=9 * seq), heart_rate=60) for seq in range(10)])
    new_round(database, ManualClock(NOW)).go(upkeep, threading.Event())
    assert scene.value("select count(*) from vitals") == 8
    counts = "select count(*), sum(heart_rate_n) from {}"
    assert scene.rows(counts.format("vitals_minute")) == [(10, 10)]
    assert scene.rows(counts.format("vitals_day")) == [(10, 10)]


def test_late_readings_of_a_dropped_time_do_not_undo_its_rollups(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    write(database, [message("bed-1", "mat", 1, OLD, heart_rate=60)])
    clock = ManualClock(NOW)
    new_round(database, clock).go(upkeep, threading.Event())
    assert scene.value("select count(*) from vitals") == 0
    before = scene.rows("select * from vitals_hour union all select * from vitals_day")
    assert len(before) == 2
    write(database, [message("bed-1", "mat", 2, OLD, heart_rate=99)])  # out of quarantine, say
    new_round(database, clock).go(upkeep, threading.Event())
    assert scene.rows("select * from vitals_hour union all select * from vitals_day") == before
    assert scene.value("select count(*) from rollup_touched") == 0


def test_readings_that_are_not_rolled_up_are_not_dropped(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    readings = [message("bed-1", "mat", day, OLD + timedelta(days=day), heart_rate=60) for day in range(3)]
    write(database, readings)
    assert drop_old(upkeep, {"vitals": KEPT}, NOW) == {}
    scene.run("update rollup_boundary set rolled_until = %s, done_until = %s", NOW, OLD + timedelta(days=1.5))
    assert drop_old(upkeep, {"vitals": KEPT}, NOW) == {"vitals": 1}
    scene.run("update rollup_boundary set done_until = %s", NOW)
    scene.run("insert into rollup_touched (history, bed, hour) values ('vitals', 'bed-1', %s)", OLD + timedelta(days=2))
    assert drop_old(upkeep, {"vitals": KEPT}, NOW) == {"vitals": 1}
    scene.run("delete from rollup_touched")
    assert drop_old(upkeep, {"vitals": KEPT}, NOW) == {"vitals": 1}
    assert scene.value("select count(*) from vitals") == 0


def test_what_is_not_rolled_up_is_dropped_by_its_age_alone(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    scene.run(
        "insert into device_status (measured_at, received_at, bed, device, boot, seq, online) "
        "values (%s, %s, 'bed-1', 'mat', 1, 1, true)", OLD, OLD,
    )  # fmt: skip
    assert drop_old(upkeep, {"device_status": KEPT, "device_event": KEPT}, NOW) == {"device_status": 1}


@pytest.mark.parametrize("table", ["vitals_day", "incident", "quarantine", "no such table", "vitals; drop table bed"])
def test_other_tables_are_never_dropped(upkeep: Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is not history that may be dropped"):
        drop_old(upkeep, {table: KEPT}, NOW)


def test_what_is_young_is_never_dropped(upkeep: Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="younger than 10 days is kept"):
        upkeep.execute("select drop_history_before('vitals', now() - interval '9 days')")


def test_chunks_get_shorter_where_their_index_is_too_large(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    write(database, [message("bed-1", "mat", seq, utc(3, 1, 0, seq), heart_rate=60, co2=800) for seq in range(100)])
    kept = {"vitals": KEPT, "environment": KEPT}
    assert adapt_chunks(upkeep, 8192, kept, NOW) == {"vitals": 12, "environment": 48}
    lengths = "select time_interval from timescaledb_information.dimensions where hypertable_name = 'vitals'"
    assert scene.value(lengths) == timedelta(hours=12)
    # The full chunk is one of the old length: nothing is known about the new one yet.
    assert adapt_chunks(upkeep, 8192, {"vitals": KEPT, "environment": KEPT}, NOW) == {}
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        upkeep.execute("select set_history_chunk_hours('vitals', 0)")


def test_upkeep_can_change_nothing_but_rollups(database: Database, upkeep: Connection) -> None:
    for statement in (
        b"select * from incident",
        b"update incident set late = true",
        b"delete from vitals",
        b"insert into vitals select * from vitals",
        b"update bed set address = ''",
        b"select address from bed",
        b"insert into rollup_touched values ('vitals', 'bed-1', now())",
        b"insert into history_kept values ('vitals', now())",
        b"truncate vitals_minute",
        b"drop table vitals_minute",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            upkeep.execute(statement)


@pytest.mark.parametrize("role", ["carecircle_ingest", "carecircle_console", "carecircle_alerts", "carecircle_desk"])
def test_nobody_else_writes_rollups_or_drops_history(database: Database, role: str) -> None:
    with psycopg.connect(database.url(role), autocommit=True) as connection:
        for statement in (
            b"insert into spot_check_hour (bed, bucket) values ('bed-1', now())",
            b"delete from vitals_minute",
            b"update rollup_boundary set rolled_until = now()",
            b"delete from rollup_touched",
            b"select drop_history_before('vitals', now() - interval '90 days')",
            b"select set_history_chunk_hours('vitals', 24)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_console_reads_rollups(database: Database) -> None:
    with psycopg.connect(database.url("carecircle_console"), autocommit=True) as connection:
        for table in (b"vitals_minute", b"environment_hour", b"spot_check_day", b"rollup_state", b"rollup_touched"):
            connection.execute(b"select * from " + table)
