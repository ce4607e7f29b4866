"""Rollups are what plain SQL says over the readings: late ones, repeated ones, on every edge."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from carecircle.clock import ManualClock
from carecircle.quantities import History, quantities_of
from carecircle_upkeep.boundary import Connection
from carecircle_upkeep.rolling import redo_touched
from tests.integration.upkeep.readings import (
    RESOLUTIONS,
    assert_rollups_are_plain_sql,
    message,
    new_round,
    new_scene,
    random_messages,
    utc,
    write,
)
from tests.servers import Database

# Two days in China begin in this stretch: at 16:00 UTC of the 2nd and of the 3rd.
FIRST, LAST = utc(2, 13), utc(3, 18)


@pytest.fixture
def upkeep(database: Database) -> Iterator[Connection]:
    url = database.url("carecircle_upkeep")
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        yield connection


def test_the_tables_have_the_columns_of_the_quantities(database: Database) -> None:
    scene = new_scene(database)
    for history in History:
        expected = {"bed": "text", "bucket": "timestamp with time zone"}
        for one in quantities_of(history):
            expected[f"{one.name}_n"] = "integer"
            if one.is_statement:
                expected[f"{one.name}_true"] = "integer"
            else:
                expected |= {f"{one.name}_min": "real", f"{one.name}_max": "real"}
                expected[f"{one.name}_sum"] = "double precision"
        for resolution in RESOLUTIONS:
            found = scene.rows(
                "select column_name, data_type from information_schema.columns where table_name = %s",
                resolution.table(history),
            )
            assert {str(name): str(kind) for name, kind in found} == expected


def test_a_history_that_is_there_already_is_rolled_up_at_the_first_start(
    database: Database, upkeep: Connection
) -> None:
    scene = new_scene(database)
    write(database, random_messages(1, 1500, FIRST, LAST))
    clock = ManualClock(LAST)
    new_round(database, clock).go(upkeep, threading.Event())
    assert_rollups_are_plain_sql(scene, LAST - timedelta(minutes=2))
    assert scene.value("select count(*) from vitals_day") != 0


def test_late_and_repeated_readings_end_in_the_same_numbers(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    clock = ManualClock(FIRST)
    one_round = new_round(database, clock)
    earlier = random_messages(1, 50, FIRST, FIRST + timedelta(minutes=1))
    for hour in range(0, 30, 6):
        now = clock.forward(hours=6)
        messages = random_messages(10 + hour, 120, max(FIRST, now - timedelta(hours=14)), now)
        write(database, messages)
        one_round.go(upkeep, threading.Event())
        write(database, messages[:40] + earlier)
        earlier = messages
        one_round.go(upkeep, threading.Event())
        assert_rollups_are_plain_sql(scene, now - timedelta(minutes=2))
    assert scene.value("select count(*) from rollup_touched") == 0


def test_days_begin_at_midnight_in_china_and_a_bucket_has_its_start_but_not_its_end(
    database: Database, upkeep: Connection
) -> None:
    scene = new_scene(database)
    times = (utc(2, 15, 59, 59.999), utc(2, 16), utc(3, 15, 59, 59.999), utc(3, 16))
    write(database, [message("bed-1", "mat", seq, at, heart_rate=60 + seq) for seq, at in enumerate(times)])
    new_round(database, ManualClock(utc(3, 16, 2))).go(upkeep, threading.Event())
    found = "select bucket, heart_rate_n, heart_rate_min, heart_rate_max, heart_rate_sum from {} order by bucket"
    assert scene.rows(found.format("vitals_day")) == [(utc(1, 16), 1, 60, 60, 60), (utc(2, 16), 2, 61, 62, 123)]
    assert [row[0] for row in scene.rows(found.format("vitals_hour"))] == [utc(2, 15), utc(2, 16), utc(3, 15)]
    assert [row[0] for row in scene.rows(found.format("vitals_minute"))] == [utc(2, 15, 59), utc(2, 16), utc(3, 15, 59)]


def test_readings_wait_two_minutes_and_only_ended_hours_and_days_have_rows(
    database: Database, upkeep: Connection
) -> None:
    scene = new_scene(database)
    write(database, [message("bed-1", "mat", minute, utc(2, 15, minute), spo2=97) for minute in range(60)])
    new_round(database, ManualClock(utc(2, 16, 0, 59))).go(upkeep, threading.Event())
    counts = "select (select count(*) from vitals_minute), (select count(*) from vitals_hour)"
    assert scene.rows(counts) == [(58, 0)]
    assert scene.rows("select * from rollup_state") == [(utc(2, 15, 58), utc(2, 15, 58), utc(2, 15), utc(1, 16))]
    new_round(database, ManualClock(utc(2, 16, 2))).go(upkeep, threading.Event())
    assert scene.rows(counts) == [(60, 1)]
    assert scene.rows("select * from rollup_state") == [(utc(2, 16),) * 4]


def test_statements_are_counted_and_so_is_how_often_they_were_true(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    said = [True, False, True, True]
    write(database, [message("bed-1", "mat", seq, utc(2, 12, 0, seq), in_bed=one) for seq, one in enumerate(said)])
    new_round(database, ManualClock(utc(2, 13))).go(upkeep, threading.Event())
    assert scene.rows("select in_bed_n, in_bed_true, presence_n, presence_true, heart_rate_n from vitals_minute") == [
        (4, 3, 0, 0, 0)
    ]


def test_a_reading_that_comes_while_its_hour_is_taken_notes_it_once_more(
    database: Database, upkeep: Connection
) -> None:
    scene = new_scene(database)
    write(database, [message("bed-1", "mat", 1, utc(2, 12), heart_rate=60)])
    new_round(database, ManualClock(utc(2, 16))).go(upkeep, threading.Event())
    write(database, [message("bed-1", "mat", 2, utc(2, 12), heart_rate=70)])
    scene.run("update rollup_touched set taken = true")
    write(database, [message("bed-1", "mat", 3, utc(2, 12), heart_rate=80)])
    assert scene.rows("select taken from rollup_touched order by 1") == [(False,), (True,)]
    redo_touched(upkeep, utc(2, 15, 58), 10)
    assert scene.rows("select taken from rollup_touched") == [(False,)]
    redo_touched(upkeep, utc(2, 15, 58), 10)
    assert scene.value("select count(*) from rollup_touched") == 0
    assert scene.rows("select heart_rate_n, heart_rate_max from vitals_hour") == [(3, 80)]


def test_an_empty_installation_begins_with_the_present(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    assert new_round(database, ManualClock(utc(2, 16))).go(upkeep, threading.Event()) is False
    assert scene.rows("select rolled_until, done_until from rollup_boundary") == [(utc(2, 15, 58),) * 2]
