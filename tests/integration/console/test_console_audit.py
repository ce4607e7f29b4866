"""The audit log over HTTP: every source, each entry once, nothing of other areas, and each look is itself an entry."""

import csv
import io
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from carecircle_console.audit_reads import PLATFORM
from carecircle_console.audit_views import SOURCES
from carecircle_console.store import QUERIES
from tests.console_world import FAR_COUNTY, World
from tests.said_codes import actors
from tests.scene import COUNTY

WHY = {"reason": "审计测试"}


def entries(world: World, login: str = "auditor", **asked: str | int | list[str]) -> list[dict[str, object]]:
    """All entries that a login sees, page by page."""
    client, found = world.signed_in(login), list[dict[str, object]]()
    while True:
        page = client.get("/api/audit", params=asked).json()
        found += page["entries"]
        if page["next"] is None:
            return found
        asked["cursor"] = page["next"]


def account(world: World, login: str) -> int:
    return int(str(world.scene.value("select id from account where login = %s", login)))


def one_of_each(world: World, prefix: str, area: str, bed: str, responder: str) -> None:
    """A row in every source, for one county; none of them through the console."""
    run, at, incident = world.scene.run, datetime.now(UTC) - timedelta(hours=1), world.incident(bed)
    supervisor, resident = account(world, f"{prefix}supervisor"), f"resident-{bed}"
    by, name = f"account:{supervisor}", f"某人{prefix}"
    world.scene.run("update incident_event set actor = %s where incident_id = %s", by, incident)
    run("insert into people_change (at, actor, by_name, responder_id, change) values (%s, %s, %s, %s, 'on_duty')",
        at, by, name, responder)  # fmt: skip
    for scope in (area, bed):
        run("insert into rule_setting (scope, rule, settings, reason, by_name, at) "
            "values (%s, 'spo2', '{}', 'x', %s, %s)", scope, name, at)  # fmt: skip
    run("insert into plan_setting (area, kind, settings, reason, by_name, at) values (%s, 'sos', '{}', 'x', %s, %s)",
        area, name, at)  # fmt: skip
    run("insert into road_closure (area_code, corners, radius_m, reason, begins_at, added_at, by_account_id, by_name, "
        "ended_at, ended_by_account_id, ended_by_name) values (%s, '[[1, 2]]', 50, 'x', %s, %s, %s, %s, %s, %s, %s)",
        area, at, at, supervisor, name, at, supervisor, name)  # fmt: skip
    run("insert into register_change (at, actor, by_name, kind, object_id, area_code, change) "
        "values (%s, %s, %s, 'bed', %s, %s, 'changed')", at, by, name, bed, area)  # fmt: skip
    run("insert into consent_entry (at, subject_kind, subject_id, purpose, given, since, how, actor, by_name) "
        "values (%s, 'resident', %s, 'photos', true, %s, 'paper', %s, %s)", at, resident, at, by, name)  # fmt: skip
    run("insert into session_event (at, account_id, event) values (%s, %s, 'refused')", at, supervisor)
    run("insert into desk_shift (account_id, by_name, area_code, began_at, ended_at) values (%s, %s, %s, %s, %s)",
        supervisor, name, area, at, at)  # fmt: skip
    run("insert into handover (area_code, from_account_id, from_name, written_at, notes, summary, to_account_id, "
        "to_name, taken_at) values (%s, %s, %s, %s, '', '{}', %s, %s, %s)",
        area, supervisor, name, at, account(world, f"{prefix}dispatcher"), name, at)  # fmt: skip
    run("insert into bed_test (id, bed_id, state, planned_at, opens_at, closes_at, by_name, recipient_kind, "
        "recipient_id, settled_at) values (gen_random_uuid(), %s, 'CANCELLED', %s, %s, %s, %s, 'responder', %s, %s)",
        bed, at, at, at + timedelta(minutes=5), name, responder, at)  # fmt: skip
    run("insert into shelf (bed_id, kind, reason, by_account_id, by_name, begins_at, until) "
        "values (%s, 'spo2', 'x', %s, %s, %s, %s)", bed, supervisor, name, at, at + timedelta(hours=1))  # fmt: skip
    run("insert into health_access (at, account_id, resident_id, purpose, period) "
        "values (%s, %s, %s, 'history', tstzrange(%s, %s))",
        at, supervisor, resident, at - timedelta(days=1), at)  # fmt: skip
    run("insert into audit_read (at, account_id, area_code, what) values (%s, %s, %s, 'page')", at, supervisor, area)


