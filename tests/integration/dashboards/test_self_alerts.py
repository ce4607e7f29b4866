"""The alerts about ourselves: quiet while all is well, loud when something is not."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import yaml

from carecircle_dashboards.alerts import RULES, alert_rules
from tests.integration.dashboards.known_history import fill_quarantine
from tests.servers import Database

FILE = Path(__file__).parents[3] / "dashboards/grafana/provisioning/alerting/carecircle.yaml"
STATEMENTS = {
    rule["uid"]: (
        rule["data"][0]["model"]["rawSql"],
        rule["data"][1]["model"]["conditions"][0]["evaluator"]["params"][0],
    )
    for rule in json.loads(alert_rules())["groups"][0]["rules"]
}


def firing(connection: psycopg.Connection) -> set[str]:
    """Names of the rules whose number is above its limit."""
    found = set()
    for uid, (statement, above) in STATEMENTS.items():
        ((number,),) = connection.execute(statement.encode()).fetchall()
        assert isinstance(number, float), (uid, number)
        if number > above:
            found.add(uid.removeprefix("carecircle-").replace("-", "_"))
    return found


@pytest.fixture
def well(filled: Database, now: datetime) -> Database:
    """As the platform is on a good day."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        travel = '{"travel": {"sources": {"roads": {"place": 1, "is_remote": false}}}}'
        admin.execute("insert into engine_pulse (service, at, detail) values ('alerts', now(), %s)", [travel])
        admin.execute("update rollup_boundary set rolled_until = now(), done_until = now()")
        admin.execute("insert into bed_state (bed_id, last_seen_at) select id, now() from bed"
                      " on conflict (bed_id) do update set last_seen_at = now()")  # fmt: skip
        for back in (1, 2, 3):
            admin.execute(
                "insert into reception_hour values (%s, 'bed-a', 'vitals', 1000, 900, 990, 990, 990, 990, 999, 1000,"
                " 1000, 1000, 1000, 1000)",
                [hour - timedelta(hours=back)],
            )
    return filled


TROUBLES = {
    "heartbeat": "update engine_pulse set at = now() - interval '5 minutes'",
    "due_late": "insert into due (due_at, incident_id, epoch, kind)"
    " select now() - interval '1 minute', id, epoch, 'x' from incident where bed_id = 'bed-a' limit 1",
    "late_share": "update reception_hour set lag_60 = 500",
    "rollup_behind": "update rollup_boundary set done_until = now() - interval '1 hour'",
    "waiting": "insert into message (id, incident_id, audience, recipient_id, step, channel, address, content,"
    " priority, state, created_at, due_at)"
    " select gen_random_uuid(), id, 'family', 'x', 'x', 'webhook', 'x', '{}', 1, 'PENDING',"
    " now() - interval '10 minutes', now() from incident where bed_id = 'bed-a' limit 1",
    "straight_line": "with somebody as (insert into responder (id, name, role, area_code, travel_mode)"
    " values ('r1', '某人', 'staff', '630102', 'car') returning id)"
    " insert into offer (id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis,"
    " distance_m, created_at, expires_at) select gen_random_uuid(), i.id, s.id, 1, 'DECLINED', 1, 300, 400,"
    " 'straight_line_model', 900, now() - interval '1 hour', now() from incident i join bed b on b.id = i.bed_id"
    " cross join somebody s where b.county = '630102'",
    "erasure_failing": "insert into erasure (origin, subject_kind, subject_id, area_code, asked_by, asked_on, reason,"
    " requested_at, requested_name, confirmed_at, confirmed_name, not_before, begun_at, failing_since, failed_at,"
    " failed_times, failed_target, failed_code) select 'ledger', 'resident', 'x', division_code, 'ledger',"
    " current_date, '', now(), '', now(), '', now(), now(), now(), now(), 1, 'device', '23514' from bed"
    " where id = 'bed-a'",
    "silent_share": "update bed_state set last_seen_at = now() - interval '1 hour'",
}


def test_on_a_good_day_all_are_quiet_and_each_trouble_is_told_by_its_own(
    well: Database, grafana: psycopg.Connection, now: datetime
) -> None:
    assert firing(grafana) == set()
    hour = now.replace(minute=0, second=0, microsecond=0)
    topic = "care/v1/630102/bed-a/mat1/telemetry"
    fill_quarantine(well.admin_url, [(hour - timedelta(minutes=10), topic, "not_json")] * 30)
    assert firing(grafana) == {"quarantine_share"}
    told = {"quarantine_share"}
    with psycopg.connect(well.admin_url, autocommit=True) as admin:
        for name, trouble in TROUBLES.items():
            admin.execute(trouble.encode())
            told.add(name)
            assert firing(grafana) == told, name
    assert told == {rule.name for rule in RULES}


def test_an_empty_database_is_no_quiet_one(database: Database) -> None:
    with psycopg.connect(database.url("carecircle_grafana")) as connection:
        assert {"heartbeat", "rollup_behind"} <= firing(connection)


def test_the_file_in_the_repository_is_what_the_code_writes_and_grafana_can_read() -> None:
    assert FILE.read_text(encoding="utf-8") == alert_rules(), "run `make docs`"
    (group,) = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    assert len({rule["uid"] for rule in group["rules"]}) == len(RULES)
    for rule in group["rules"]:
        assert rule["condition"] in {part["refId"] for part in rule["data"]}
        assert (rule["noDataState"], rule["execErrState"]) == ("Alerting", "Alerting")
        assert len(rule["uid"]) <= 40
        assert rule["annotations"]["description"]
