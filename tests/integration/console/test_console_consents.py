"""The consent ledger over HTTP: every word kept, the newest counts, and what follows from it happens at once."""

import pytest

from tests.console_world import World

TOLD = {"subject_kind": "resident", "subject_id": "resident-bed-1", "purpose": "family_told", "how": "paper"}
LEDGER = {"subject_kind": "resident", "subject_id": "resident-bed-1"}


def entries(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows(
        "select purpose, about, given, how, by_name from consent_entry where how <> 'register' order by id"
    )


def test_who_may_be_told_follows_the_ledger_at_once(world: World) -> None:
    decides, relative = world.signed_in("supervisor"), world.signed_in("family-silent")
    assert relative.get("/api/beds").json() == []
    given = decides.post("/api/consents", json={**TOLD, "about": "f-silent", "given": True})
    assert given.status_code == 200, given.text
    assert given.json()[0]["text_version"] == 1
    assert [one["id"] for one in relative.get("/api/beds").json()] == ["bed-1"]
    decides.post("/api/consents", json={**TOLD, "about": "f-silent", "given": True})
    ledger = decides.post("/api/consents", json={**TOLD, "about": "f-silent", "given": False, "note": "电话"}).json()
    assert relative.get("/api/beds").json() == []
    mine = [(one["given"], one["is_current"]) for one in ledger if one["about"] == "f-silent"]
    assert mine == [(False, True), (True, False)], "saying the same twice is one entry; nothing is overwritten"


def test_what_the_register_brought_along_stands_in_the_ledger(world: World) -> None:
    ledger = world.signed_in("auditor").get("/api/consents", params=LEDGER).json()
    (entry,) = [one for one in ledger if one["purpose"] == "family_told"]
    assert (entry["about"], entry["how"], entry["given"]) == ("f-1", "register", True)


def test_a_responder_who_withdraws_is_not_asked_and_it_is_written_down(world: World) -> None:
    me = world.signed_in("responder")
    said = {"purpose": "dispatch_location", "given": False}
    assert me.post("/api/my/consents", json=said).json()[0]["given"] is False
    assert world.scene.value("select consented_at from responder where id = 'r-1'") is None
    assert me.post("/api/my/consents", json={**said, "given": True, "text_version": 1}).status_code == 200
    assert world.scene.value("select consented_at is not null from responder where id = 'r-1'") is True
    assert me.post("/api/my/consent/withdraw").status_code == 200, "the older way writes the same ledger"
    assert [row[2:4] for row in entries(world)] == [
        (False, "own_device"), (True, "own_device"), (False, "own_device")
    ]  # fmt: skip


def test_nobody_agrees_for_a_resident_on_a_phone(world: World) -> None:
    relative = world.signed_in("family")
    for purpose in ("family_told", "family_vitals", "health_monitoring", "dispatch_location"):
        answer = relative.post("/api/my/consents", json={"purpose": purpose, "given": True})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "purpose_of_others")
    own = relative.post("/api/my/consents", json={"purpose": "messages", "given": True}).json()
    assert [(one["purpose"], one["subject_kind"]) for one in own] == [
        ("messages", "family_member"), ("family_vitals", "resident"), ("family_told", "resident")
    ]  # fmt: skip
    assert world.signed_in("dispatcher").get("/api/my/consents").status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"subject_id": "resident-far-bed"}, 404),
        ({"subject_id": "nobody"}, 404),
        ({"about": "far-f"}, 404),
        ({"about": ""}, 422),
        ({"purpose": "photos"}, 422),
        ({"text_version": 99}, 422),
        ({"since": "2199-01-01T00:00:00Z"}, 422),
    ],
)
def test_what_cannot_be_is_refused(world: World, change: dict[str, object], status: int) -> None:
    body = {**TOLD, "about": "f-silent", "given": True} | change
    assert world.signed_in("administrator").post("/api/consents", json=body).status_code == status
    assert entries(world) == []


def test_the_ledger_of_another_county_does_not_exist(world: World) -> None:
    for login in ("far-supervisor", "far-auditor"):
        assert world.signed_in(login).get("/api/consents", params=LEDGER).status_code == 404
    for role in ("dispatcher", "auditor", "responder", "family"):
        answer = world.signed_in(role).post("/api/consents", json={**TOLD, "about": "f-silent", "given": True})
        assert answer.status_code == 403


def test_new_words_are_another_version_and_the_old_ones_stay(world: World) -> None:
    words = {"zh_cn": "新的文本", "bo": "ཡི་གེ་གསར་པ།"}
    county = world.signed_in("administrator")
    assert county.post("/api/consent-texts/photos", json=words).status_code == 403, "they count everywhere"
    world.scene.account("root", "administrator", area="63")
    world.scene.run("update account set password_hash = (select password_hash from account where login = 'dispatcher')")
    assert world.signed_in("root").post("/api/consent-texts/photos", json=words).json() == {"version": 2}
    now = county.get("/api/consent-texts", params={"purpose": "photos"}).json()
    assert {(one["language"], one["version"]) for one in now} == {("zh-CN", 2), ("bo", 2)}
    assert county.get("/api/consent-texts/photos/1").json()[0]["wording"].startswith("我同意")
    assert county.get("/api/consent-texts/photos/3").status_code == 404
