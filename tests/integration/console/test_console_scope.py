"""Who sees what: every endpoint, as every role and as nobody, on what is theirs and on what is not."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import httpx

from carecircle_console.app import create_app
from tests.console_endpoints import DISPATCHING, ELSEWHERE, LISTS, ROLES, STAFF
from tests.console_world import KINDS, World, settings_for
from tests.servers import Database

Ask = Callable[[httpx.Client, str], httpx.Response]


@dataclass(frozen=True)
class Case:
    """An endpoint that is about one object: who may, and how an own and a foreign object are asked for."""

    path: str
    allowed: frozenset[str]
    ask: Ask


def post(path: str, **body: object) -> Ask:
    return lambda client, name: client.post(path.format(id=name), json=body)


def get(path: str) -> Ask:
    return lambda client, name: client.get(path.format(id=name))


ON_INCIDENTS = (
    Case("GET /api/incidents/{incident_id}", frozenset(STAFF), get("/api/incidents/{id}")),
    Case("POST /api/incidents/{incident_id}/acknowledge", DISPATCHING, post("/api/incidents/{id}/acknowledge")),
    Case("POST /api/incidents/{incident_id}/unacknowledge", DISPATCHING, post("/api/incidents/{id}/unacknowledge")),
    Case(
        "POST /api/incidents/{incident_id}/dispatch",
        DISPATCHING,
        post("/api/incidents/{id}/dispatch", responder_id="r-2", reason="试"),
    ),
    Case(
        "POST /api/incidents/{incident_id}/assign",
        DISPATCHING,
        post("/api/incidents/{id}/assign", responder_id="r-2", reason="已电话确认"),
    ),
    Case(
        "POST /api/incidents/{incident_id}/verify",
        DISPATCHING,
        post("/api/incidents/{id}/verify", verification="confirmed"),
    ),
    Case("POST /api/incidents/{incident_id}/escalate", DISPATCHING, post("/api/incidents/{id}/escalate", reason="试")),
    Case("POST /api/incidents/{incident_id}/note", DISPATCHING, post("/api/incidents/{id}/note", text="试")),
    Case(
        "POST /api/incidents/{incident_id}/close",
        DISPATCHING,
        post("/api/incidents/{id}/close", outcome_code="false_press", note=""),
    ),
)
ON_OFFERS = ("accept", "decline")
ON_ASSIGNMENTS = ("moving", "arrived", "handover")


def test_no_endpoint_is_missing_here(database: Database) -> None:
    paths = create_app(settings_for(database)).openapi()["paths"]
    there = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    offers = {f"POST /api/offers/{{offer_id}}/{step}" for step in ON_OFFERS}
    assignments = {f"POST /api/assignments/{{assignment_id}}/{step}" for step in ON_ASSIGNMENTS}
    assert there == {case.path for case in ON_INCIDENTS} | offers | assignments | set(LISTS) | ELSEWHERE


def test_an_incident_of_another_county_does_not_exist(world: World) -> None:
    clients = {role: world.signed_in(role) for role in ROLES}
    foreign = world.incident("far-bed")
    before = world.scene.rows("select * from incident_event where incident_id = %s", foreign)
    for case in ON_INCIDENTS:
        assert case.ask(world.client(), str(foreign)).status_code == 401, case.path
        for (role, client), kind in zip(clients.items(), KINDS, strict=False):
            own = world.incident("bed-1", kind)
            answer = case.ask(client, str(own))
            assert answer.status_code == (200 if role in case.allowed else 403), (case.path, role, answer.text)
            refused = case.ask(client, str(foreign))
            assert refused.status_code == (404 if role in case.allowed else 403), (case.path, role, refused.text)
            nothing = case.ask(client, "00000000-0000-0000-0000-000000000000")
            assert nothing.json() == refused.json(), "what is out of scope looks exactly like what is not there"
            world.scene.run("update offer set state = 'WITHDRAWN'")  # frees whom the desk has just asked
            world.scene.run("update assignment set state = 'RELEASED'")
        world.scene.run(
            "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other' "
            "where id <> %s",
            foreign,
        )
    assert world.scene.rows("select * from incident_event where incident_id = %s", foreign) == before


def test_an_offer_is_answered_by_whom_it_was_made_to(world: World) -> None:
    clients = {role: world.signed_in(role) for role in ROLES}
    incident = world.incident()
    for step in ON_OFFERS:
        foreign = world.offer(incident, "r-2")
        own = world.offer(world.incident("bed-2", "fall" if step == "decline" else "sos"), "r-1")
        for role, client in clients.items():
            answer = client.post(f"/api/offers/{foreign}/{step}", json={})
            assert answer.status_code == (404 if role == "responder" else 403), (role, answer.text)
            answer = client.post(f"/api/offers/{own}/{step}", json={})
            assert answer.status_code == (200 if role == "responder" else 403), (role, answer.text)
        assert world.client().post(f"/api/offers/{own}/{step}", json={}).status_code == 401
        assert world.scene.value("select state from offer where id = %s", foreign) == "SENT"
        world.scene.run("update offer set state = 'WITHDRAWN' where id = %s", foreign)


def test_an_assignment_is_moved_by_who_has_it(world: World) -> None:
    offer = world.offer(world.incident(), "r-1")
    clients = {role: world.signed_in("responder2" if role == "responder" else role) for role in ROLES}
    holder = world.signed_in("responder")
    assignment = holder.post(f"/api/offers/{offer}/accept").json()["assignment"]["id"]
    for step in ON_ASSIGNMENTS:
        for role, client in clients.items():
            answer = client.post(f"/api/assignments/{assignment}/{step}", json={})
            assert answer.status_code == (404 if role == "responder" else 403), (role, answer.text)
        assert world.client().post(f"/api/assignments/{assignment}/{step}").status_code == 401
        assert holder.post(f"/api/assignments/{assignment}/{step}", json={}).status_code == 200


def test_a_list_is_for_those_whom_it_is_for(world: World) -> None:
    clients = {role: world.signed_in(role) for role in ROLES}
    for endpoint, allowed in LISTS.items():
        method, path = endpoint.split(" ")
        body = {"on_duty": True} if method == "POST" else None
        assert world.client().request(method, path, json=body).status_code == 401, endpoint
        for role, client in clients.items():
            answer = client.request(method, path, json=body)
            assert answer.status_code == (200 if role in allowed else 403), (endpoint, role, answer.text)


def seen(world: World, login: str) -> tuple[set[str], set[str]]:
    """The incidents and beds that a login sees in lists, by bed."""
    client = world.signed_in(login)
    incidents = {one["bed_id"] for one in client.get("/api/incidents", params={"open": 1}).json()}
    assert {one["bed_id"] for one in client.get("/api/incidents").json()} == incidents
    return incidents, {one["id"] for one in client.get("/api/beds").json()}


def test_lists_hold_what_is_in_scope_and_nothing_else(world: World) -> None:
    world.incident("bed-1")
    world.incident("far-bed")
    for role in STAFF:
        assert seen(world, role) == ({"bed-1"}, {"bed-1", "bed-2"})
        assert seen(world, f"far-{role}") == ({"far-bed"}, {"far-bed"})
    assert seen(world, "family") == ({"bed-1"}, {"bed-1"})
    assert seen(world, "far-family") == ({"far-bed"}, {"far-bed"})
    assert seen(world, "family-silent") == (set(), set()), "the resident has not agreed that this relative is told"
    assert seen(world, "responder") == (set(), set()), "nobody is on the way yet"


def test_a_province_sees_its_counties(world: World) -> None:
    world.scene.run("update account set area_code = '63' where login = 'dispatcher'")
    world.incident("bed-1")
    world.incident("far-bed")
    assert seen(world, "dispatcher") == ({"bed-1", "far-bed"}, {"bed-1", "bed-2", "far-bed"})


def test_a_responder_sees_the_bed_from_accepting_to_the_end_and_no_other(world: World) -> None:
    incident = world.incident("bed-1")
    offer = world.offer(incident, "r-1")
    client = world.signed_in("responder")
    assert client.get("/api/beds/bed-1").status_code == 404
    accepted = client.post(f"/api/offers/{offer}/accept").json()
    assert accepted["assignment"]["address"] == "某路bed-1号"
    assert seen(world, "responder") == ({"bed-1"}, {"bed-1"})
    assert client.get("/api/beds/bed-1").status_code == 200
    assert client.get("/api/beds/far-bed").status_code == 404
    assert seen(world, "responder2") == (set(), set())
    closing = {"outcome_code": "helped_on_site", "note": ""}
    assert world.signed_in("dispatcher").post(f"/api/incidents/{incident}/close", json=closing).status_code == 200
    assert seen(world, "responder") == (set(), set())
    assert client.get("/api/beds/bed-1").status_code == 404
    assert client.get("/api/my/offers").json()["assignment"] is None


def test_one_bed_is_shown_to_its_area_and_its_relatives(world: World) -> None:
    world.vitals("bed-1", heart_rate=72, in_bed=True)
    for login in (*STAFF, "family"):
        client = world.signed_in(login)
        answer = client.get("/api/beds/bed-1")
        assert answer.status_code == 200
        assert answer.json()["bed"]["heart_rate"] == 72
        assert client.get("/api/beds/far-bed").status_code == 404
        assert client.get("/api/beds/no-bed").status_code == 404
        contacts = [] if login == "family" else ["家属f-1"]
        assert [one["name"] for one in answer.json()["contacts"]] == contacts
    for login in ("far-dispatcher", "responder", "far-family", "family-silent"):
        assert world.signed_in(login).get("/api/beds/bed-1").status_code == 404
    assert world.client().get("/api/beds/bed-1").status_code == 401


def test_before_accepting_nothing_says_who_or_where_exactly(world: World) -> None:
    world.offer(world.incident("bed-1"), "r-1")
    answer = world.signed_in("responder").get("/api/my/offers")
    assert answer.json()["offers"][0]["area_name"] == "东关大街街道"
    assert "老人" not in answer.text
    assert "某路" not in answer.text


def test_outside_the_centre_the_words_of_the_centre_are_left_out(world: World) -> None:
    incident = world.incident("bed-1")
    world.signed_in("dispatcher").post(f"/api/incidents/{incident}/note", json={"text": "邻居李四拒绝了"})
    answer = world.signed_in("family").get("/api/incidents")
    assert answer.json()[0]["bed_id"] == "bed-1"
    assert "李四" not in answer.text
    assert "李四" not in world.signed_in("family").get("/api/family").text


def test_positions_are_shown_with_consent_only(world: World) -> None:
    world.scene.run("update responder set consented_at = null where id = 'r-2'")
    people = {one["id"]: one for one in world.signed_in("dispatcher").get("/api/responders").json()}
    assert set(people) == {"r-1", "r-2"}
    assert people["r-1"]["lat"] is not None
    assert people["r-2"]["lat"] is people["r-2"]["position_at"] is None


def test_quarantine_is_cut_to_the_area(world: World) -> None:
    for topic in ("care/v1/630102/x/y/event", "care/v1/630104/x/y/event", "nonsense"):
        world.scene.run(
            "insert into quarantine (received_at, topic, payload, payload_bytes, reason, detail) "
            "values (now(), %s, '', 0, 'not_json', '')",
            topic,
        )
    answer = world.signed_in("administrator").get("/api/quarantine").json()
    assert answer["total"] == 2
    assert [one["topic"] for one in answer["latest"]] == ["nonsense", "care/v1/630102/x/y/event"]


def test_ids_that_are_none_are_no_server_error(world: World) -> None:
    client = world.signed_in("dispatcher")
    assert client.get("/api/incidents/not-an-id").status_code == 422
    assert client.get("/api/beds/%00").status_code == 422
    assert client.get(f"/api/incidents/{UUID(int=0)}").status_code == 404
    note = client.post(f"/api/incidents/{world.incident()}/note", json={"text": "a\0b"})
    assert note.status_code == 422, note.text
