"""What is held of a person, taken out: whole, of nobody else, in bounded memory, on record, and not too often."""

import base64
import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Callable

import httpx
import psycopg
import pytest

from carecircle.persons.conditions import OWN_ADDRESS
from carecircle.persons.vocabulary import Person, Show
from carecircle_alerts.register.person_exports import OTHERS_A_DAY, OWN_A_DAY
from tests.console_world import World
from tests.planted_people import KINDS, Household, Planted, household, plant
from tests.servers import Database

WHY = {"reason": "本人书面申请"}
LOGINS = {Person.RELATIVE: "family", Person.RESPONDER: "responder"}


def ask(client: httpx.Client, kind: Person, person: str) -> int:
    answer = client.post(f"/api/persons/{kind.value}/{person}/exports", json=WHY)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def ask_for_own(client: httpx.Client) -> int:
    answer = client.post("/api/my/exports")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def fetch(client: httpx.Client, ticket: int, language: str = "zh-CN") -> dict[str, bytes]:
    answer = client.get(f"/api/person-exports/{ticket}/archive.zip", params={"language": language}, timeout=60)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def households(world: World, database: Database) -> tuple[Household, Household]:
    with psycopg.connect(database.admin_url) as connection:
        return (
            household(connection, "near", "bed-1", "f-1", "r-1"),
            household(connection, "far", "far-bed", "far-f", "far-r"),
        )


def must_have(planted: list[Planted], kind: Person, whose: Household) -> list[Planted]:
    """What this person's export must hold of what was planted in rows of theirs."""
    return [
        one
        for one in planted
        if (one.kind, one.owner) == (kind, whose.name)
        and one.is_shown_to(kind)
        and (one.column.shown_as in {None, OWN_ADDRESS} or one.column.show is Show.MASKED)
    ]


def check(files: dict[str, bytes], planted: list[Planted], kind: Person, whose: Household) -> None:
    """Everything that is theirs is there, and nothing else of what was planted anywhere."""
    everything = b"\n".join(files.values())
    needed = must_have(planted, kind, whose)
    missing = [
        one.text
        for one in needed
        if one.text.encode() not in everything and base64.b64encode(one.text.encode()) not in everything
    ]
    assert not missing
    for one in planted:
        may = one.owner == whose.name and one.is_shown_to(kind)
        is_there = one.text.encode() in everything or base64.b64encode(one.text.encode()) in everything
        assert may or not is_there, f"{one.text} in the export of {kind} of {whose.name}"
    found = set(re.findall(rb"mark:[^:]*:", everything))
    assert len(found) >= len({one.text for one in needed}) - 1, "markers are looked for as they are written"


def test_each_has_all_of_their_own_and_nothing_of_anybody_else(
    world: World, database: Database, households: tuple[Household, Household]
) -> None:
    centre = {"near": world.signed_in("administrator"), "far": world.signed_in("far-administrator")}
    own = {(whose.name, kind): world.signed_in(whose.login_of(kind)) for whose in households for kind in KINDS[1:]}
    planted = plant(database, households)
    for whose in households:
        for kind in KINDS:
            assert len(must_have(planted, kind, whose)) > 20
            files = fetch(centre[whose.name], ask(centre[whose.name], kind, whose.id_of(kind)))
            check(files, planted, kind, whose)
            if kind in LOGINS:
                client = own[whose.name, kind]
                check(fetch(client, ask_for_own(client)), planted, kind, whose)


def test_another_area_is_not_there_and_other_roles_may_not(
    world: World, households: tuple[Household, Household]
) -> None:
    near, far = households
    centre = world.signed_in("administrator")
    for kind in KINDS:
        path = f"/api/persons/{kind.value}/{far.id_of(kind)}/exports"
        assert centre.post(path, json=WHY).status_code == 404
        assert centre.get(path).status_code == 404
        for role in ("dispatcher", "supervisor", "auditor", "responder", "family"):
            other = world.signed_in(role)
            assert other.post(path.replace(far.id_of(kind), near.id_of(kind)), json=WHY).status_code == 403
            assert other.get(path.replace(far.id_of(kind), near.id_of(kind))).status_code == 403
    for role in ("dispatcher", "supervisor", "administrator", "auditor"):
        assert world.signed_in(role).post("/api/my/exports").status_code == 403
    nobody = world.client()
    assert nobody.post("/api/my/exports").status_code == 401
    assert nobody.get("/api/person-exports/1").status_code == 401


