"""Shifts over HTTP: begun by those who dispatch, left in writing, taken once by somebody else, read later in scope."""

import httpx
import pytest

from tests.console_world import World

ROLES = ("dispatcher", "supervisor", "administrator", "auditor", "responder", "family")


def left(world: World, client: httpx.Client, notes: str = "3号楼电梯停用") -> int:
    answer = client.post("/api/handovers", json={"notes": notes})
    assert answer.status_code == 200, answer.text
    return int(answer.json()[0]["id"])


def on_shift(client: httpx.Client) -> list[tuple[str, bool]]:
    return [(one["name"], one["heard_at"] is not None) for one in client.get("/api/shift").json()["on_shift"]]


def test_who_begins_a_shift_is_named_and_whether_they_heard_the_sound(world: World) -> None:
    desk, supervisor = world.signed_in("dispatcher"), world.signed_in("supervisor")
    assert desk.get("/api/shift").json() == {"mine": None, "on_shift": [], "waiting": None}
    begun = desk.post("/api/shift", json={"heard": True}).json()
    assert begun["mine"]["name"] == "账号dispatcher"
    supervisor.post("/api/shift", json={"heard": False})
    assert on_shift(desk) == [("账号dispatcher", True), ("账号supervisor", False)]
    supervisor.post("/api/shift", json={"heard": True})
    desk.post("/api/shift", json={"heard": False})
    assert on_shift(desk) == [("账号dispatcher", True), ("账号supervisor", True)], (
        "twice is once, and heard stays heard"
    )
    assert world.scene.value("select count(*) from desk_shift") == 2


def test_who_signs_out_or_stays_too_long_does_not_watch_any_more(world: World) -> None:
    desk, supervisor = world.signed_in("dispatcher"), world.signed_in("supervisor")
    desk.post("/api/shift", json={"heard": True})
    desk.delete("/api/session")
    assert on_shift(supervisor) == []
    again = world.signed_in("dispatcher")
    world.scene.run("update desk_shift set began_at = began_at - interval '13 hours'")
    assert again.get("/api/shift").json()["mine"] is None
    again.post("/api/shift", json={"heard": True})
    assert world.scene.rows("select ended_at is null from desk_shift order by id") == [(False,), (True,)]


def test_a_handover_says_what_is_open_put_aside_and_silent_and_keeps_it(world: World) -> None:
    desk, supervisor = world.signed_in("dispatcher"), world.signed_in("supervisor")
    incident = world.incident("bed-1")
    world.vitals("bed-1", age_s=20, heart_rate=70)
    aside = {"kind": "low_battery", "minutes": 60, "reason": "已约维修"}
    assert desk.post("/api/beds/bed-2/shelves", json=aside).status_code == 200
    draft = desk.get("/api/handovers/draft").json()
    assert (draft["open_count"], draft["aside_count"], draft["silent_count"]) == (1, 1, 1)
    number = left(world, desk)
    closing = {"outcome_code": "false_press", "note": ""}
    assert desk.post(f"/api/incidents/{incident}/close", json=closing).status_code == 200
    read = supervisor.get(f"/api/handovers/{number}").json()
    assert read["brief"]["notes"] == "3号楼电梯停用"
    (was_open,) = read["summary"]["open"]
    assert (was_open["id"], was_open["state"], was_open["resident_name"]) == (str(incident), "SEARCHING", "老人bed-1")
    (was_aside,) = read["summary"]["aside"]
    assert (was_aside["bed_id"], was_aside["reason"], was_aside["by_name"]) == ("bed-2", "已约维修", "账号dispatcher")
    (silent,) = read["summary"]["silent"]
    assert (silent["bed_id"], silent["seen_at"]) == ("bed-2", None)
    assert ("supervisor", "resident-bed-1", "handover") in world.accesses()
    kept = str(world.scene.value("select summary::text from handover"))
    assert "老人" not in kept
    assert "某路" not in kept


