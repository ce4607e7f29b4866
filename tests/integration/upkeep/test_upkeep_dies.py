"""Upkeep may die at every line and beside any writer: the rollups end as plain SQL says."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.abc import Params
from psycopg.rows import TupleRow
from psycopg.sql import Composed

from carecircle.clock import ManualClock
from carecircle_ingest.writer import QUERIES as WRITER
from tests.integration.upkeep.readings import (
    assert_rollups_are_plain_sql,
    message,
    new_round,
    new_scene,
    random_messages,
    utc,
    write,
)
from tests.scene import Scene
from tests.servers import Database

_KILLS = 3
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_ROUNDS = 10
_LOCKS = "from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database()"


class Dying(psycopg.Connection[TupleRow]):
    """A connection whose owner dies before a certain statement; the server rolls back what was under way."""

    statements_left = 10_000

    def execute(  # type: ignore[override]
        self, query: bytes | Composed, params: Params | None = None
    ) -> psycopg.Cursor[TupleRow]:
        self.statements_left -= 1
        if self.statements_left < 0:
            self.close()
            raise KilledError
        return super().execute(query, params)


class KilledError(Exception):
    pass


def go_once(database: Database, clock: ManualClock, statements: int) -> bool:
    """Whether the round was survived."""
    url = database.url("carecircle_upkeep")
    connection = Dying.connect(url, autocommit=True, prepare_threshold=None)
    connection.statements_left = statements
    try:
        new_round(database, clock).go(connection, threading.Event())
    except KilledError:
        return False
    else:
        return True
    finally:
        connection.close()


def test_dying_before_any_statement_leaves_nothing_wrong(database: Database) -> None:
    scene = new_scene(database)
    clock = ManualClock(utc(2, 15, 30))
    write(database, random_messages(1, 150, utc(2, 14), clock.now()))
    survived, statements = False, 0
    while not survived:
        survived = go_once(database, clock, statements)
        statements += 1
        if statements % 10 == 0:  # late readings come in between, and time goes on, past midnight in China
            write(database, random_messages(1 + statements, 20, utc(2, 14), clock.now()))
            clock.forward(minutes=10)
    assert statements > 60
    assert go_once(database, clock, 10_000)
    assert_rollups_are_plain_sql(scene, clock.now() - timedelta(minutes=2))
    assert scene.value("select count(*) from rollup_touched") == 0


def start_upkeep(database: Database) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "CARECIRCLE_DATABASE_URL": database.url("carecircle_upkeep"),
        "CARECIRCLE_UPKEEP_INTERVAL_S": "0.1",
    }
    program = "from carecircle.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", program, "upkeep"], env=environment, stderr=subprocess.DEVNULL)


def wait_for(scene: Scene, condition: str, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not scene.value(f"select {condition}"):
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)


def test_killed_for_real_again_and_again(database: Database) -> None:
    scene = new_scene(database)
    chance = random.Random(7)
    first = datetime.now(UTC) - timedelta(hours=60)
    write(database, random_messages(1, 2000, first, datetime.now(UTC)))
    for kill in range(_KILLS):
        wait_for(scene, f"not exists (select {_LOCKS} and l.locktype = 'advisory')")
        before = scene.value("select done_until::text from rollup_boundary")
        process = start_upkeep(database)
        wait_for(scene, f"done_until > timestamptz '{before}' from rollup_boundary")
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        write(database, random_messages(2 + kill, 50, first, datetime.now(UTC)))
    assert scene.value("select done_until < now() - interval '1 hour' from rollup_boundary"), "killed in the middle"
    process = start_upkeep(database)
    try:
        wait_for(scene, "done_until > now() - interval '4 minutes' from rollup_boundary")
        wait_for(scene, "not exists (select from rollup_touched)")
    finally:
        process.terminate()
        assert process.wait(10) == 0
    ((done_until,),) = scene.rows("select done_until from rollup_boundary")
    assert isinstance(done_until, datetime)
    assert_rollups_are_plain_sql(scene, done_until)


def test_a_second_upkeep_waits_until_the_first_is_gone(database: Database) -> None:
    scene = new_scene(database)
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as first:
        first.execute("select pg_advisory_lock(hashtext('carecircle.upkeep'))")
        process = start_upkeep(database)
        try:
            time.sleep(1.5)
            assert scene.value("select isfinite(done_until) from rollup_boundary") is False
            first.close()
            wait_for(scene, "isfinite(done_until) from rollup_boundary")
        finally:
            process.terminate()
            assert process.wait(10) == 0


def test_writers_commit_while_the_boundary_moves_and_nothing_is_missed(database: Database) -> None:
    scene = new_scene(database)
    clock = ManualClock(utc(2, 15))
    write(database, random_messages(1, 50, utc(2, 14), utc(2, 15)))  # two that make chunks at once may deadlock
    stop = threading.Event()
    failures: list[BaseException] = []

    def keep_writing(writer: int) -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                now = clock.now()  # on both sides of the boundary, and across hours
                seed = 1000 * writer + number
                write(database, random_messages(seed, 30, now - timedelta(minutes=10), now + timedelta(minutes=2)))
        except BaseException as error:  # noqa: BLE001 - the test's thread raises it
            failures.append(error)

    writers = [threading.Thread(target=keep_writing, args=[number]) for number in (1, 2)]
    for one in writers:
        one.start()
    try:
        for _ in range(_ROUNDS):
            clock.forward(minutes=1)
            assert go_once(database, clock, 10_000)
    finally:
        stop.set()
        for one in writers:
            one.join()
    assert not failures, failures
    assert go_once(database, clock, 10_000)
    assert_rollups_are_plain_sql(scene, clock.now() - timedelta(minutes=2))


@pytest.mark.parametrize("is_late", [False, True], ids=["before the boundary moves", "before its hour is taken"])
def test_who_has_looked_but_not_committed_is_waited_for(database: Database, *, is_late: bool) -> None:
    scene = new_scene(database)
    clock = ManualClock(utc(2, 15, 30))
    write(database, random_messages(1, 50, utc(2, 14), utc(2, 15)))
    assert go_once(database, clock, 10_000)
    write(database, [message("bed-1", "mat", 1, utc(2, 14, 7), heart_rate=70)])
    if not is_late:
        clock.forward(minutes=30)
    with psycopg.connect(database.url("carecircle_ingest")) as writer:
        at = utc(2, 14, 7) if is_late else utc(2, 15, 40)
        for statement in WRITER["rolled_until"].split(b";"):
            writer.execute(statement)
        if is_late:  # which changes nothing, because somebody noted the hour before
            hour = {"histories": ["vitals"], "beds": ["bed-1"], "hours": [(at - _EPOCH) // timedelta(hours=1)]}
            assert writer.execute(WRITER["touch"], hour).rowcount == 0
        round_under_way = threading.Thread(target=go_once, args=[database, clock, 10_000])
        round_under_way.start()
        wait_for(scene, f"exists (select {_LOCKS} and not l.granted)")
        writer.execute(
            "insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate) "
            "values (%s, %s, 'bed-1', 'mat', 1, 2, 99)",
            [at, at],
        )
    round_under_way.join()
    assert_rollups_are_plain_sql(scene, clock.now() - timedelta(minutes=2))
    assert scene.value("select count(*) from vitals_minute where heart_rate_max = 99") == 1
