"""What a Grafana role can read: the figures of its own area, and nothing else whatever it asks."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import errors, sql

from carecircle.db.seed import plant
from carecircle.seeding import SeedRequest
from carecircle_dashboards.seed import plan_scope
from tests.integration.dashboards.known_history import (
    CALLS,
    beds_in,
    calls_in,
    fill,
    fill_quarantine,
    fill_telemetry,
)
from tests.servers import Database

VIEWS = (
    "alarm",
    "alarm_chatter",
    "alarm_rate",
    "alarm_stale",
    "alarm_worth",
    "area",
    "bed",
    "bed_minute",
    "bed_watch",
    "coverage_area",
    "coverage_bed",
    "device_watch",
    "device_word",
    "due_timer",
    "erasure_failing",
    "fleet_day",
    "history_chunk",
    "incident",
    "incident_stage",
    "message_waiting",
    "press_test",
    "provider",
    "pulse",
    "quarantine_hour",
    "quarantine_message",
    "reception_day",
    "reception_hour",
    "rollup",
    "telemetry_message",
    "travel_correction",
    "travel_offer",
    "travel_source",
)
# Of the platform, and of no area: they name no bed.
OF_ALL = {"history_chunk", "pulse", "rollup", "travel_correction", "travel_source"}
TABLES = ("incident", "bed", "resident", "account", "bed_state", "quarantine", "vitals", "environment", "grafana_scope")


def test_stages_and_the_quarter_of_an_hour_are_those_of_the_calls(grafana: psycopg.Connection) -> None:
    rows = grafana.execute(
        "select bed_id, press_to_acknowledged_s, press_to_accepted_s, press_to_arrived_s, is_counted, within_15_min,"
        " is_open from read.incident_stage order by pressed_at"
    ).fetchall()
    expected = [
        (call.bed, call.acknowledged_s, call.accepted_s, call.arrived_s, call.is_counted(), call.is_within(), is_open)
        for call in sorted(calls_in("63"), key=lambda call: -call.hours_ago)
        for is_open in [call.state not in {"CLOSED", "CANCELLED_FALSE", "MERGED"}]
    ]
    assert rows == expected
    assert len(rows) < len(CALLS)


def test_a_bed_is_silent_after_a_quarter_of_an_hour_or_when_it_never_spoke(grafana: psycopg.Connection) -> None:
    rows = grafana.execute("select bed_id, is_silent from read.bed_watch order by bed_id").fetchall()
    assert rows == [(bed.id, bed.last_seen_min_ago is None or bed.last_seen_min_ago > 15) for bed in beds_in("63")]


def test_names_come_with_the_divisions_above_and_below_the_scope(
    grafana: psycopg.Connection, neighbour: psycopg.Connection
) -> None:
    codes = "select array_agg(code order by code) from read.area"
    assert grafana.execute(codes).fetchone() == (["63", "6301", "630102", "630102001", "630121", "630121100"],)
    assert neighbour.execute(codes).fetchone() == (["62", "6201", "620102", "620102001"],)


def test_quarantine_is_counted_by_hour_county_and_reason(filled: Database, grafana: psycopg.Connection) -> None:
    hour = datetime(2026, 11, 2, 5, tzinfo=UTC)
    fill_quarantine(
        filled.admin_url,
        [
            (hour, "care/v1/630102/bed-a/mat1/telemetry", "not_json"),
            (hour + timedelta(minutes=59), "care/v1/630102/bed-a/mat1/telemetry", "not_json"),
            (hour + timedelta(minutes=60), "care/v1/630121/bed-c/mat1/telemetry", "not_json"),
            (hour, "care/v1/630102/bed-a/mat1/event", "wrong_shape"),
            (hour, "care/v1/620102/bed-z/mat1/event", "wrong_shape"),
            (hour, "some/where/else", "wrong_topic"),
        ],
    )
    rows = grafana.execute("select * from read.quarantine_hour order by hour, reason").fetchall()
    assert rows == [
        (hour, "630102", "not_json", 2),
        (hour, "630102", "wrong_shape", 1),
        (hour + timedelta(hours=1), "630121", "not_json", 1),
    ]


def test_telemetry_is_read_from_the_chunks_of_the_asked_time_only(
    filled: Database, grafana: psycopg.Connection, now: datetime
) -> None:
    fill_telemetry(filled.admin_url, "bed-a", [now - timedelta(days=day, seconds=1) for day in range(5)])
    fill_telemetry(filled.admin_url, "bed-z", [now])
    asked = "select count(*) from read.telemetry_message where measured_at > %s"
    assert grafana.execute(asked, [now - timedelta(minutes=5)]).fetchone() == (1,)
    with psycopg.connect(filled.url("carecircle_grafana"), cursor_factory=psycopg.ClientCursor) as connection:
        # The planner must see the time as a literal, which is how Grafana sends it.
        plan = connection.execute(f"explain {asked}", [now - timedelta(minutes=5)]).fetchall()
    days = {now.date(), (now - timedelta(minutes=5)).date()}  # a chunk a day; two just after midnight
    assert sum("Scan" in line and "_chunk" in line for (line,) in plan) == len(days), plan


@pytest.mark.parametrize("view", VIEWS)
def test_another_county_sees_nothing_of_the_first(
    filled: Database, neighbour: psycopg.Connection, now: datetime, view: str
) -> None:
    fill_telemetry(filled.admin_url, "bed-a", [now])
    fill_quarantine(filled.admin_url, [(now, "care/v1/630102/bed-a/mat1/telemetry", "not_json")])
    rows = neighbour.execute(sql.SQL("select * from read.{}").format(sql.Identifier(view))).fetchall()
    assert "63" not in {str(cell)[:2] for row in rows for cell in row if str(cell).isdigit()}
    assert not {"bed-a", "bed-b", "bed-c", "bed-d"} & {cell for row in rows for cell in row}
    assert bool(rows) == (view in {"area", "bed", "bed_watch", "incident", "incident_stage", "history_chunk"})


def test_becoming_the_shared_role_does_not_widen_the_scope(neighbour: psycopg.Connection) -> None:
    neighbour.execute("set role carecircle_grafana")
    assert neighbour.execute("select count(*) from read.bed_watch").fetchone() == (len(beds_in("620102")),)


def test_a_function_in_the_question_is_not_shown_rows_of_others(neighbour: psycopg.Connection) -> None:
    """The classic leak through a view: a cheap function with a side effect, evaluated before the view's own filter."""
    notices: list[str] = []
    neighbour.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
    neighbour.execute(
        "create function pg_temp.tell(text) returns boolean language plpgsql cost 0.0001"
        " as $$ begin raise notice '%', $1; return true; end $$"
    )
    neighbour.execute("select count(*) from read.bed_watch where pg_temp.tell(bed_id)")
    assert notices == [bed.id for bed in beds_in("620102")]


