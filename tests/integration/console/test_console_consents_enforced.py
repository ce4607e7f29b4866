"""Consents that change what is kept and shown: pictures of a visit, and values that relatives see."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from tests.console_world import World
from tests.integration.console.test_console_visits import PHOTO, REPORT, going

JPEG = {"Content-Type": "image/jpeg"}
VITALS = "/api/beds/bed-1"


def withdraw(world: World, purpose: str, about: str = "") -> None:
    said = {"subject_kind": "resident", "subject_id": "resident-bed-1", "purpose": purpose, "about": about}
    answer = world.signed_in("administrator").post("/api/consents", json=said | {"given": False, "how": "phone"})
    assert answer.status_code == 200, answer.text


def window() -> dict[str, str]:
    now = datetime.now(UTC)
    return {"start": (now - timedelta(days=1)).isoformat(), "until": now.isoformat()}


def reads(client: httpx.Client) -> dict[str, int]:
    """The status of every way to a bed's readings."""
    when = {"from": window()["start"], "until": window()["until"]}
    ways = {"latest": {}, "history": when | {"metric": "heart_rate"}, "export.csv": when, "export.fhir.json": when}
    return {name: client.get(f"{VITALS}/{name}", params=asked).status_code for name, asked in ways.items()}


def test_a_picture_is_taken_in_only_while_the_resident_agrees(world: World) -> None:
    client, assignment, incident = going(world)
    client.post(f"/api/assignments/{assignment}/arrived")
    kept, refused = (f"/api/assignments/{assignment}/photos/{uuid4()}" for _ in range(2))
    assert client.put(kept, content=PHOTO, headers=JPEG).status_code == 204
    desk = world.signed_in("dispatcher")
    assert desk.get(f"/api/photos/{kept.rsplit('/', 1)[1]}").status_code == 200
    assert client.get("/api/my/offers").json()["assignment"]["photos_allowed"] is True

    withdraw(world, "photos")
    assert world.scene.value("select count(*) from visit_photo") == 0, "who withdraws wants them gone"
    assert desk.get(f"/api/photos/{kept.rsplit('/', 1)[1]}").status_code == 404
    answer = client.put(refused, content=PHOTO, headers=JPEG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "photos_not_agreed")
    assert world.scene.value("select count(*) from visit_photo") == 0
    assert client.get("/api/my/offers").json()["assignment"]["photos_allowed"] is False
    assert client.put(f"/api/assignments/{assignment}/report", json=REPORT).status_code == 204, "words are welcome"
    (visit,) = desk.get(f"/api/incidents/{incident}/visits").json()
    assert (visit["photos_allowed"], visit["photos"]) == (False, [])


def test_a_picture_that_is_there_all_the_same_is_shown_to_nobody(world: World) -> None:
    client, assignment, incident = going(world)
    client.post(f"/api/assignments/{assignment}/arrived")
    photo = uuid4()
    assert client.put(f"/api/assignments/{assignment}/photos/{photo}", content=PHOTO, headers=JPEG).is_success
    world.scene.consent("resident-bed-1", "photos", given=False)  # not by the desk, so that the picture stays
    assert world.scene.value("select count(*) from visit_photo") == 1
    desk = world.signed_in("dispatcher")
    assert desk.get(f"/api/photos/{photo}").status_code == 404
    assert desk.get(f"/api/incidents/{incident}/visits").json()[0]["photos"] == []


def test_a_relative_sees_values_only_while_the_resident_agrees(world: World) -> None:
    world.vitals("bed-1", heart_rate=72, spo2=91, in_bed=True)
    family = world.signed_in("family")
    assert set(reads(family).values()) == {200}
    assert family.get("/api/beds").json()[0]["heart_rate"] == 72
    assert family.get("/api/family").json()[0]["shares_vitals"] is True

    withdraw(world, "family_vitals", "f-1")
    assert set(reads(family).values()) == {403}
    refused = family.get(f"{VITALS}/latest").json()["error"]
    assert refused["code"] == "vitals_not_shared"
    assert "老人尚未同意" in refused["message"]
    (board,) = family.get("/api/beds").json()
    assert {board[name] for name in ("heart_rate", "respiratory_rate", "spo2", "in_bed")} == {None}
    one = family.get(VITALS).json()
    assert (one["vitals"], one["whereabouts"], one["bed"]["heart_rate"]) == ([], None, None)
    (told,) = family.get("/api/family").json()
    assert told["shares_vitals"] is False
    assert told["sentence"], "they are still told how the resident is"


def test_the_centre_and_who_is_on_the_way_need_no_consent_of_relatives(world: World) -> None:
    world.vitals("bed-1", heart_rate=72)
    withdraw(world, "family_vitals", "f-1")
    client, _assignment, _incident = going(world)
    assert client.get(VITALS).json()["bed"]["heart_rate"] == 72
    assert world.signed_in("dispatcher").get(VITALS).json()["vitals"][0]["value"] == 72


def test_consent_about_one_relative_is_none_about_another(world: World) -> None:
    world.vitals("bed-1", heart_rate=72)
    world.scene.relative("f-2", "bed-1")
    world.scene.account("family2", "family", family_member="f-2")
    world.scene.run("update account set password_hash = (select password_hash from account where login = 'family') "
                    "where login = 'family2'")  # fmt: skip
    assert set(reads(world.signed_in("family2")).values()) == {403}
    assert set(reads(world.signed_in("family")).values()) == {200}
