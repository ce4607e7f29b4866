"""The register over HTTP: beds, relatives, devices, providers and areas, kept within an area and never deleted."""

import json
import threading

import httpx
import pytest

from tests.console_world import FAR_COUNTY, World
from tests.scene import COUNTY, LAT, LON, TOWNSHIP, VILLAGE

WHY = {"reason": "家访登记"}
HOMES = "/api/register/homes"
PROVIDERS = "/api/register/providers"
DAUGHTER = {"name": "王小梅", "relation": "女儿", "phone": "139 1234 5678"}


def body(**more: object) -> dict[str, object]:
    return {
        "bed_id": "new-bed", "division_code": VILLAGE, "address": "花园路8号", "circle": "urban", "terrain": "city",
        "altitude_m": 2260, "resident_name": "王桂兰", "birth_year": 1938, "phone": "+86 0971-8123456", "lat": LAT,
        "lon": LON, "key_safe": "门左侧密码盒4417", "hazards": "有狗", "frailty": "disabled", "relatives": [], **WHY,
    } | more  # fmt: skip


def put(client: httpx.Client, home: dict[str, object], **more: object) -> httpx.Response:
    """Send a home back as a form does, with what was changed."""
    form = {name: value for name, value in (home | WHY | more).items() if name not in READ_ONLY}
    if "relatives" not in more:
        form["relatives"] = None
    return client.put(f"{HOMES}/{home['bed_id']}", json=form)


READ_ONLY = {"bed_id", "resident_id", "created_at", "ended_at", "erased_at"}


def form_of(relative: dict[str, object], **more: object) -> dict[str, object]:
    kept = {name: relative[name] for name in ("id", "name", "relation", "phone")}
    ways = [{name: way[name] for name in ("id", "channel", "address")} for way in relative["ways"]]  # type: ignore[attr-defined]
    return kept | {"ways": ways} | more


def log(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows("select kind, change, by_name, reason, detail from register_change order by id")


def test_a_bed_is_taken_in_with_its_resident_and_relatives(world: World) -> None:
    client = world.signed_in("administrator")
    ways = [{"channel": "sms", "address": "139 1234 5678"}, {"channel": "email", "address": "xm@example.test"}]
    answer = client.post(HOMES, json=body(relatives=[DAUGHTER | {"ways": ways}]))
    assert answer.status_code == 201, answer.text
    home = answer.json()
    assert (home["phone"], home["version"], home["ended_at"]) == ("09718123456", 1, None)
    (daughter,) = home["relatives"]
    assert daughter["consented_at"] is None, "whether she is told is the resident's to say"
    assert [(way["channel"], way["address"]) for way in daughter["ways"]] == [
        ("sms", "13912345678"), ("email", "xm@example.test"),
    ]  # fmt: skip
    assert client.get(f"{HOMES}/new-bed").json() == home
    assert "new-bed" in {one["id"] for one in world.signed_in("dispatcher").get("/api/beds").json()}
    assert ("administrator", home["resident_id"], "bed") in world.accesses()
    written = json.dumps(log(world), default=str, ensure_ascii=False)
    assert "created" in written
    for secret in ("王", "4417", "花园路", "1391234", "有狗"):
        assert secret not in written, "the log outlives what it is about"
    nameless = client.post(HOMES, json=body(bed_id="")).json()
    assert nameless["bed_id"].startswith("bed-")
    taken = client.post(HOMES, json=body()).json()["error"]
    assert (taken["code"], taken["facts"]) == ("bed_taken", {"field": "bed_id"})


def test_the_desk_calls_relatives_in_the_order_that_the_register_gives(world: World) -> None:
    client, desk = world.signed_in("administrator"), world.signed_in("dispatcher")
    named = [("王大山", "邻居"), ("王小梅", "女儿"), ("王建国", "儿子")]
    relatives = [{"name": name, "relation": relation, "phone": "13912345678"} for name, relation in named]
    home = client.post(HOMES, json=body(relatives=relatives)).json()
    world.scene.run("update kinship set consented_at = now() where resident_id = %s", home["resident_id"])

    def called() -> list[str]:
        return [one["name"] for one in desk.get("/api/beds/new-bed").json()["contacts"]]

    assert called() == ["王大山", "王小梅", "王建国"]
    turned = [form_of(one) for one in reversed(home["relatives"])]
    assert put(client, home, relatives=turned).status_code == 200
    assert called() == ["王建国", "王小梅", "王大山"]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"phone": "12345678901"}, "phone", "phone_malformed"),
        ({"lat": LON, "lon": LAT}, "lat", "position_swapped"),
        ({"lat": 10.0}, "lat", "position_outside"),
        ({"lat": None}, "lat", "position_half"),
        ({"lat": 31.23, "lon": 121.47}, "lat", "position_far"),
        ({"altitude_m": 9000}, "altitude_m", "altitude_outside"),
        ({"division_code": COUNTY + "999"}, "division_code", "area_unknown"),
        ({"division_code": "63"}, "division_code", "division_code_malformed"),
        ({"division_code": FAR_COUNTY}, "division_code", "division_foreign"),
        ({"birth_year": 1700}, "birth_year", "birth_year_outside"),
        ({"resident_name": " "}, "resident_name", "needed"),
        ({"provider_id": "nobody"}, "provider_id", "provider_unknown"),
        ({"relatives": [DAUGHTER | {"phone": "1"}]}, "relatives.0.phone", "phone_malformed"),
        ({"relatives": [DAUGHTER, DAUGHTER]}, "relatives", "relative_twice"),
        ({"bed_id": "far-bed"}, "bed_id", "bed_taken"),
    ],
)
def test_what_cannot_be_right_is_refused_in_chinese(
    world: World, wrong: dict[str, object], field: str, code: str
) -> None:
    answer = world.signed_in("administrator").post(HOMES, json=body(**wrong))
    error = answer.json()["error"]
    assert (answer.status_code, error["facts"]["field"], error["code"]) == (422, field, code)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error["message"])
    assert world.scene.value("select count(*) from bed") == 3
    assert log(world) == []