def test_a_change_needs_the_mark_of_our_own_pages(world: World) -> None:
    family = world.signed_in("family")
    assert family.post("/api/my/exports", headers={"X-CareCircle": ""}).status_code == 400


def test_a_reason_is_needed(world: World) -> None:
    centre = world.signed_in("administrator")
    for reason in ("", "  ", " x"):
        assert centre.post("/api/persons/resident/resident-bed-1/exports", json={"reason": reason}).status_code == 422


def test_a_ticket_is_its_askers_alone_and_ends(world: World) -> None:
    centre = world.signed_in("administrator")
    ticket = ask(centre, Person.RESIDENT, "resident-bed-1")
    for login in ("far-administrator", "family", "supervisor"):
        other = world.signed_in(login)
        assert other.get(f"/api/person-exports/{ticket}/archive.zip").status_code == 404
        assert other.get(f"/api/person-exports/{ticket}").status_code == 404
    fetch(centre, ticket)
    fetch(centre, ticket)  # a download that broke off may be begun again
    world.scene.run("update register_change set at = at - interval '31 minutes' where id = %s", ticket)
    assert centre.get(f"/api/person-exports/{ticket}/archive.zip").status_code == 404


def test_who_has_lost_the_area_meanwhile_gets_nothing(world: World) -> None:
    centre = world.signed_in("administrator")
    ticket = ask(centre, Person.RESIDENT, "resident-bed-1")
    world.scene.run("update account set area_code = '630104' where login = 'administrator'")
    assert centre.get(f"/api/person-exports/{ticket}/archive.zip").status_code == 404


def test_it_is_on_record_before_and_after_and_as_a_read_of_health_data(world: World) -> None:
    centre = world.signed_in("administrator")
    fetch(centre, ask(centre, Person.RESIDENT, "resident-bed-1"))
    log = world.signed_in("auditor").get("/api/audit", params={"kind": "register"}).json()["entries"]
    assert [(entry["change"], entry["object_kind"], entry["object_id"]) for entry in log] == [
        ("data_handed_out", "export", "resident-bed-1"),
        ("data_asked_for", "export", "resident-bed-1"),
    ]
    assert log[1]["reason"] == WHY["reason"]
    assert log[1]["by_name"] == "账号administrator"
    assert log[0]["detail"]["rows"] > 0
    assert ("administrator", "resident-bed-1", "export") in world.accesses()
    past = centre.get("/api/persons/resident/resident-bed-1/exports").json()
    assert [(one["by_name"], one["reason"], one["is_own"]) for one in past["past"]] == [
        ("账号administrator", WHY["reason"], False)
    ]
    assert past["left_today"] == OTHERS_A_DAY - 1


def test_own_exports_are_few_a_day_and_the_same_again_counts_once(world: World) -> None:
    family = world.signed_in("family")
    first = ask_for_own(family)
    assert ask_for_own(family) == first
    assert family.get("/api/my/exports").json()["left_today"] == OWN_A_DAY - 1
    for _ in range(OWN_A_DAY - 1):
        world.scene.run("update register_change set at = at - interval '31 minutes' where kind = 'export'")
        ask_for_own(family)
    world.scene.run("update register_change set at = at - interval '31 minutes' where kind = 'export'")
    refused = family.post("/api/my/exports")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "export_too_often"
    assert refused.json()["error"]["facts"]["most"] == str(OWN_A_DAY)
    world.scene.run("update register_change set at = at - interval '24 hours' where kind = 'export'")
    ask_for_own(family)