def test_without_a_scope_nothing_is_seen(database: Database) -> None:
    fill(database.admin_url, datetime.now(UTC))
    with psycopg.connect(database.url("carecircle_grafana")) as connection:
        for view in set(VIEWS) - OF_ALL:
            rows = connection.execute(sql.SQL("select * from read.{}").format(sql.Identifier(view))).fetchall()
            assert rows == [], view


def test_the_demos_seed_lets_grafana_see_qinghai_and_no_more(database: Database, now: datetime) -> None:
    fill(database.admin_url, now)
    request = SeedRequest(now=now, webhook_url="http://127.0.0.1:1/", password_hash="unused")
    for _ in range(2):
        plant(database.admin_url, plan_scope(request))
    with psycopg.connect(database.url("carecircle_grafana")) as connection:
        assert connection.execute("select count(*) from read.bed_watch").fetchone() == (len(beds_in("63")),)


@pytest.mark.parametrize("table", TABLES)
def test_no_table_can_be_read_directly(grafana: psycopg.Connection, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        grafana.execute(sql.SQL("select 1 from {} limit 1").format(sql.Identifier(table)))


def test_chunks_cannot_be_read_directly(filled: Database, grafana: psycopg.Connection, now: datetime) -> None:
    fill_telemetry(filled.admin_url, "bed-a", [now])
    with psycopg.connect(filled.admin_url) as admin:
        row = admin.execute(
            "select format('%I.%I', chunk_schema, chunk_name) from timescaledb_information.chunks"
            " where hypertable_name = 'vitals'"
        ).fetchone()
    assert row is not None
    with pytest.raises(errors.InsufficientPrivilege):
        grafana.execute(f"select 1 from {row[0]}".encode())


def test_nothing_can_be_written(grafana: psycopg.Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        grafana.execute("delete from grafana_health_read")
    with pytest.raises(errors.InsufficientPrivilege):
        grafana.execute("insert into grafana_scope values ('carecircle_grafana', '62')")
    with pytest.raises(errors.InsufficientPrivilege):
        grafana.execute("create table public.mine (id int)")


def test_every_view_is_a_security_barrier(database: Database) -> None:
    with psycopg.connect(database.admin_url) as admin:
        rows = admin.execute(
            "select relname, reloptions from pg_class where relnamespace = 'read'::regnamespace order by relname"
        ).fetchall()
    assert rows == [(view, ["security_barrier=true"]) for view in VIEWS]


def test_an_institution_sees_its_own_beds_wherever_they_stand(database: Database, now: datetime) -> None:
    fill(database.admin_url, now)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(
            "insert into provider (id, name, kind, area_code, lat, lon)"
            " values ('house', '某院', 'station', '630102001', 36.6, 101.8)"
        )
        admin.execute("update bed set provider_id = 'house' where id in ('bed-a', 'bed-z')")
        admin.execute("insert into grafana_institution (role_name, provider_id) values ('carecircle_grafana', 'house')")
    with psycopg.connect(database.url("carecircle_grafana")) as connection:
        assert connection.execute("select bed_id from read.bed order by 1").fetchall() == [("bed-a",), ("bed-z",)]
        beds = connection.execute("select distinct bed_id from read.incident_stage order by 1").fetchall()
        assert beds == [("bed-a",), ("bed-z",)]
        codes = connection.execute("select array_agg(code order by code) from read.area").fetchone()
        assert codes == (["62", "6201", "620102", "620102001", "63", "6301", "630102", "630102001"],)


def test_vital_signs_need_leave_and_every_read_is_on_record(filled: Database, now: datetime) -> None:
    asked = "select * from read.bed_vitals(%s, %s, %s, %s)"
    told = ("bed-a", now - timedelta(hours=2), now, "某管理员")
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        admin.execute(
            "insert into vitals_minute (bed, bucket, heart_rate_n, heart_rate_min, heart_rate_max, heart_rate_sum,"
            " respiratory_rate_n, spo2_n, movement_n, in_bed_n, in_bed_true, presence_n, presence_true)"
            " values ('bed-a', %s, 2, 60, 70, 130, 0, 0, 0, 2, 1, 0, 0)",
            [now - timedelta(hours=1)],
        )
        with psycopg.connect(filled.url("carecircle_grafana"), autocommit=True) as connection:
            assert connection.execute(asked, told).fetchall() == [], "not without leave"
            assert admin.execute("select count(*) from grafana_health_read").fetchone() == (0,)
            admin.execute("update grafana_scope set health = true")
            rows = connection.execute(asked, told).fetchall()
            assert [(row[1], row[2], row[3], row[8]) for row in rows] == [(65.0, 60.0, 70.0, 0.5)]
            connection.execute(asked, told)
            assert connection.execute(asked, ("bed-z", *told[1:])).fetchall() == [], "another province's bed"
        kept = admin.execute(
            "select role_name, viewer, bed_id, times, upper(period) from grafana_health_read"
        ).fetchall()
        assert kept == [("carecircle_grafana", "某管理员", "bed-a", 2, now)]