def test_everything_that_is_wrong_with_a_form_is_said_at_once_field_by_field(world: World) -> None:
    client = world.signed_in("administrator")
    wrong = body(phone="12", birth_year=1700, relatives=[DAUGHTER | {"phone": "1"}])
    error = client.post(HOMES, json=wrong).json()["error"]
    assert [(one["field"], one["code"]) for one in error["faults"]] == [
        ("phone", "phone_malformed"),
        ("birth_year", "birth_year_outside"),
        ("relatives.0.phone", "phone_malformed"),
    ]
    assert (error["code"], error["facts"]["field"]) == ("phone_malformed", "phone")
    assert set(error["faults"][1]["facts"]) == {"low", "high"}


def test_what_is_no_form_at_all_is_told_by_fields_too(world: World) -> None:
    client = world.signed_in("administrator")
    wrong = body(altitude_m="high", resident_name="x" * 5000, relatives=[{"name": "王"}])
    error = client.post(HOMES, json=wrong).json()["error"]
    assert error["code"] == "invalid"
    told = {one["field"]: (one["code"], one["message"]) for one in error["faults"]}
    assert told["altitude_m"] == ("number_needed", "请填写数字")
    assert told["relatives.0.relation"] == ("needed", "请填写")
    assert client.post(HOMES, json=[]).json()["error"]["faults"] == []


def test_of_two_administrators_at_once_one_is_told_who_was_first(world: World) -> None:
    client = world.signed_in("administrator")
    home = client.get(f"{HOMES}/bed-1").json()
    answers: list[httpx.Response] = []

    def change(number: int) -> None:
        answers.append(put(client, home, address=f"新路{number}号"))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409).json()["error"]
    assert refused["code"] == "changed_meanwhile"
    assert refused["facts"]["by"] == "账号administrator"
    assert "T" in refused["facts"]["at"]
    assert [(row[1], row[4]) for row in log(world)] == [("changed", {"address": ["", ""]})]


def test_what_is_the_same_changes_nothing(world: World) -> None:
    client = world.signed_in("administrator")
    home = client.get(f"{HOMES}/bed-1").json()
    same = put(client, home, relatives=[form_of(one) for one in home["relatives"]])
    assert same.status_code == 200, same.text
    assert same.json() == home
    assert log(world) == []