def test_text_of_others_is_covered_and_formulas_are_text(world: World) -> None:
    incident = world.incident("bed-1")
    world.offer(incident, "r-1")
    world.scene.run("update responder set name = '王阿姨', phone = '13900001111' where id = 'r-1'")
    world.scene.run(
        "update resident set name = '张大爷', phone = '13700002222', hazards = '=1+1' where id = 'resident-bed-1'"
    )
    world.scene.run(
        "update incident_event set reason = '张大爷 13700002222 说，王阿姨 139-0000-1111 到了，2026-11-27 复查' "
        "where incident_id = %s", incident,
    )  # fmt: skip
    centre = world.signed_in("administrator")
    files = fetch(centre, ask(centre, Person.RESIDENT, "resident-bed-1"))
    (events,) = [content.decode() for name, content in files.items() if name.endswith("incident_event.csv")]
    assert "张大爷 13700002222 说，〔他人〕 〔号码〕 到了，2026-11-27 复查" in events
    everything = b"".join(files.values()).decode()
    assert "王阿姨" not in everything
    assert "1111" not in everything
    (table,) = [content for name, content in files.items() if name.endswith("resident.csv")]
    assert table.startswith(b"\xef\xbb\xbf")
    assert ",'=1+1," in table.decode()
    (lines,) = [content for name, content in files.items() if name.endswith("resident.jsonl")]
    assert json.loads(lines)["hazards"] == "=1+1"


def test_keys_of_push_services_stay_here(world: World) -> None:
    world.scene.contact("responder", "r-1", "web_push", '{"endpoint":"https://push.test/secret","keys":{"auth":"k3y"}}')
    world.scene.contact("responder", "r-1", "dingtalk", "https://robot.test/send?access_token=s3cret")
    world.scene.contact("responder", "r-1", "sms", "13900001111")
    client = world.signed_in("responder")
    everything = b"".join(fetch(client, ask_for_own(client)).values()).decode()
    assert "13900001111" in everything
    assert "web_push" in everything
    assert not re.search("k3y|s3cret|push.test|argon2", everything)


def test_the_list_of_files_is_what_is_there(world: World) -> None:
    centre = world.signed_in("administrator")
    files = fetch(centre, ask(centre, Person.RESIDENT, "resident-bed-1"))
    listed = json.loads(files["清单.json"])["files"]
    assert {one["file"]: one["bytes"] for one in listed} == {
        name: len(content) for name, content in files.items() if name != "清单.json"
    }
    assert "个人信息副本" in files["说明.txt"].decode()
    for number, label in ((1, "老人档案"), (2, "床位")):
        assert any(name.startswith(f"{number:02}-{label}") for name in files)


def test_a_bed_in_another_area_is_left_out_and_that_is_said(world: World) -> None:
    world.scene.run("update bed set resident_id = 'resident-bed-1' where id = 'far-bed'")
    centre = world.signed_in("administrator")
    files = fetch(centre, ask(centre, Person.RESIDENT, "resident-bed-1"))
    assert "另有 1 张床位" in files["说明.txt"].decode()
    assert b"far-bed" not in b"".join(files.values())


BIG = 50_000
_VITALS = (
    "insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate, in_bed) "
    "select now() - n * interval '1 minute', now(), 'bed-1', 'mat', 1, n, 60 + n %% 40, true "
    "from generate_series(1, %s) n"
)


def transactions(world: World) -> int:
    """How many the console has open: each export is one."""
    ((count,),) = world.scene.rows(
        "select count(*) from pg_stat_activity where usename = 'carecircle_console' and xact_start is not null"
        " and datname = current_database()"
    )
    return int(str(count))


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def test_a_long_history_comes_bit_by_bit_and_whole(world: World) -> None:
    world.scene.run(_VITALS, BIG)
    centre = world.signed_in("administrator")
    ticket = ask(centre, Person.RESIDENT, "resident-bed-1")
    assert centre.get(f"/api/person-exports/{ticket}").json()["state"] == "waiting"
    largest, parts, content = 0, 0, io.BytesIO()
    with centre.stream("GET", f"/api/person-exports/{ticket}/archive.zip", timeout=60) as answer:
        for part in answer.iter_raw():
            largest, parts = max(largest, len(part)), parts + 1
            content.write(part)
    assert largest < content.tell() / 4, "it was not put together before it was sent"
    assert parts > 10
    with zipfile.ZipFile(content) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("-vitals.csv")]
        assert archive.read(name).count(b"\r\n") == BIG + 1
    progress = centre.get(f"/api/person-exports/{ticket}").json()
    assert progress["state"] == "done"
    assert progress["rows"] >= BIG


