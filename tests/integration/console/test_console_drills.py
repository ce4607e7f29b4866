"""Drills over HTTP: seen by staff of the area, started by those who dispatch, confirmed by whoever has the link."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from carecircle_alerts.drills.links import DrillLinks
from tests.console_world import LINK_SECRET, World

WHY = {"reason": "换了手机"}


def sent_drill(world: World, responder: str = "r-1") -> UUID:
    """A drill that has been sent."""
    drill, now = uuid4(), world.clock.now()
    world.scene.run(
        "insert into drill (id, responder_id, contact_id, channel, state, planned_at, due_at, sent_at, answer_by) "
        "select %s, %s, id, channel, 'SENT', %s, %s, %s, %s from contact where responder_id = %s limit 1",
        drill, responder, now, now, now, now + timedelta(hours=24), responder,
    )  # fmt: skip
    return drill


def without_session(world: World) -> httpx.Client:
    """Neither a cookie nor the mark of our pages."""
    client = world.client()
    del client.headers["X-CareCircle"]
    return client


def page(world: World, drill: UUID, valid_s: float = 3600) -> str:
    return DrillLinks("", LINK_SECRET).page(drill, world.clock.now() + timedelta(seconds=valid_s))


def test_a_person_confirms_without_session_on_a_page_that_asks_once_more(world: World) -> None:
    drill = sent_drill(world)
    address = page(world, drill)
    anybody = without_session(world)
    asked = anybody.get(address)
    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    assert "确认收到" in asked.text
    assert world.scene.value("select state from drill") == "SENT", "a mail scanner that opens it confirms nothing"
    assert "已确认" in anybody.post(address).text
    assert "已确认" in anybody.get(address).text
    assert world.scene.value("select state from drill") == "CONFIRMED"
    (person,) = world.signed_in("auditor").get("/api/drills", params={"responder": "r-1"}).json()
    assert (person["state"], person["evidence"]) == ("good", "drill_confirmed")
    assert person["contacts"][0]["state"] == "CONFIRMED"


def test_a_link_that_is_not_good_confirms_nothing(world: World) -> None:
    drill, other = sent_drill(world), sent_drill(world, "r-2")
    anybody = without_session(world)
    stale = page(world, drill, valid_s=-1)
    wrong = page(world, other).replace(str(other), str(drill))
    unknown = page(world, uuid4())
    for address in (stale, wrong, unknown):
        assert anybody.get(address).status_code == anybody.post(address).status_code == 403
    assert world.scene.rows("select distinct state from drill") == [("SENT",)]


@pytest.mark.parametrize("role", ["dispatcher", "supervisor", "administrator", "auditor", "responder", "family"])
def test_a_drill_is_started_by_those_who_dispatch_and_on_record(world: World, role: str) -> None:
    client = world.signed_in(role)
    answer = client.post("/api/responders/r-1/drill", json=WHY)
    may = role in {"dispatcher", "supervisor"}
    assert answer.status_code == (200 if may else 403)
    rows = world.scene.rows("select change, by_name, reason from people_change")
    assert rows == ([("drill_started", f"账号{role}", "换了手机")] if may else [])
    assert client.post("/api/responders/far-r/drill", json=WHY).status_code == (404 if may else 403)
    assert world.client().post("/api/responders/r-1/drill", json=WHY).status_code == 401


def test_people_of_another_area_are_not_shown_and_nobody_sees_an_address(world: World) -> None:
    answer = world.signed_in("dispatcher").get("/api/drills")
    assert {one["id"] for one in answer.json()} == {"r-1", "r-2"}
    assert {one["state"] for one in answer.json()} == {"untested"}
    assert "http://" not in answer.text
    assert [one["id"] for one in world.signed_in("far-auditor").get("/api/drills").json()] == ["far-r"]
