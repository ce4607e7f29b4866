"""Erasing over HTTP: one asks, another confirms, it can be withdrawn for a time, and refusals say why."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest

from tests.console_world import World
from tests.planted import Connection
from tests.servers import Database

WISH = {"subject_kind": "resident", "subject_id": "resident-bed-1", "asked_by": "guardian", "asked_on": "2026-01-05"}


@pytest.fixture
def upkeep(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as connection:
        yield connection


def ask(client: httpx.Client, **other: object) -> httpx.Response:
    return client.post("/api/erasures", json=WISH | {"reason": "监护人书面申请", "ends_service": True} | other)


def asked(client: httpx.Client, **other: object) -> int:
    answer = ask(client, **other)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def finish(world: World, upkeep: Connection) -> None:
    """Upkeep as it goes round, after the time to withdraw and after the wait."""
    for hours in (73, 74):
        at = world.clock.now() + timedelta(hours=hours)
        while upkeep.execute("select step from erase_next(%s, 10000)", [at]).fetchone() is not None:
            pass


def detail(client: httpx.Client, number: int) -> dict[str, Any]:
    answer = client.get(f"/api/erasures/{number}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_two_people_erase_a_resident_and_the_certificate_says_what_was_done(world: World, upkeep: Connection) -> None:
    boss, second = world.signed_in("administrator"), world.signed_in("supervisor")
    dry = boss.get("/api/erasures/preview?subject_kind=resident&subject_id=resident-bed-1").json()
    assert dry["obstacle"] == "bed_in_service"
    assert {"topic": "person", "target": "resident", "act": "empty", "why": "", "amount": 1, "is_more": False} in dry[
        "lines"
    ]
    number = asked(boss)
    before = detail(second, number)
    assert before["erasure"]["state"] == "requested"
    assert (before["erasure"]["is_mine"], before["obstacle"]) == (False, None)
    assert before["lines"]
    assert second.post(f"/api/erasures/{number}/confirm").status_code == 204
    assert detail(boss, number)["erasure"]["state"] == "cooling"
    assert upkeep.execute("select step from erase_next(%s, 100)", [world.clock.now()]).fetchone() is None
    assert world.scene.value("select ended_at from bed where id = 'bed-1'") is None, "in service until it begins"
    finish(world, upkeep)
    world.clock.shift = timedelta(hours=74)
    boss = world.signed_in("administrator")
    after = detail(boss, number)
    assert after["erasure"]["state"] == "done"
    assert after["erasure"]["subject_name"] == "已删除"
    assert {one["person_id"] for one in after["persons"]} == {"resident-bed-1", "f-1", "f-silent"}
    assert {"delete", "empty"} <= {line["act"] for line in after["lines"]}
    assert world.client().post("/api/session", json={"login": "family", "password": "x"}).status_code == 401
    log = boss.get("/api/audit?object=resident-bed-1").json()["entries"]
    assert [one["change"] for one in log if one["object_kind"] == "erasure"] == [
        "erased", "erasure_begun", "erasure_confirmed", "erasure_requested",
    ]  # fmt: skip


def test_nobody_confirms_their_own_request(world: World) -> None:
    boss = world.signed_in("administrator")
    number = asked(boss)
    assert code(boss.post(f"/api/erasures/{number}/confirm")) == (409, "erasure_own")
    assert world.signed_in("dispatcher").post(f"/api/erasures/{number}/confirm").status_code == 403
    assert world.signed_in("auditor").post(f"/api/erasures/{number}/confirm").status_code == 403
    second = world.signed_in("supervisor")
    assert second.post(f"/api/erasures/{number}/confirm").status_code == 204
    assert code(second.post(f"/api/erasures/{number}/confirm")) == (409, "erasure_confirmed")


def test_a_supervisor_confirms_and_does_not_ask(world: World) -> None:
    assert ask(world.signed_in("supervisor")).status_code == 403


@pytest.mark.parametrize("confirmed", [False, True])
def test_it_is_withdrawn_while_it_has_not_begun(world: World, upkeep: Connection, *, confirmed: bool) -> None:
    boss = world.signed_in("administrator")
    number = asked(boss)
    if confirmed:
        world.signed_in("supervisor").post(f"/api/erasures/{number}/confirm")
    assert boss.post(f"/api/erasures/{number}/withdraw", json={"reason": "本人改变主意"}).status_code == 204
    assert detail(boss, number)["erasure"]["state"] == "withdrawn"
    finish(world, upkeep)
    assert world.scene.value("select name from resident where id = 'resident-bed-1'") == "老人bed-1"
    assert code(boss.post(f"/api/erasures/{number}/withdraw", json={"reason": "再撤"})) == (409, "erasure_withdrawn")
    assert asked(boss) > number, "and asked for anew"


def test_what_has_begun_is_not_withdrawn(world: World, upkeep: Connection) -> None:
    boss = world.signed_in("administrator")
    number = asked(boss)
    world.signed_in("supervisor").post(f"/api/erasures/{number}/confirm")
    upkeep.execute("select from erase_next(%s, 100)", [world.clock.now() + timedelta(hours=73)])
    assert code(boss.post(f"/api/erasures/{number}/withdraw", json={"reason": "太晚"})) == (409, "erasure_begun")


def test_refusals_name_their_reason(world: World) -> None:
    boss = world.signed_in("administrator")
    assert code(ask(boss, ends_service=False)) == (409, "bed_in_service")
    ahead = ask(boss, asked_on="2999-01-01").json()["error"]
    assert [fault["code"] for fault in ahead["faults"]] == ["day_ahead"]
    incident = world.incident("bed-1")
    assert code(ask(boss)) == (409, "incident_open")
    assert code(ask(boss, subject_kind="family_member", subject_id="f-1")) == (409, "incident_open")
    world.offer(incident, "r-1")
    assert code(ask(boss, subject_kind="responder", subject_id="r-1")) == (409, "incident_open")
    assert asked(boss, subject_kind="responder", subject_id="r-2")
    assert code(ask(boss, subject_kind="responder", subject_id="r-2")) == (409, "erasure_asked")


def test_an_incident_that_opens_before_the_confirmation_is_a_reason_too(world: World) -> None:
    number = asked(world.signed_in("administrator"))
    world.incident("bed-1")
    second = world.signed_in("supervisor")
    assert detail(second, number)["obstacle"] == "incident_open"
    assert code(second.post(f"/api/erasures/{number}/confirm")) == (409, "incident_open")


def test_people_of_other_areas_are_not_there(world: World) -> None:
    boss, far = world.signed_in("administrator"), world.signed_in("far-administrator")
    number = asked(boss)
    assert ask(boss, subject_id="resident-far-bed").status_code == 404
    assert far.get(f"/api/erasures/{number}").status_code == 404
    assert far.post(f"/api/erasures/{number}/confirm").status_code == 404
    assert far.post(f"/api/erasures/{number}/withdraw", json={"reason": "x"}).status_code == 404
    assert far.get("/api/erasures/preview?subject_kind=resident&subject_id=resident-bed-1").status_code == 404
    assert far.get("/api/erasures").json() == []
    world.scene.run(
        "insert into kinship (family_member_id, resident_id, relation) values ('f-1', 'resident-far-bed', '侄女')"
    )
    answer = ask(boss, subject_kind="family_member", subject_id="f-1")
    assert code(answer) == (409, "erasure_elsewhere")


def test_an_erased_resident_does_not_come_back(world: World, upkeep: Connection) -> None:
    boss = world.signed_in("administrator")
    number = asked(boss)
    world.signed_in("supervisor").post(f"/api/erasures/{number}/confirm")
    finish(world, upkeep)
    home = boss.get("/api/register/homes/bed-1").json()
    again = boss.post("/api/register/homes/bed-1/resume", json={"version": home["version"], "reason": "恢复"})
    assert code(again) == (409, "person_erased")
    assert code(ask(boss)) == (409, "person_erased")
    assert boss.post("/api/beds/bed-1/pairing-code").status_code in {404, 409, 503}


def test_an_erased_responder_is_in_no_list_and_cannot_be_changed_imported_or_let_in(
    world: World, upkeep: Connection
) -> None:
    boss, second = world.signed_in("administrator"), world.signed_in("supervisor")
    account = world.scene.value("select id from account where login = 'responder2'")
    number = asked(boss, subject_kind="responder", subject_id="r-2", asked_by="person")
    second.post(f"/api/erasures/{number}/confirm")
    assert "r-2" in {one["id"] for one in boss.get("/api/responders").json()}
    finish(world, upkeep)
    assert "r-2" not in {one["id"] for one in boss.get("/api/responders").json()}
    assert "已删除" not in boss.get("/api/exports/responders.csv").text
    assert boss.get("/api/responders/r-2").status_code == 404
    duty = second.put("/api/responders/r-2/duty", json={"on_duty": True, "reason": "补位"})
    assert duty.status_code == 404
    file = "编号,姓名,类别,区域代码,出行方式\nr-2,又来,护理员,630102001,步行\n".encode()
    told = boss.post("/api/imports/responders", content=file, headers={"Content-Type": "text/csv"}).json()
    assert [problem["code"] for line in told["lines"] for problem in line["problems"]] == ["id_unavailable"]
    enabled = boss.post(f"/api/accounts/{account}/enable", json={"version": 2, "reason": "恢复"})
    assert enabled.status_code in {404, 409}
    assert world.scene.value("select disabled_at is not null from account where id = %s", account)
