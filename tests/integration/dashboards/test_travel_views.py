"""What Grafana reads of travel: rush hours as the network has them, what is left out, budgets of today."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg

from carecircle_alerts.travel.roads.speeds import hour_band
from tests.servers import Database

# Friday the 27th to Sunday, by the clock of China.
FRIDAY = datetime(2026, 11, 26, 16, tzinfo=UTC)
MINUTES = (0, 449, 450, 539, 540, 1049, 1050, 1139, 1140, 1439)


def _offer(admin: psycopg.Connection, bed: str, at: datetime, basis: str, arrived_s: float | None = None) -> None:
    known = None if basis == "unknown" else 300
    offer = uuid4()
    (incident,) = admin.execute(
        "select id from incident where bed_id = %s and outcome_code is distinct from 'test_press' limit 1", [bed]
    ).fetchone() or (None,)
    admin.execute(
        "insert into offer (id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis,"
        " distance_m, created_at, expires_at) values (%s, %s, 'r1', 1, 'DECLINED', 1, %s, %s, %s, %s, %s, %s)",
        [offer, incident, known, known, basis, known, at, at],
    )
    if arrived_s is not None:
        admin.execute(
            "insert into assignment (id, incident_id, responder_id, offer_id, state, eta_at, accepted_at, arrived_at)"
            " values (%s, %s, 'r1', %s, 'RELEASED', %s, %s, %s)",
            [uuid4(), incident, offer, at, at, at + timedelta(seconds=arrived_s)],
        )


def _responder(admin: psycopg.Connection) -> None:
    admin.execute(
        "insert into responder (id, name, role, area_code, travel_mode) values ('r1', '某人', 'staff', '63', 'car')"
    )


def test_rush_hours_are_those_of_the_network(filled: Database, grafana: psycopg.Connection) -> None:
    times = [FRIDAY + timedelta(days=day, minutes=minute) for day in range(4) for minute in MINUTES]
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        _responder(admin)
        for at in times:
            _offer(admin, "bed-a", at, "road_network")
    rows = grafana.execute("select created_at, hour_band from read.travel_offer order by created_at").fetchall()
    assert rows == [(at, hour_band(at)) for at in times]
    assert len({band for _at, band in rows}) == 2


def test_what_was_expected_and_how_long_it_took(
    filled: Database, grafana: psycopg.Connection, neighbour: psycopg.Connection
) -> None:
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        _responder(admin)
        _offer(admin, "bed-a", FRIDAY, "road_network", 250)
        _offer(admin, "bed-b", FRIDAY, "straight_line_model")
        _offer(admin, "bed-c", FRIDAY, "unknown", 250)
        _offer(admin, "bed-z", FRIDAY, "map_service", 999)
    asked = "select bed_id, basis, travel_mode, p50_s, took_s from read.travel_offer order by bed_id"
    assert grafana.execute(asked).fetchall() == [
        ("bed-a", "road_network", "car", 300, 250.0),
        ("bed-b", "straight_line_model", "car", 300, None),
    ]
    assert neighbour.execute(asked).fetchall() == [("bed-z", "map_service", "car", 300, 999.0)]


def test_a_press_that_was_a_test_says_nothing_of_ways(filled: Database, grafana: psycopg.Connection) -> None:
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        _responder(admin)
        _offer(admin, "bed-a", FRIDAY, "road_network", 250)
        admin.execute("update incident set outcome_code = 'test_press' where id in (select incident_id from offer)")
    assert grafana.execute("select p50_s, took_s from read.travel_offer").fetchall() == [(300, None)]


def test_a_budget_is_todays_and_a_pulse_without_sources_is_no_error(
    filled: Database, grafana: psycopg.Connection
) -> None:
    asked = "select source, daily_budget, budget_left from read.travel_source order by place"
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        admin.execute("insert into engine_pulse (service, at) values ('alerts', now())")
        assert grafana.execute(asked).fetchall() == []
        told = '{"travel": {"sources": {"amap": {"place": 2, "daily_budget": 100}, "roads": {"place": 1}}}}'
        admin.execute("update engine_pulse set detail = %s", [told])
        today = "(now() at time zone interval '8 hours')::date"
        admin.execute(f"insert into travel_budget values ('amap', {today} - 1, 100), ('amap', {today}, 30)".encode())
        assert grafana.execute(asked).fetchall() == [("roads", None, None), ("amap", 100, 70)]
        admin.execute("update travel_budget set used = 300")
        assert grafana.execute(asked).fetchall()[1] == ("amap", 100, 0)


def test_a_calibration_without_corrections_still_has_its_age(filled: Database, grafana: psycopg.Connection) -> None:
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        admin.execute(
            "insert into travel_calibration (made_at, arrivals_since, arrivals)"
            " values (now() - interval '1 day', now(), 0)"
        )
    ((basis, age_s),) = grafana.execute("select basis, age_s from read.travel_correction").fetchall()
    assert basis is None
    assert 86_400 <= age_s < 86_700