def test_relatives_have_an_order_and_whoever_is_taken_off_is_told_no_more(world: World) -> None:
    world.scene.contact("family_member", "f-1", "web_push", "subscription")
    client = world.signed_in("administrator")
    home = client.get(f"{HOMES}/bed-1").json()
    by_id = {one["id"]: one for one in home["relatives"]}
    assert set(by_id) == {"f-1", "f-silent"}
    first = form_of(by_id["f-1"], phone="13800000001")
    ways = [*first["ways"], {"channel": "voice", "address": "13800000001"}]  # type: ignore[misc]
    turned = put(client, home, relatives=[form_of(by_id["f-silent"]), DAUGHTER, first | {"ways": ways[::-1]}])
    assert turned.status_code == 200, turned.text
    assert [one["name"] for one in turned.json()["relatives"]] == ["家属f-silent", "王小梅", "家属f-1"]
    assert [way["channel"] for way in turned.json()["relatives"][2]["ways"]] == ["voice", "web_push"]
    told = "select has_consent('resident', 'resident-bed-1', 'family_told', 'f-1')"
    assert world.scene.value(told) is True
    left = put(client, turned.json(), relatives=[form_of(turned.json()["relatives"][1])])
    assert [one["name"] for one in left.json()["relatives"]] == ["王小梅"]
    assert world.scene.value(told) is False
    assert world.signed_in("family").get("/api/family").json() == []


def test_a_service_ends_without_anything_being_deleted_and_not_while_somebody_needs_help(world: World) -> None:
    client = world.signed_in("administrator")
    incident = world.incident("bed-1")
    refused = client.post(f"{HOMES}/bed-1/end", json={"version": 1, **WHY})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "incident_open")
    world.scene.run(
        "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other' "
        "where id = %s",
        incident,
    )
    assert client.post("/api/beds/bed-1/pairing-code").status_code == 200
    ended = client.post(f"{HOMES}/bed-1/end", json={"version": 1, **WHY})
    assert ended.status_code == 200, ended.text
    assert ended.json()["ended_at"] is not None
    box = client.get(f"{HOMES}/bed-1/devices").json()
    assert (box["code_expires_at"], box["revoked_at"] is not None) == (None, True), "its box is let in no more"
    assert client.post("/api/beds/bed-1/pairing-code").status_code == 409
    assert "bed-1" not in {one["id"] for one in world.signed_in("dispatcher").get("/api/beds").json()}
    assert world.signed_in("dispatcher").get("/api/beds/bed-1").status_code == 200, "its past can be looked up"
    assert [one["bed_id"] for one in client.get(HOMES).json()["homes"]] == ["bed-2"]
    assert [one["bed_id"] for one in client.get(HOMES, params={"state": "ended"}).json()["homes"]] == ["bed-1"]
    assert world.scene.value("select count(*) from incident where bed_id = 'bed-1'") == 1
    assert put(client, ended.json()).status_code == 409
    resumed = client.post(f"{HOMES}/bed-1/resume", json={"version": ended.json()["version"], **WHY})
    assert resumed.json()["ended_at"] is None
    assert [row[1] for row in log(world)] == ["ended", "resumed"]


def test_another_county_does_not_exist(world: World) -> None:
    world.scene.provider("far-station")
    world.scene.run("update provider set area_code = %s where id = 'far-station'", FAR_COUNTY)
    client, step = world.signed_in("administrator"), {"version": 1, **WHY}
    own = client.get(f"{HOMES}/bed-1").json()
    for foreign in ("far-bed", "no-bed"):
        assert put(client, own | {"bed_id": foreign}).status_code == 404
        asked = [client.get(f"{HOMES}/{foreign}{what}") for what in ("", "/devices")]
        asked += [client.post(f"{HOMES}/{foreign}/{what}", json=step) for what in ("end", "resume")]
        assert [answer.status_code for answer in asked] == [404] * 4
    provider = {"name": "站", "kind": "station", "area_code": TOWNSHIP, "lat": LAT, "lon": LON} | step
    for foreign in ("far-station", "no-station"):
        asked = [client.get(f"{PROVIDERS}/{foreign}"), client.put(f"{PROVIDERS}/{foreign}", json=provider)]
        asked += [client.post(f"{PROVIDERS}/{foreign}/{what}", json=step) for what in ("end", "resume")]
        assert [answer.status_code for answer in asked] == [404] * 4
    assert put(client, own, provider_id="far-station").json()["error"]["code"] == "provider_unknown"
    assert client.get(HOMES, params={"area": FAR_COUNTY}).status_code == 403
    assert client.get("/api/register/areas", params={"parent": FAR_COUNTY}).status_code == 404
    assert client.get(HOMES, params={"search": "远处"}).json()["homes"] == []
    for role in ("dispatcher", "supervisor", "auditor", "responder", "family"):
        refused = world.signed_in(role)
        assert refused.post(HOMES, json=body()).status_code == 403
        assert refused.put(f"{PROVIDERS}/station-1", json=provider).status_code == 403
        assert refused.get(f"{HOMES}/bed-1").status_code == 403
    assert world.client().post(HOMES, json=body()).status_code == 401
    assert log(world) == []


