"""Erasing a person while the platform lives: late messages, a process that is killed, imports, a restored backup."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle.db.erasures_command import erasures
from carecircle.mqtt import Delivery
from carecircle.rejected import Reason
from carecircle_alerts.desk import Actor
from carecircle_alerts.imports.desk import ImportDesk
from carecircle_alerts.store import fetch
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.writer import QUERIES, write_batch
from tests.planted import Connection, Marks, Planter, found, plant_resident, plant_responder
from tests.scene import COUNTY, Scene
from tests.servers import Database

A, H = Marks("A"), Marks("H")
LONG_AGO = datetime(2026, 1, 20, tzinfo=UTC)


@pytest.fixture
def admin(database: Database) -> Iterator[Connection]:
    scene = Scene(database)
    boss, second = scene.account("boss", "administrator"), scene.account("second", "supervisor")
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        plant = Planter(connection)
        plant.put("resident", id="p-witness", name="旁人")
        plant.put("coverage_run", state="done", finished_at=LONG_AGO, basis="road", version="1")
        plant_responder(connection, H, "r-1")
        plant_resident(connection, A, "bed-A", boss, "r-1", readings=60)
        connection.execute(
            "insert into erasure (subject_kind, subject_id, area_code, asked_by, asked_on, reason, requested_at, "
            "requested_by, requested_name, confirmed_at, confirmed_by, confirmed_name, not_before) "
            "values ('resident', 'p-bed-A', '630102001001', 'person', '2026-01-19', '本人要求', %s, %s, '甲', %s, %s, "
            "'乙', %s)",
            [LONG_AGO, boss, LONG_AGO, second, LONG_AGO],
        )
        yield connection


def finish(database: Database) -> None:
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as upkeep:
        for at in (LONG_AGO, LONG_AGO + timedelta(minutes=11)):
            while upkeep.execute("select from erase_next(%s, 10000)", [at]).fetchone() is not None:
                pass


def message(bed: str, seq: int) -> Delivery:
    now = datetime.now(UTC)
    body = {"boot": 1, "seq": seq, "at": int(now.timestamp() * 1000), "readings": {"heart_rate": 71.0}}
    topic = f"care/v1/{COUNTY}/{bed}/mat/telemetry"
    return Delivery(topic, json.dumps(body).encode(), retained=False, received_at=now, generation=0, mid=0)


def test_late_messages_of_an_erased_bed_are_dropped_and_not_kept_in_quarantine(
    admin: Connection, database: Database
) -> None:
    Scene.bed(_Known(database), "bed-B")  # type: ignore[arg-type]
    finish(database)
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as ingest:
        counties: dict[str, str] = dict(ingest.execute(QUERIES["beds"]).fetchall())
        broken = Delivery(
            f"care/v1/{COUNTY}/bed-A/mat/telemetry", A.sign.encode(), retained=False, received_at=datetime.now(UTC),
            generation=0, mid=0,
        )  # fmt: skip
        written = write_batch(ingest, [message("bed-A", 1), broken, message("bed-B", 1)], counties, Clocks())
    assert written.refused == {Reason.ERASED_BED: 2}
    assert admin.execute("select bed from vitals").fetchall() == [("bed-B",)]
    assert admin.execute("select count(*) from quarantine").fetchone() == (0,)
    assert found(admin, A.all) == {}


class _Known:
    """A scene whose areas are there already."""

    def __init__(self, database: Database) -> None:
        self.database = database

    _run, _execute = Scene._run, Scene._execute


async def test_the_engine_and_the_lifeline_know_an_erased_bed_no_more(admin: Connection, database: Database) -> None:
    for role, query in (("carecircle_alerts", "bed_facts"), ("carecircle_lifeline", "facts_of_bed")):
        async with await psycopg.AsyncConnection.connect(database.url(role), row_factory=dict_row) as engine:
            assert await fetch(engine, query, bed_id="bed-A")
    finish(database)
    for role, query in (("carecircle_alerts", "bed_facts"), ("carecircle_lifeline", "facts_of_bed")):
        async with await psycopg.AsyncConnection.connect(database.url(role), row_factory=dict_row) as engine:
            assert await fetch(engine, query, bed_id="bed-A") == []
    del admin


def test_upkeep_is_killed_in_the_middle_and_the_next_one_finishes(
    admin: Connection, database: Database, tmp_path: Path
) -> None:
    """kill -9 of the process itself, after a few steps each time; then one may finish."""
    environment = os.environ | {
        "CARECIRCLE_DATABASE_URL": database.url("carecircle_upkeep"),
        "CARECIRCLE_UPKEEP_INTERVAL_S": "0.2",
        "CARECIRCLE_ERASE_ROWS_AT_ONCE": "5",
    }
    deaths = 0
    for wanted in (1, 12, 40):
        with (tmp_path / f"upkeep-{wanted}.log").open("wb") as log:
            process = subprocess.Popen(
                [Path(sys.executable).with_name("carecircle"), "upkeep"], env=environment, stdout=log, stderr=log
            )
            until = time.monotonic() + 60
            while steps(admin) < wanted:
                assert process.poll() is None, (tmp_path / f"upkeep-{wanted}.log").read_text()
                assert time.monotonic() < until, "it erases nothing"
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
            deaths += 1
        assert admin.execute("select finished_at from erasure").fetchone() == (None,)
    assert deaths == 3
    # The last one looked at the machine's clock: the wait begins there.
    (begun,) = admin.execute("select begun_at from erasure").fetchone() or (None,)
    assert isinstance(begun, datetime)
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as upkeep:
        for at in (begun, begun + timedelta(minutes=11)):
            while upkeep.execute("select from erase_next(%s, 10000)", [at]).fetchone() is not None:
                pass
    assert admin.execute("select finished_at is not null from erasure").fetchone() == (True,)
    assert found(admin, A.all) == {}
    # Of what retention has not dropped meanwhile: counted once each, whoever died.
    assert admin.execute("select touched from erasure_entry where target = 'spot_check'").fetchone() == (60,)


def steps(admin: Connection) -> int:
    row = admin.execute("select count(*) from erasure_entry").fetchone()
    assert row is not None
    return int(str(row[0]))


async def test_taking_an_import_back_brings_nobody_back(admin: Connection, database: Database) -> None:
    number = admin.execute(
        "insert into register_import (at, kind, area_code, actor, by_name, reason, fingerprint, created, changed) "
        "values (now(), 'homes', '630102', 'account:1', '甲', '名册', 'x', 0, 1) returning id"
    ).fetchone()
    assert number is not None
    plant = Planter(admin)
    before = {"name": "旧", "relatives": []}
    plant.put("register_import_row", import_id=number[0], bed_id="bed-A", before=before, after=before)
    finish(database)
    url = database.url("carecircle_desk")
    async with AsyncConnectionPool(url, kwargs={"row_factory": dict_row}, min_size=1, open=False) as pool:
        with pytest.raises(Exception, match="导入"):
            await ImportDesk(pool).undo(int(str(number[0])), "630102", "撤销", Actor("account", "1", "甲"))  # type: ignore[arg-type]
    assert admin.execute("select name from resident where id = 'p-bed-A'").fetchone() == ("已删除",)


def test_a_restored_backup_is_erased_again_by_the_ledger(
    admin: Connection, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARECIRCLE_ADMIN_DATABASE_URL", database.admin_url)
    finish(database)
    printed = CliRunner().invoke(erasures, ["ledger"])
    assert printed.exit_code == 0, printed.output
    persons = [json.loads(line) for line in printed.output.splitlines()]
    assert {(one["kind"], one["id"]) for one in persons} == {("resident", "p-bed-A"), ("family_member", "f-bed-A")}
    # What a restore brings back: the person as they were, and nothing of the erasure.
    admin.execute("delete from erasure_entry")
    admin.execute("delete from erasure_person")
    admin.execute("delete from erasure")
    admin.execute("alter table resident disable trigger resident_erased")
    admin.execute("update resident set erased_at = null, name = %s where id = 'p-bed-A'", [A.name])
    admin.execute("alter table resident enable trigger resident_erased")
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(printed.output)
    again = CliRunner().invoke(erasures, ["reapply", str(ledger)])
    assert again.exit_code == 0, again.output
    assert "will_be_erased: 2" in again.output
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as upkeep:
        for wait in (timedelta(), timedelta(minutes=11)):
            while (
                upkeep.execute("select from erase_next(%s, 10000)", [datetime.now(UTC) + wait]).fetchone() is not None
            ):
                pass
    assert found(admin, A.all) == {}
    assert admin.execute("select count(*) from erasure where finished_at is not null").fetchone() == (2,)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"kind": "nobody", "id": "x"}\n')
    assert CliRunner().invoke(erasures, ["reapply", str(broken)]).exit_code != 0