def test_who_comes_signs_once_and_the_shift_of_who_goes_ends(world: World) -> None:
    desk, supervisor = world.signed_in("dispatcher"), world.signed_in("supervisor")
    desk.post("/api/shift", json={"heard": True})
    number = left(world, desk)
    assert desk.get("/api/shift").json()["mine"] is not None, "who goes watches until somebody has come"
    own = desk.post(f"/api/handovers/{number}/take")
    assert (own.status_code, own.json()["error"]["code"]) == (409, "own_handover")
    waiting = supervisor.get("/api/shift").json()["waiting"]
    assert (waiting["id"], waiting["from_name"], waiting["is_own"]) == (number, "账号dispatcher", False)
    taken = supervisor.post(f"/api/handovers/{number}/take").json()
    assert (taken["mine"]["name"], taken["waiting"]) == ("账号supervisor", None)
    assert supervisor.post(f"/api/handovers/{number}/take").status_code == 200
    assert desk.get("/api/shift").json()["mine"] is None
    world.scene.account("third", "dispatcher", area="630102")
    world.scene.run("update account set password_hash = (select password_hash from account where login = 'dispatcher')")
    late = world.signed_in("third").post(f"/api/handovers/{number}/take")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "handover_taken")
    assert "账号supervisor已于" in late.json()["error"]["message"]
    (brief,) = world.signed_in("auditor").get("/api/handovers").json()
    assert (brief["from_name"], brief["to_name"]) == ("账号dispatcher", "账号supervisor")


def test_the_same_handover_twice_is_written_once(world: World) -> None:
    desk = world.signed_in("dispatcher")
    for _ in range(2):
        assert desk.post("/api/handovers", json={"notes": "x"}, headers={"Idempotency-Key": "k"}).status_code == 200
    assert world.scene.value("select count(*) from handover") == 1


def test_a_handover_of_another_area_does_not_exist(world: World) -> None:
    number = left(world, world.signed_in("far-dispatcher"))
    desk = world.signed_in("dispatcher")
    assert desk.get("/api/handovers").json() == []
    assert desk.get("/api/shift").json()["waiting"] is None
    foreign, nothing = desk.get(f"/api/handovers/{number}"), desk.get("/api/handovers/999999")
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.json() == nothing.json()
    assert desk.post(f"/api/handovers/{number}/take").json() == nothing.json()


def test_what_waited_for_a_day_waits_for_nobody_any_more(world: World) -> None:
    left(world, world.signed_in("dispatcher"))
    world.scene.run("update handover set written_at = written_at - interval '25 hours'")
    supervisor = world.signed_in("supervisor")
    assert supervisor.get("/api/shift").json()["waiting"] is None
    assert len(supervisor.get("/api/handovers").json()) == 1


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_is_its_work(world: World, role: str) -> None:
    number = left(world, world.signed_in("far-dispatcher"))
    world.scene.run("update handover set area_code = '630102'")
    client = world.signed_in(role)
    may, sees = role in {"dispatcher", "supervisor"}, role in ROLES[:4]
    assert client.post("/api/shift", json={"heard": True}).status_code == (200 if may else 403)
    assert client.post("/api/handovers", json={"notes": ""}).status_code == (200 if may else 403)
    assert client.get(f"/api/handovers/{number}").status_code == (200 if sees else 403)
    assert client.post(f"/api/handovers/{number}/take").status_code == (200 if may else 403)
    assert client.get("/api/beds/bed-1/home").status_code == (200 if sees else 403)
    assert client.get("/api/beds/far-bed/home").status_code == (404 if sees else 403)
    assert world.client().get("/api/beds/bed-1/home").status_code == 401


def test_what_the_desk_tells_whoever_goes_there(world: World) -> None:
    world.scene.run("update resident set key_safe = '门左侧，密码在机构', hazards = '有狗' where id = 'resident-bed-1'")
    desk = world.signed_in("dispatcher")
    ended, still_open = world.incident("bed-1"), world.incident("bed-1", "fall")
    desk.post(f"/api/incidents/{ended}/close", json={"outcome_code": "helped_on_site", "note": ""})
    home = desk.get("/api/beds/bed-1/home").json()
    assert (home["key_safe"], home["hazards"]) == ("门左侧，密码在机构", "有狗")
    (past,) = home["past"]
    assert (past["id"], past["outcome_code"], past["closed_by"]) == (str(ended), "helped_on_site", "账号dispatcher")
    assert str(still_open) not in str(home)
    assert ("dispatcher", "resident-bed-1", "bed") in world.accesses()