def test_a_bed_is_found_by_any_part_and_a_list_is_read_page_by_page(world: World) -> None:
    client = world.signed_in("administrator")
    for number in range(7):
        made = body(bed_id=f"page-{number}", resident_name=f"第{number}位", phone=f"1380000000{number}")
        assert client.post(HOMES, json=made).status_code == 201
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = client.get(HOMES, params={"limit": 4, "after": after}).json()
        seen += [one["bed_id"] for one in page["homes"]]
        after = page["next"]
    assert seen == ["bed-1", "bed-2", *(f"page-{number}" for number in range(7))]
    for text, found in (
        ("3位", ["page-3"]), ("PAGE-5", ["page-5"]), ("00000002", ["page-2"]), ("花园 路8", seen[2:]), ("位", seen[2:]),
        ("%", []), ("没有这个人", []),
    ):  # fmt: skip
        homes = client.get(HOMES, params={"search": text}).json()["homes"]
        assert [one["bed_id"] for one in homes] == found, text
    assert client.get(HOMES, params={"after": "bm90aGluZw"}).status_code == 400


def test_devices_show_their_last_sign_of_life(world: World) -> None:
    world.vitals("bed-1", age_s=30, heart_rate=70)
    box = world.signed_in("administrator").get(f"{HOMES}/bed-1/devices").json()
    (mat,) = box["devices"]
    assert (mat["id"], mat["label"], mat["online"], mat["battery"]) == ("mat", "床垫", True, 80)
    assert mat["last_seen_at"] is not None


def test_a_provider_is_kept_and_ends_when_nobody_needs_it(world: World) -> None:
    client = world.signed_in("administrator")
    form = {"name": "城东站", "kind": "station", "area_code": TOWNSHIP, "lat": LAT, "lon": LON, "skills": ["nursing"]}
    made = client.post(PROVIDERS, json=form | WHY)
    assert made.status_code == 201, made.text
    name = made.json()["provider_id"]
    assert (
        client.post(PROVIDERS, json=form | WHY | {"lat": LON, "lon": LAT}).json()["error"]["code"] == "position_swapped"
    )
    assert client.post(PROVIDERS, json=form | WHY | {"provider_id": name}).json()["error"]["code"] == "provider_taken"
    changed = client.put(f"{PROVIDERS}/{name}", json=form | WHY | {"phone": "0971-8123456", "version": 1})
    assert (changed.json()["phone"], changed.json()["version"]) == ("09718123456", 2)
    late = client.put(f"{PROVIDERS}/{name}", json=form | WHY | {"version": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "changed_meanwhile")
    home = client.get(f"{HOMES}/bed-1").json()
    given = put(client, home, provider_id=name)
    assert given.json()["provider_id"] == name
    refused = client.post(f"{PROVIDERS}/{name}/end", json={"version": 2, **WHY})
    assert (refused.status_code, refused.json()["error"]["facts"]) == (409, {"beds": "1", "people": "0"})
    assert put(client, given.json(), provider_id=None).status_code == 200
    ended = client.post(f"{PROVIDERS}/{name}/end", json={"version": 2, **WHY})
    assert ended.json()["ended_at"] is not None
    assert name not in {one["provider_id"] for one in client.get(PROVIDERS).json()["providers"]}
    assert name not in {one["id"] for one in client.get("/api/providers").json()}
    changes = [row[1] for row in log(world) if row[0] == "provider"]
    assert changes == ["created", "changed", "ended"]


def test_areas_are_a_tree_with_their_beds(world: World) -> None:
    world.scene.run("update account set area_code = '63' where login = 'administrator'")
    client = world.signed_in("administrator")

    def below(code: str | None) -> list[tuple[str, int, bool]]:
        areas = client.get("/api/register/areas", params={"parent": code} if code else {}).json()["areas"]
        return [(one["code"], one["beds"], one["has_more"]) for one in areas]

    assert below(None) == [("6301", 3, True)]
    assert below("6301") == [(COUNTY, 2, True), (FAR_COUNTY, 1, True)]
    assert below(COUNTY) == [(TOWNSHIP, 2, True)]
    assert below(TOWNSHIP) == [(VILLAGE, 2, False)]
    assert below(VILLAGE) == []
    path = client.get("/api/register/areas", params={"parent": TOWNSHIP}).json()["path"]
    assert [one["level"] for one in path] == [1, 2, 3, 4]
