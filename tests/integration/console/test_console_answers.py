"""What people's commands do over HTTP: the way of an incident, links, repetitions, other sites' tricks."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from tests.console_world import World


def state(world: World, incident: object) -> object:
    return world.scene.value("select state from incident where id = %s", incident)


def test_a_whole_incident_from_the_desk_and_the_phone(world: World) -> None:
    incident = world.incident()
    offer = world.offer(incident, "r-1")
    desk, phone = world.signed_in("dispatcher"), world.signed_in("responder")
    taken = desk.post(f"/api/incidents/{incident}/acknowledge", json={}).json()["incident"]
    assert (taken["acknowledged_by"], taken["owner"]) == ("账号dispatcher", "账号dispatcher")
    mine = phone.post(f"/api/offers/{offer}/accept", json={}).json()
    assignment = mine["assignment"]["id"]
    assert mine["assignment"]["resident_name"] == "老人bed-1"
    for step, then in (("moving", "EN_ROUTE"), ("arrived", "ON_SCENE"), ("handover", "HANDED_OVER")):
        assert phone.post(f"/api/assignments/{assignment}/{step}", json={}).status_code == 200
        assert state(world, incident) == then
    closed = desk.post(f"/api/incidents/{incident}/close", json={"outcome_code": "helped_on_site", "note": "好"})
    assert closed.json()["incident"]["outcome_code"] == "helped_on_site"
    detail = desk.get(f"/api/incidents/{incident}").json()
    steps = [entry["step"] for entry in detail["timeline"]]
    assert steps[0] == "received"
    assert {"acknowledged", "accepted", "closed"} <= set(steps)
    assert [entry["actor"] for entry in detail["timeline"] if entry["step"] == "accepted"] == ["responder:r-1"]


def test_who_comes_second_is_told_who_was_first(world: World) -> None:
    incident = world.incident()
    assert world.signed_in("dispatcher").post(f"/api/incidents/{incident}/acknowledge").status_code == 200
    second = world.signed_in("supervisor").post(f"/api/incidents/{incident}/acknowledge")
    assert second.status_code == 409
    problem = second.json()["error"]
    assert (problem["code"], problem["facts"]["name"]) == ("taken_over", "账号dispatcher")
    assert re.fullmatch(r"账号dispatcher已于 \d\d:\d\d 接手", problem["message"])


def test_candidates_say_why_and_which_offer_stands(world: World) -> None:
    incident = world.incident()
    world.offer(incident, "r-1", state="DECLINED")
    detail = world.signed_in("dispatcher").get(f"/api/incidents/{incident}").json()
    candidates = {one["responder_id"]: one for one in detail["candidates"]}
    assert candidates["r-2"]["rank"] == 1
    assert candidates["r-2"]["eligible"] is True
    assert candidates["r-2"]["travel_p50_s"] > 0
    assert (candidates["r-1"]["eligible"], candidates["r-1"]["why"]) == (False, "declined")
    assert candidates["r-1"]["offer"]["state"] == "DECLINED"


def test_a_link_answers_its_offer_and_leads_to_the_door_without_a_session(world: World) -> None:
    incident = world.incident()
    offer = world.offer(incident, "r-1")
    other = world.offer(world.incident("bed-2"), "r-1")
    link = {"token": world.link_token(offer, "r-1")}
    phone = httpx.Client(base_url=world.base_url)
    with phone:
        assert [one["id"] for one in phone.get("/api/my/offers", params=link).json()["offers"]] == [str(offer)]
        assert phone.post(f"/api/offers/{other}/accept", params=link).status_code == 404, "a link is for one offer"
        mine = phone.post(f"/api/offers/{offer}/accept", params=link)
        assert mine.status_code == 200, mine.text
        assert phone.post(f"/api/offers/{offer}/accept", params=link).status_code == 200, "twice is no error"
        assignment = mine.json()["assignment"]["id"]
        assert phone.post(f"/api/assignments/{assignment}/moving", params=link).status_code == 200
        assert phone.post(f"/api/assignments/{assignment}/arrived", params=link).status_code == 200
        assert (
            phone.post(f"/api/assignments/{assignment}/handover", params=link, json={"note": "好"}).status_code == 200
        )
        assert phone.post("/api/my/duty", params=link, json={"on_duty": False}).status_code == 403
    assert state(world, incident) == "HANDED_OVER"


def test_a_link_that_is_forged_or_old_or_anothers_opens_nothing(world: World) -> None:
    offer = world.offer(world.incident(), "r-1")
    good = world.link_token(offer, "r-1")
    forged = good[:-3] + ("abc" if not good.endswith("abc") else "xyz")
    stranger = world.link_token(offer, "r-2")
    with httpx.Client(base_url=world.base_url) as phone:
        for token in (forged, "", "x.y", world.link_token(offer, "r-1", valid_s=-1)):
            answer = phone.post(f"/api/offers/{offer}/accept", params={"token": token})
            assert answer.status_code == 403, token
        assert phone.post(f"/api/offers/{offer}/accept", params={"token": stranger}).status_code == 404
        world.clock.shift = timedelta(hours=2)
        assert phone.post(f"/api/offers/{offer}/accept", params={"token": good}).status_code == 403
    assert world.scene.value("select state from offer where id = %s", offer) == "SENT"


def test_a_change_without_the_mark_of_our_pages_is_refused(world: World) -> None:
    incident = world.incident()
    offer = world.offer(incident, "r-1")
    desk, phone = world.signed_in("dispatcher"), world.signed_in("responder")
    for client in (desk, phone):
        del client.headers["X-CareCircle"]
    for client, path in (
        (desk, f"/api/incidents/{incident}/acknowledge"),
        (desk, f"/api/incidents/{incident}/close"),
        (phone, f"/api/offers/{offer}/accept"),
        (phone, "/api/my/duty"),
        (desk, "/api/session"),
    ):
        body = {"outcome_code": "other", "on_duty": False, "login": "x", "password": "y"}
        answer = client.post(path, json=body)
        assert answer.status_code in {400, 422}, path
    assert desk.delete("/api/session").status_code == 400
    assert state(world, incident) == "SEARCHING"
    assert world.scene.value("select state from offer where id = %s", offer) == "SENT"


@pytest.mark.parametrize("command", ["note", "escalate"])
def test_the_same_key_twice_counts_once(world: World, command: str) -> None:
    incident = world.incident()
    desk = world.signed_in("dispatcher")
    body = {"text": "已电话联系"} if command == "note" else {"reason": "情况严重"}

    def send(key: str | None) -> None:
        headers = {"Idempotency-Key": key} if key else {}
        assert desk.post(f"/api/incidents/{incident}/{command}", json=body, headers=headers).status_code == 200

    def times() -> object:
        step = "note" if command == "note" else "escalated"
        return world.scene.value(
            "select count(*) from incident_event where incident_id = %s and step = %s", incident, step
        )

    key = str(uuid4())
    send(key)
    send(key)
    assert times() == 1
    send(str(uuid4()))
    send(None)
    assert times() == 3


def test_duty_is_ones_own(world: World) -> None:
    phone = world.signed_in("responder")
    assert phone.post("/api/my/duty", json={"on_duty": False}).json()["on_duty"] is False
    assert phone.get("/api/my/offers").json()["on_duty"] is False
    assert world.scene.rows("select id from responder where on_duty order by id") == [("far-r",), ("r-2",)]