def test_every_source_is_in_it_and_nothing_of_another_county(world: World) -> None:
    for prefix, area, bed, responder in (("", COUNTY, "bed-1", "r-1"), ("far-", FAR_COUNTY, "far-bed", "far-r")):
        one_of_each(world, prefix, area, bed, responder)
    near, far = entries(world), entries(world, "far-auditor")
    for found, area in ((near, COUNTY), (far, FAR_COUNTY)):
        assert {str(one["id"]).rsplit("-", 1)[0].split("-")[0] for one in found} == set(SOURCES)
        assert all(str(one["area_code"]).startswith(area) for one in found)
    assert not {one["id"] for one in near} & {one["id"] for one in far}
    assert {one["bed_id"] for one in near} <= {None, "bed-1"}
    (read,) = [one for one in near if one["kind"] == "health"]
    assert (read["change"], read["by_name"], read["object_id"]) == ("read_history", "账号supervisor", "resident-bed-1")
    assert set(read["detail"]) == {"from", "until"}, "which time was read"  # type: ignore[call-overload]


def test_settings_of_a_wider_area_are_everybodys_and_a_beds_are_its_areas(world: World) -> None:
    for scope in ("", "63", "bed-1", "far-bed", FAR_COUNTY):
        world.scene.run(
            "insert into rule_setting (scope, rule, settings, reason, by_name, at) "
            "values (%s, %s, '{}', 'x', '某人', now() - interval '1 hour')", scope, f"of-{scope}",
        )  # fmt: skip
    seen = {str(one["object_id"]) for one in entries(world, kind="rule")}
    assert {"of-", "of-63", "of-bed-1"} <= seen
    assert not {"of-far-bed", f"of-{FAR_COUNTY}"} & seen


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_pages_hold_each_entry_once_although_many_share_their_moment(world: World, limit: int) -> None:
    one_of_each(world, "", COUNTY, "bed-1", "r-1")
    incident = world.incident("bed-2")
    world.scene.run(
        "insert into incident_event (incident_id, at, epoch, step, actor, reason) "
        "select %s, date_trunc('hour', now()), 0, 'noted', 'engine', n::text from generate_series(1, 12) n", incident,
    )  # fmt: skip
    world.scene.run("update people_change set at = date_trunc('hour', now())")
    until = datetime.now(UTC).isoformat()
    whole = entries(world, limit=200, until=until)
    paged = entries(world, limit=limit, until=until)
    # Every look is an entry itself, behind `until`; signing in to look as well.
    assert [one["id"] for one in paged] == [one["id"] for one in whole]
    assert len({one["id"] for one in whole}) == len(whole)
    times = [str(one["at"]) for one in whole]
    assert times == sorted(times, reverse=True)
    ties = [int(str(one["reason"])) for one in whole if one["change"] == "noted"]
    assert ties == list(range(12, 0, -1)), "of the same moment the later row stands first"


def test_filters_narrow_and_do_not_widen(world: World) -> None:
    one_of_each(world, "", COUNTY, "bed-1", "r-1")
    one_of_each(world, "far-", FAR_COUNTY, "far-bed", "far-r")
    supervisor = f"account:{account(world, 'supervisor')}"
    assert {one["kind"] for one in entries(world, kind=["road", "shelf"])} == {"road", "shelf"}
    by = entries(world, actor=supervisor)
    assert by
    assert {one["actor"] for one in by} == {supervisor}
    assert {one["by_name"] for one in entries(world, actor="某人")} == {"某人"}
    of_bed = entries(world, object="bed-1")
    assert {"incident", "shelf", "bed_test", "register", "health"} <= {one["kind"] for one in of_bed}
    (incident,) = {str(one["object_id"]) for one in of_bed if one["kind"] == "incident"}
    assert {one["kind"] for one in entries(world, object=incident)} == {"incident"}
    assert {one["kind"] for one in entries(world, object="resident-bed-1")} >= {"consent", "health", "incident"}
    for attack in ("far-bed", "resident-far-bed", "far-r", "%", "' or 1=1 --"):
        assert entries(world, object=attack) == [], attack
    assert entries(world, actor="%") == []
    assert entries(world, actor=f"account:{account(world, 'far-supervisor')}") == []
    at = datetime.now(UTC) - timedelta(minutes=30)
    assert all(str(one["at"]) >= at.isoformat()[:19] for one in entries(world, **{"from": at.isoformat()}))
    assert all(str(one["at"]) < at.isoformat() for one in entries(world, until=at.isoformat()))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"area": FAR_COUNTY}, 404),
        ({"area": COUNTY[:2]}, 404),
        ({"area": COUNTY + "001"}, 200),
        ({"area": "%%"}, 422),
        ({"kind": "everything"}, 422),
        ({"cursor": "x"}, 400),
        ({"cursor": "2026-01-01T00:00:00+00:00~secrets~1"}, 400),
        ({"cursor": "2026-01-01T00:00:00~incident~1"}, 400),
        ({"object": "a\x00b"}, 400),
        ({"from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, 400),
        ({"until": "2026-01-01T00:00:00"}, 422),
    ],
)
def test_what_is_asked_for_is_looked_at_first(world: World, asked: dict[str, str], status: int) -> None:
    answer = world.signed_in("supervisor").get("/api/audit", params=asked)
    assert answer.status_code == status, answer.text


