"""Alarms and rules over HTTP: reasons, putting aside, the rule book and trials of it; each within one's own area."""

import time
from datetime import UTC, datetime, timedelta

import httpx
from psycopg.types.json import Jsonb

from tests.console_world import World

STAFF = ("dispatcher", "supervisor", "administrator", "auditor")
SHELVE = {"kind": "heart_rate", "minutes": 60, "reason": "医生已知，观察中"}
PERSON = {"place": "bed", "asleep": True, "since": 1_795_000_000, "seen": 1_795_003_600}
PROTECTION = {
    "state": "partly",
    "at": 1_795_003_600,
    "capabilities": [
        {"capability": "gateway", "device": "", "holds": True, "why": "", "heard": 1_795_003_590, "valid_s": 300},
        {
            "capability": "call",
            "device": "button",
            "holds": False,
            "why": "never_heard",
            "heard": None,
            "valid_s": 90000,
        },
    ],
}
VITALS = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, quality, heart_rate, in_bed)
select at, at + interval '1 second', %s, 'mat', 1, extract(epoch from at), 0.9,
    case when extract(minute from at) < 20 then 134 else 60 end, true
from generate_series(now() - interval '6 hours', now() - interval '5 minutes', interval '1 minute') at
"""


def alarm(world: World, bed: str = "bed-1", incident: object = None) -> None:
    at = datetime.now(UTC) - timedelta(minutes=4)
    why = {"code": "high", "value": 140, "limit": 131, "lasted_s": 120}
    world.scene.run(
        "insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, rules_version, incident_id) "
        "values (%s, 'heart_rate', 'mat:high', 2, %s, %s, %s, 0, %s)",
        bed, at, at, Jsonb(why), incident,
    )  # fmt: skip


def test_a_bed_shows_its_alarms_with_their_reasons_to_its_own_centre(world: World) -> None:
    incident = world.incident("bed-1", "heart_rate")
    alarm(world, incident=incident)
    for role in STAFF:
        client = world.signed_in(role)
        (found,) = client.get("/api/beds/bed-1/alarms").json()["alarms"]
        assert (found["kind"], found["why"]["code"], found["cleared_at"]) == ("heart_rate", "high", None)
        assert "140" in found["text"], found["text"]
        assert client.get("/api/beds/far-bed/alarms").status_code == 404
        assert [one["id"] for one in client.get(f"/api/incidents/{incident}").json()["alarms"]] == [found["id"]]
    for role in ("responder", "family"):
        assert world.signed_in(role).get("/api/beds/bed-1/alarms").status_code == 403
    assert world.client().get("/api/beds/bed-1/alarms").status_code == 401
    assert set(world.accesses()) >= {(role, "resident-bed-1", "bed") for role in STAFF}


def test_what_late_history_says_of_an_alarm_stands_beside_it(world: World) -> None:
    alarm(world)
    (found,) = world.signed_in("dispatcher").get("/api/beds/bed-1/alarms").json()["alarms"]
    assert (found["correction"], found["corrected_at"], found["correction_text"]) == (None, None, None)
    world.scene.run(
        "update alarm set correction = 'disproved', corrected_at = now(), correction_why = %s",
        Jsonb({"late_messages": 12}),
    )
    (found,) = world.signed_in("dispatcher").get("/api/beds/bed-1/alarms").json()["alarms"]
    assert found["correction"] == "disproved"
    assert found["corrected_at"] is not None
    assert found["correction_text"] == "数据补传：按补传数据，当时并无此情况（迟到数据12条）"
    assert "140" in found["text"], "the reason of then stays"


def test_a_bed_shows_where_its_resident_is_and_what_protects_it(world: World) -> None:
    client = world.signed_in("dispatcher")
    assert client.get("/api/beds/bed-2").json()["protection"] is None, "nothing was ever heard of it"
    world.vitals("bed-1", heart_rate=70)
    world.scene.run("update bed_state set person = %s, protection = %s", Jsonb(PERSON), Jsonb(PROTECTION))
    found = client.get("/api/beds/bed-1").json()
    assert (found["whereabouts"]["place"], found["whereabouts"]["asleep"]) == ("bed", True)
    assert found["protection"]["state"] == "partly"
    assert [(one["capability"], one["holds"], one["heard_at"]) for one in found["protection"]["capabilities"]] == [
        ("gateway", True, "2026-11-18T12:06:30.000Z"),
        ("call", False, None),
    ]


def test_an_alarm_is_put_aside_and_comes_back(world: World) -> None:
    client = world.signed_in("dispatcher")
    incident = world.incident("bed-1", "heart_rate")
    shelved = client.post("/api/beds/bed-1/shelves", json=SHELVE)
    assert shelved.status_code == 200, shelved.text
    (shelf,) = shelved.json()["shelves"]
    assert (shelf["reason"], shelf["by_name"]) == (SHELVE["reason"], client.get("/api/me").json()["name"])
    assert world.scene.value("select state from incident where id = %s", incident) == "CLOSED"
    again = client.post("/api/beds/bed-1/shelves", json=SHELVE)
    assert again.status_code == 409
    assert "已搁置至" in again.json()["error"]["message"]
    assert client.get("/api/shelves").json() == [shelf]
    assert world.signed_in("far-dispatcher").get("/api/shelves").json() == []
    assert client.delete("/api/beds/bed-1/shelves/heart_rate").json()["shelves"] == []
    assert client.delete("/api/beds/bed-1/shelves/heart_rate").status_code == 404


def test_no_call_for_help_and_no_foreign_bed_can_be_put_aside(world: World) -> None:
    client = world.signed_in("supervisor")
    refused = client.post("/api/beds/bed-1/shelves", json={**SHELVE, "kind": "sos"})
    assert (refused.status_code, refused.json()["error"]["message"][-7:]) == (409, "求助，不能搁置")
    assert client.post("/api/beds/far-bed/shelves", json=SHELVE).status_code == 404
    assert client.delete("/api/beds/far-bed/shelves/heart_rate").status_code == 404
    for role in ("administrator", "auditor", "responder", "family"):
        assert world.signed_in(role).post("/api/beds/bed-1/shelves", json=SHELVE).status_code == 403
    assert world.scene.value("select count(*) from shelf") == 0


def test_the_rule_book_is_changed_for_ones_own_area_and_says_who_and_why(world: World) -> None:
    client = world.signed_in("supervisor")
    catalogue = {one["rule"]: one for one in client.get("/api/rules").json()}
    assert catalogue["heart_rate"]["settings"]["properties"]["high"]["default"] == 131
    wanted = {"scope": "bed-1", "settings": {"high": 145}, "reason": "运动员，医生同意"}
    assert client.post("/api/rules/heart_rate/settings", json=wanted).json() == {"version": 1}
    (kept,) = client.get("/api/rules/settings").json()
    assert (kept["scope"], kept["settings"], kept["reason"]) == ("bed-1", {"high": 145}, wanted["reason"])
    assert world.signed_in("far-supervisor").get("/api/rules/settings").json() == []
    unknown = client.post("/api/rules/heart_rate/settings", json={**wanted, "settings": {"hihg": 1}})
    assert unknown.status_code == 409
    assert "hihg" in unknown.json()["error"]["message"]
    for scope in ("", "63", "630104", "far-bed", "no-bed"):
        refused = client.post("/api/rules/heart_rate/settings", json={**wanted, "scope": scope})
        assert refused.status_code == 404, scope
    for role in ("dispatcher", "auditor", "responder", "family"):
        assert world.signed_in(role).post("/api/rules/heart_rate/settings", json=wanted).status_code == 403


def _ended(client: httpx.Client, trial: str) -> dict[str, object]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found: dict[str, object] = client.get(f"/api/rules/trials/{trial}").json()
        if found["state"] != "running":
            return found
        time.sleep(0.05)
    raise AssertionError("the trial did not end")


def test_a_change_is_tried_on_stored_history_of_ones_own_area(world: World) -> None:
    for bed in ("bed-1", "far-bed"):
        world.scene.run(VITALS, bed)
    client = world.signed_in("supervisor")
    change = [{"rule": "heart_rate", "scope": "bed-1", "settings": {"high": 150}}]
    begun = client.post("/api/rules/trials", json={"days": 1, "change": change})
    assert begun.status_code == 202, begun.text
    found = _ended(client, begun.json()["id"])
    assert found["error"] is None
    assert (found["state"], found["beds_done"], found["beds"]) == ("done", 2, 2)
    report = found["report"]
    assert isinstance(report, dict)
    assert report["rules"]["heart_rate"]["today"] > report["rules"]["heart_rate"]["changed"]
    assert {one["bed"] for one in report["differences"]} == {"bed-1"}
    assert world.accesses()[-1][2] == "history"
    assert [one["report"] for one in client.get("/api/rules/trials").json()] == [None]
    far = world.signed_in("far-supervisor")
    assert far.get(f"/api/rules/trials/{begun.json()['id']}").status_code == 404
    assert far.get("/api/rules/trials").json() == []


def test_a_trial_is_refused_before_it_starts_and_can_be_stopped(world: World) -> None:
    client = world.signed_in("administrator")
    odd = [{"rule": "heart_rate", "settings": {"high": "very"}}]
    for body, status in (
        ({"area": "630104"}, 404),
        ({"bed": "far-bed"}, 404),
        ({"change": odd}, 409),
        ({"days": 1000}, 422),
    ):
        assert client.post("/api/rules/trials", json=body).status_code in {status, 400}, body
    for role in ("dispatcher", "auditor", "responder", "family"):
        assert world.signed_in(role).post("/api/rules/trials", json={}).status_code == 403
    first = client.post("/api/rules/trials", json={"days": 1}).json()["id"]
    second = client.post("/api/rules/trials", json={"days": 1})
    assert second.status_code == 409
    assert "试算正在进行" in second.json()["error"]["message"]
    assert world.signed_in("dispatcher").delete(f"/api/rules/trials/{first}").status_code == 403
    assert client.delete(f"/api/rules/trials/{first}").status_code == 204
    assert _ended(client, first)["state"] == "stopped"
