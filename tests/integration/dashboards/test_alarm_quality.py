"""Alarm quality as ISA-18.2 counts it: rates and floods, chattering, what stands for days, what was worth it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from carecircle_alerts.plan import URBAN
from tests.servers import Database

TEN = datetime(2026, 11, 2, 5, 10, tzinfo=UTC)


def alarm(
    connection: psycopg.Connection, bed: str, at: datetime, kind: str = "lost_signal", outcome: str | None = None,
    held_back: str | None = None,
) -> None:  # fmt: skip
    incident = uuid4() if outcome is not None else None
    if incident is not None:
        connection.execute(
            "insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, "
            "deadline_at, closed_at, closed_by, outcome_code) "
            "values (%s, %s, %s, 3, 'CLOSED', %s, 'mat', %s, %s, %s, %s, 'x', %s)",
            (incident, bed, kind, Jsonb(URBAN.model_dump()), at, at, at, at, outcome),
        )
    connection.execute(
        "insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, held_back, incident_id, "
        "rules_version) values (%s, %s, 'mat', 3, %s, %s, '{}', %s, %s, 0)",
        (bed, kind, at, at, held_back, incident),
    )


@pytest.fixture
def noisy(filled: Database) -> Database:
    with psycopg.connect(filled.admin_url, autocommit=True) as connection:
        for number in range(11):
            alarm(connection, "bed-a", TEN + timedelta(seconds=50 * number))
        alarm(connection, "bed-a", TEN + timedelta(minutes=1), "low_battery", held_back="flood")
        alarm(connection, "bed-a", TEN + timedelta(minutes=10), "tamper", outcome="false_alarm")
        alarm(connection, "bed-a", TEN + timedelta(minutes=11), "tamper", outcome="helped_on_site")
        alarm(connection, "bed-z", TEN, "lost_signal")
    return filled


@pytest.mark.usefixtures("noisy")
def test_more_than_ten_in_ten_minutes_are_a_flood(grafana: psycopg.Connection) -> None:
    rows = grafana.execute(
        "select ten_minutes, county, alarms, held_back, is_flood from read.alarm_rate "
        "where ten_minutes < %s order by 1",
        (TEN + timedelta(hours=1),),
    ).fetchall()
    assert rows == [(TEN, "630102", 11, 1, True), (TEN + timedelta(minutes=10), "630102", 2, 0, False)]


@pytest.mark.usefixtures("noisy")
def test_what_comes_again_and_again_chatters(grafana: psycopg.Connection) -> None:
    rows = grafana.execute("select bed_id, kind, device, hour, times from read.alarm_chatter").fetchall()
    assert rows == [("bed-a", "lost_signal", "mat", TEN.replace(minute=0), 11)]


@pytest.mark.usefixtures("noisy")
def test_what_nobody_closed_for_a_day_is_stale(grafana: psycopg.Connection) -> None:
    rows = grafana.execute("select kind, count(*) from read.alarm_stale group by 1 order by 1").fetchall()
    assert rows == [("lost_signal", 11), ("low_battery", 1)], "what was closed is not stale"


@pytest.mark.usefixtures("noisy")
def test_the_share_of_false_ones_is_known_by_kind(grafana: psycopg.Connection) -> None:
    rows = grafana.execute(
        "select kind, sum(alarms)::int, sum(closed)::int, sum(false_ones)::int from read.alarm_worth "
        "where kind = 'tamper' group by 1"
    ).fetchall()
    assert rows == [("tamper", 2, 2, 1)]


def test_what_late_history_says_is_counted_and_what_it_alone_knows_reached_no_desk(
    noisy: Database, grafana: psycopg.Connection
) -> None:
    with psycopg.connect(noisy.admin_url, autocommit=True) as connection:
        for verdict, count in (("disproved", 2), ("delayed", 3), ("confirmed", 1)):
            connection.execute(
                "update alarm set correction = %s, corrected_at = now(), correction_why = '{}' where id in ("
                "select id from alarm where bed_id = 'bed-a' and kind = 'lost_signal' and correction is null "
                "order by id limit %s)",
                (verdict, count),
            )
        for number in range(4):
            connection.execute(
                "insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, cleared_at, why, held_back, "
                "rules_version, correction, corrected_at, correction_why) values ('bed-a', 'lost_signal', 'mat', 3, "
                "%s, %s, %s, '{}', 'history', 0, 'missed', %s, '{}')",
                (TEN + timedelta(seconds=number + 1), TEN, TEN + timedelta(minutes=5), TEN),
            )
    worth = grafana.execute(
        "select alarms, confirmed, disproved, delayed, missed from read.alarm_worth where kind = 'lost_signal'"
    ).fetchall()
    assert worth == [(11, 1, 2, 3, 4)]
    rate = grafana.execute("select alarms, held_back from read.alarm_rate where ten_minutes = %s", (TEN,)).fetchall()
    assert rate == [(11, 1)]
    assert grafana.execute("select times from read.alarm_chatter").fetchall() == [(11,)]


@pytest.mark.usefixtures("noisy")
def test_a_neighbour_sees_its_own_alarms_alone(neighbour: psycopg.Connection) -> None:
    assert neighbour.execute("select bed_id from read.alarm_stale").fetchall() == [("bed-z",)]
    assert neighbour.execute("select * from read.alarm_chatter").fetchall() == []