def test_a_cursor_of_another_area_opens_nothing(world: World) -> None:
    one_of_each(world, "far-", FAR_COUNTY, "far-bed", "far-r")
    cursor = world.signed_in("far-auditor").get("/api/audit", params={"limit": 1}).json()["next"]
    page = world.signed_in("auditor").get("/api/audit", params={"cursor": cursor}).json()
    assert all(str(one["area_code"]).startswith(COUNTY) for one in page["entries"])


def test_looking_is_on_record_without_the_name_that_was_looked_for(world: World) -> None:
    world.signed_in("supervisor").get("/api/audit", params={"actor": "张三", "object": "bed-1", "kind": "health"})
    (look,) = entries(world, kind="audit")
    assert (look["by_name"], look["change"], look["object_id"]) == ("账号supervisor", "audit_page", COUNTY)
    detail = look["detail"]
    assert isinstance(detail, dict)
    assert (detail["kinds"], detail["object"], detail["by_actor"]) == (["health"], "bed-1", True)
    assert "张三" not in str(world.scene.rows("select asked::text from audit_read"))
    refused = world.signed_in("dispatcher").get("/api/audit")
    assert refused.status_code == 403
    assert world.scene.value("select count(*) from audit_read") == 2, "the supervisor's and this auditor's"


def test_the_file_holds_the_same_and_computes_nothing(world: World) -> None:
    one_of_each(world, "", COUNTY, "bed-1", "r-1")
    one_of_each(world, "far-", FAR_COUNTY, "far-bed", "far-r")
    world.scene.run("update shelf set reason = '=1+1'")
    until = datetime.now(UTC).isoformat()
    answer = world.signed_in("administrator").get("/api/audit.csv", params={"until": until})
    assert answer.headers["content-type"].startswith("text/csv")
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[0] == "时间 at"
    assert len(lines) == len(entries(world, until=until))
    assert "far-bed" not in answer.text
    assert [line[9] for line in lines if line[1] == "shelf"] == ["'=1+1"]
    assert [one["change"] for one in entries(world, kind="audit", actor="administrator")] == ["audit_export"]


def test_nobody_rewrites_it(world: World) -> None:
    for table in ("audit_read", "health_access", "incident_event", "register_change", "people_change"):
        for role in ("carecircle_console", "carecircle_desk"):
            for right in ("update", "delete", "truncate"):
                allowed = world.scene.value("select has_table_privilege(%s, %s, %s)", role, table, right)
                assert allowed is False, (role, table, right)


def test_a_search_for_somebody_finds_them_by_name_and_actor_in_every_source(world: World) -> None:
    one_of_each(world, "", COUNTY, "bed-1", "r-1")
    supervisor = account(world, "supervisor")
    incident = world.scene.value("select id from incident where bed_id = 'bed-1'")
    for actor in ("engine", "responder:r-1"):
        world.scene.run(
            "insert into incident_event (incident_id, at, epoch, step, actor, reason, detail) "
            "values (%s, now(), 1, 'note', %s, '', '{}')", incident, actor,
        )  # fmt: skip
    (name,) = world.scene.rows("select name from responder where id = 'r-1'")[0]
    every = [one for one in entries(world) if one["kind"] != "audit"]

    def keys(found: list[dict[str, object]]) -> set[object]:
        return {one["id"] for one in found if one["kind"] != "audit"}

    for who in (f"account:{supervisor}", "responder:r-1", "engine"):
        assert keys(entries(world, actor=who)) == {one["id"] for one in every if one["actor"] == who}, who
    for part in (str(name), "账号SUPER", "某人"):
        wanted = {one["id"] for one in every if part.lower() in str(one["by_name"]).lower()}
        assert wanted, part
        assert keys(entries(world, actor=part)) == wanted, part
    assert keys(entries(world, actor="没有这个人")) == set()
    assert keys(entries(world, "far-auditor", actor=f"account:{supervisor}")) == set()


def test_the_platforms_own_names_are_those_of_the_sources() -> None:
    assert actors() == PLATFORM


def test_nobody_by_that_name_is_found_without_reading_the_log(world: World) -> None:
    """Whatever plan is chosen for a small table: with scans forbidden, both great tables are read by person."""
    asked = {
        "area": "63", "since": datetime(1970, 1, 1, tzinfo=UTC), "before": datetime.now(UTC), "before_key": "",
        "who": "没有这个人", "object": "", "most": 51, "actors": [], "accounts": [], "is_platform": False,
    }  # fmt: skip
    for source, index in (("incident", "incident_event_person"), ("health", "health_access_account")):
        with psycopg.connect(world.scene.database.admin_url) as connection:
            connection.execute("set local enable_seqscan = off")
            plan = connection.execute(b"explain " + QUERIES[f"audit_{source}"], asked).fetchall()
        assert index in "\n".join(line for (line,) in plan), source