def test_who_goes_away_half_way_leaves_no_transaction_open(world: World) -> None:
    world.scene.run(_VITALS, BIG)
    centre = world.signed_in("administrator")
    ticket = ask(centre, Person.RESIDENT, "resident-bed-1")
    for _ in range(3):
        with centre.stream("GET", f"/api/person-exports/{ticket}/archive.zip", timeout=60) as answer:
            next(answer.iter_raw())
        assert within(10, lambda: transactions(world) == 0)
    assert within(5, lambda: centre.get(f"/api/person-exports/{ticket}").json()["state"] == "broken")
    log = world.scene.rows("select change from register_change where kind = 'export'")
    assert log == [("data_asked_for",)], "what did not go out whole is not said to have"
    assert len(fetch(centre, ticket)) > 10, "the place among those that go out is free again"


def test_a_relative_of_no_resident_has_their_data_and_the_log_says_why_it_names_no_area(world: World) -> None:
    world.scene.run("delete from kinship where family_member_id = 'f-1'")
    relative = world.signed_in("family")
    ticket = relative.post("/api/my/exports").json()["id"]
    assert relative.get(f"/api/person-exports/{ticket}/archive.zip").status_code == 200
    log = world.scene.rows(
        "select area_code, detail ->> 'without_area' from register_change where kind = 'export' order by id"
    )
    assert log == [("", "relative_of_no_resident")] * 2
    world.signed_in("responder").post("/api/my/exports")
    others = "select detail ? 'without_area' from register_change where kind = 'export' order by id desc limit 1"
    assert world.scene.rows(others) == [(False,)]


@pytest.mark.parametrize(
    ("language", "kind", "state", "skills", "yes"),
    [
        ("zh-CN", "一键呼叫", "已拒绝", "急救、护理", "是"),
        ("en", "Call for help", "Declined", "first aid, nursing", "yes"),
        ("bo", "རོགས་འབོད།", "ཁས་མ་བླངས", "ཛ་དྲག་སྐྱོབ་གསོ། ནད་གཡོག", "ཡིན"),
    ],
)
def test_codes_have_words_beside_them_in_the_language_of_the_page(
    world: World, language: str, kind: str, state: str, skills: str, yes: str
) -> None:
    incident = world.incident("bed-1")
    world.offer(incident, "r-1", state="DECLINED")
    world.scene.run("update responder set skills = array['first_aid', 'nursing'] where id = 'r-1'")
    centre = world.signed_in("administrator")

    def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
        (content,) = [content for file, content in files.items() if file.endswith(f"-{name}.csv")]
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    resident = fetch(centre, ask(centre, Person.RESIDENT, "resident-bed-1"), language)
    (row,) = table(resident, "incident")
    assert (row["类别"], row["类别代码 kind"]) == (kind, "sos")
    (lines,) = [content for file, content in resident.items() if file.endswith("-incident.jsonl")]
    assert json.loads(lines)["kind"] == "sos", "programs read what is stored"
    responder = fetch(centre, ask(centre, Person.RESPONDER, "r-1"), language)
    (offered,) = table(responder, "offer")
    assert (offered["状态"], offered["状态代码 state"]) == (state, "DECLINED")
    (person,) = table(responder, "responder")
    assert (person["技能"], person["技能代码 skills"]) == (skills, '["first_aid", "nursing"]')
    assert person["在岗 on_duty"] == yes


def test_a_code_without_a_word_is_shown_as_it_is_and_an_unknown_language_refused(world: World) -> None:
    world.scene.run(
        "insert into device_event (measured_at, received_at, bed, device, boot, seq, event, detail) "
        "values (now(), now(), 'bed-1', 'mat', 1, 1, 'danced', '{}')"
    )
    centre = world.signed_in("administrator")
    ticket = ask(centre, Person.RESIDENT, "resident-bed-1")
    files = fetch(centre, ticket)
    (events,) = [content.decode() for name, content in files.items() if name.endswith("-device_event.csv")]
    assert ",danced,danced," in events
    assert centre.get(f"/api/person-exports/{ticket}/archive.zip", params={"language": "fr"}).status_code == 422
