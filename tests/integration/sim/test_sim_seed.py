import time
from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner

from carecircle.db.seed import plant
from carecircle.errors import Unavailable
from carecircle.passwords import verify_password
from carecircle.seeding import SeedRequest
from carecircle_sim.seed import plan_xining
from tests.servers import Database

REQUEST = SeedRequest(datetime(2026, 11, 23, tzinfo=UTC), "http://127.0.0.1:1/webhook", "hash")
EXPECTED = {"provider": 24, "responder": 160, "resident": 240, "bed": 240, "device": 720, "account": 6}


def value(database: Database, query: str) -> int | str:
    with psycopg.connect(database.admin_url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        found: int | str = row[0]
        return found


def test_all_rows_hold_against_every_constraint(database: Database) -> None:
    written = plant(database.url(), plan_xining(REQUEST))
    assert {table: written[table] for table in EXPECTED} == EXPECTED
    told = "select count(distinct resident_id) from kinship where consented_at is not null"
    assert value(database, told) == 240, "every resident has a relative who may be told"


def test_doing_it_again_changes_nothing_and_keeps_what_people_changed(database: Database) -> None:
    plant(database.url(), plan_xining(REQUEST))
    with psycopg.connect(database.url()) as connection:
        connection.execute("update responder set on_duty = false, lat = 1")
        connection.execute("update resident set hazards = 'changed'")
    again = plant(database.url(), plan_xining(REQUEST))
    assert set(again.values()) == {0}
    assert value(database, "select count(*) from responder where on_duty or lat <> 1") == 0
    assert value(database, "select count(*) from resident where hazards = 'changed'") == 240


def test_a_new_start_moves_the_receivers_address_and_the_demo_password(database: Database) -> None:
    plant(database.url(), plan_xining(REQUEST))
    moved = SeedRequest(REQUEST.now, "http://127.0.0.1:2/webhook", "another hash")
    written = plant(database.url(), plan_xining(moved))
    assert written["responder"] == 0
    assert written["account"] == 6
    assert written["bed"] == 0
    moved_to = "select count(distinct responder_id) from contact where address = 'http://127.0.0.1:2/webhook'"
    assert value(database, moved_to) == 160
    assert value(database, "select count(distinct account_id) from contact") == 2


def test_nobody_waits_long_for_it(database: Database) -> None:
    began = time.perf_counter()
    plant(database.url(), plan_xining(REQUEST))
    assert time.perf_counter() - began < 10.0, "half a second on a quiet machine"


def test_the_command_seeds_with_the_installations_password(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from carecircle.db.seed_command import seed_demo

    monkeypatch.setenv("CARECIRCLE_ADMIN_DATABASE_URL", database.admin_url)
    monkeypatch.setenv("CARECIRCLE_DEMO_PASSWORD", "a password of this test")
    monkeypatch.setenv("CARECIRCLE_DEMO_WEBHOOK_URL", "http://127.0.0.1:1/webhook")
    result = CliRunner().invoke(seed_demo, catch_exceptions=False)
    assert result.exit_code == 0
    assert "bed 240" in result.output
    password_hash = value(database, "select password_hash from account where login = 'dispatcher'")
    assert verify_password(str(password_hash), "a password of this test")


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        plant("postgresql://127.0.0.1:1/none", [])


def test_at_any_hour_most_people_are_on_duty_by_the_databases_own_word(database: Database) -> None:
    plant(database.url(), plan_xining(REQUEST))
    on_duty = "select count(*) from responder where is_on_duty(id, on_duty, duty_set_at, '2026-11-23 {}+08')"
    for hour in ("00:30", "03:00", "07:00", "13:00", "18:30", "23:59"):
        assert int(value(database, on_duty.format(hour))) > 80, hour
    assert value(database, "select count(*) from bed where circle = 'herding'") == 9
