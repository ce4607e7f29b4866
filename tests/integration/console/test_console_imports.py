"""Files of responders: a report, all rows or none, a way back, an export; within an area and on record."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.console_world import FAR_COUNTY, World
from tests.scene import COUNTY

HEADER = "编号,姓名,类别,区域代码,出行方式,电话,技能"
WHY = {"reason": "新一批志愿者"}


def sheet(*, wrong: bool = False, encoding: str = "utf-8") -> bytes:
    rows = [f"v-{n},志愿者{n},志愿者,{COUNTY},步行,1390000000{n},急救、搬扶" for n in range(2, 9)]
    if wrong:
        rows[5] = rows[5].replace("13900000007", "1.39E+10")
    return "\r\n".join((HEADER, *rows, "")).encode(encoding)


def check(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.post("/api/imports/responders", params={"dry_run": True}, content=content)


def write(client: httpx.Client, content: bytes, fingerprint: str, reason: str = WHY["reason"]) -> httpx.Response:
    asked = {"dry_run": "false", "fingerprint": fingerprint, "reason": reason}
    return client.post("/api/imports/responders", params=asked, content=content)


def bring_in(client: httpx.Client, content: bytes) -> int:
    answer = write(client, content, check(client, content).json()["fingerprint"])
    assert answer.status_code == 200, answer.text
    return int(answer.json()["import_id"])


def people(world: World) -> list[tuple[object, ...]]:
    columns = "id, name, role, area_code, provider_id, travel_mode, phone, skills, languages"
    return world.scene.rows(f"select {columns} from responder order by id")


def log(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows("select kind, change from register_change order by id")


def test_an_error_in_line_seven_stops_the_whole_file_until_it_is_mended(world: World) -> None:
    client, before = world.signed_in("administrator"), people(world)
    report = check(client, sheet(wrong=True)).json()
    assert (report["errors"], report["creates"]) == (1, 6)
    first = report["lines"][0]
    assert (first["line"], first["object_id"], first["action"]) == (7, "v-7", "error")
    assert [(one["column"], one["code"]) for one in first["problems"]] == [("phone", "number_damaged")]
    refused = write(client, sheet(wrong=True), report["fingerprint"])
    assert refused.status_code == 409
    assert people(world) == before, "not one row is written"
    bring_in(client, sheet())
    assert [row[0] for row in people(world)] == sorted(
        [str(row[0]) for row in before] + [f"v-{n}" for n in range(2, 9)]
    )


def test_a_file_in_the_countrys_own_encoding_is_written_as_it_reads(world: World) -> None:
    bring_in(world.signed_in("administrator"), sheet(encoding="gb18030"))
    (row,) = [one for one in people(world) if one[0] == "v-3"]
    wanted = ("v-3", "志愿者3", "volunteer", COUNTY, None, "walk", "13900000003", ["first_aid", "lifting"], ["zh"])
    assert row == wanted
    assert world.scene.value("select consented_at from responder where id = 'v-3'") is None, "nobody else can agree"
    assert world.scene.value("select on_duty from responder where id = 'v-3'") is False


def test_an_import_is_taken_back_as_a_whole(world: World) -> None:
    client, before = world.signed_in("administrator"), people(world)
    change = sheet() + f"r-1,改名,邻里互助,{COUNTY},汽车,13911111111,护理".encode()
    number = bring_in(client, change)
    assert len(people(world)) == len(before) + 7
    assert world.scene.value("select name from responder where id = 'r-1'") == "改名"
    (past,) = client.get("/api/imports").json()
    assert (past["id"], past["created"], past["changed"], past["can_undo"]) == (number, 7, 1, True)
    assert client.post(f"/api/imports/{number}/undo", json=WHY).status_code == 204
    assert people(world) == before
    assert client.post(f"/api/imports/{number}/undo", json=WHY).status_code == 409
    assert client.get("/api/imports").json()[0]["can_undo"] is False
    assert log(world) == [
        *[("responder", "created")] * 7,
        ("responder", "changed"),
        ("import", "imported"),
        ("import", "undone"),
    ]
    told = world.scene.value("select detail from register_change where object_id = 'r-1'")
    assert isinstance(told, dict)
    assert told["phone"] == ["", ""], "the log says what was changed, and not to what"
    assert "改名" not in str(told)
    assert bring_in(client, change) > number, "and may be imported again"


@pytest.mark.parametrize(
    "statement",
    [
        "update responder set phone = '110' where id = 'v-2'",
        "update responder set name = '别人' where id = 'r-1'",
        "update responder set consented_at = now() where id = 'v-2'",
        "insert into contact (person_kind, person_id, channel, address, place) values ('responder','v-2','sms','1',1)",
        "delete from responder where id = 'v-2'",
    ],
)
def test_what_has_been_used_since_is_not_taken_back(world: World, statement: str) -> None:
    client = world.signed_in("administrator")
    number = bring_in(client, sheet() + f"r-1,改名,护理员,{COUNTY},步行,,".encode())
    world.scene.run(statement)
    now = people(world)
    refused = client.post(f"/api/imports/{number}/undo", json=WHY)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "import_used")
    assert people(world) == now


def test_undoing_ends_after_a_week_and_what_was_before_is_forgotten(world: World) -> None:
    client = world.signed_in("administrator")
    number = bring_in(client, sheet())
    world.scene.run("update register_import set at = at - interval '8 days'")
    assert client.post(f"/api/imports/{number}/undo", json=WHY).status_code == 409
    assert client.get("/api/imports").json()[0]["can_undo"] is False
    later = bring_in(client, f"{HEADER}\nw-1,王,志愿者,{COUNTY},步行,,".encode())
    assert world.scene.rows("select distinct import_id from register_import_row") == [(later,)]


def test_a_report_counts_while_nothing_has_changed(world: World) -> None:
    client = world.signed_in("administrator")
    content = "编号,姓名\nr-1,新名\nr-2,另名".encode()
    report = check(client, content).json()
    assert report["changes"] == 2
    world.scene.run("update responder set name = '别人改的' where id = 'r-1'")
    refused = write(client, content, report["fingerprint"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "import_outdated")
    other = "编号,姓名\nr-1,新名\nr-2,第三个名".encode()
    assert write(client, other, check(client, content).json()["fingerprint"]).status_code == 409, "another file"
    assert world.scene.value("select name from responder where id = 'r-1'") == "别人改的"
    fresh = check(client, content).json()["fingerprint"]
    assert write(client, content, fresh, reason=" ").status_code == 422
    first = write(client, content, fresh)
    assert write(client, content, fresh).json()["import_id"] == first.json()["import_id"], "sent twice counts once"
    assert world.scene.value("select count(*) from register_import") == 1
    same = check(client, content).json()
    assert same["unchanged"] == 2
    assert write(client, content, same["fingerprint"]).status_code == 409, "nothing to write is not an import"


def test_another_area_is_neither_seen_nor_written(world: World) -> None:
    client, before = world.signed_in("administrator"), people(world)
    content = f"{HEADER}\nw-1,王,志愿者,{FAR_COUNTY},步行,,\nfar-r,王,志愿者,{COUNTY},步行,,".encode()
    report = check(client, content).json()
    assert [line["problems"][0]["code"] for line in report["lines"]] == ["area_unknown", "id_unavailable"]
    assert write(client, content, report["fingerprint"]).status_code == 409
    assert people(world) == before
    far = world.signed_in("far-administrator")
    number = bring_in(client, sheet())
    assert far.get("/api/imports").json() == []
    assert far.post(f"/api/imports/{number}/undo", json=WHY).status_code == 404
    fingerprint = check(client, content).json()["fingerprint"]
    assert write(far, content, fingerprint).status_code == 409


def test_only_administrators_import_and_export(world: World) -> None:
    paths = ("/api/imports/responders/template.csv", "/api/exports/responders.csv")
    for role in ("dispatcher", "supervisor", "auditor", "responder", "family"):
        client = world.signed_in(role)
        assert check(client, sheet()).status_code == 403
        assert client.post("/api/imports/1/undo", json=WHY).status_code == 403
        assert {client.get(path).status_code for path in paths} == {403}
    assert check(world.client(), sheet()).status_code == 401
    assert world.client().post("/api/imports/1/undo", json=WHY).status_code == 401
    assert {world.client().get(path).status_code for path in paths} == {401}


def test_an_export_is_scoped_calculates_nothing_and_is_on_record(world: World) -> None:
    client = world.signed_in("administrator")
    world.scene.run("update responder set name = '=1+1', phone = '13900000000' where id = 'r-1'")
    answer = client.get("/api/exports/responders.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["编号"] for row in rows] == ["r-1", "r-2"]
    assert (rows[0]["姓名"], rows[0]["电话"]) == ("'=1+1", "\t13900000000")
    assert log(world) == [("export", "exported")]
    report = check(client, answer.content).json()
    assert (report["unchanged"], report["errors"]) == (2, 0), "what went out comes back as it was"
    empty = client.get("/api/imports/responders/template.csv").content.decode("utf-8-sig")
    assert empty.startswith("编号,姓名,类别,")


def test_a_file_is_counted_while_it_comes(world: World) -> None:
    client = world.signed_in("administrator")
    large = sheet() + b"\n" * 300_000
    assert check(client, large).status_code == 200, "more than other requests may have"

    def endless() -> Iterator[bytes]:
        for _ in range(90):
            yield b"x" * 65536

    refused = client.post("/api/imports/responders", content=endless())
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "file_too_large")
    declared = check(client, b"x" * (6 * 1024 * 1024))
    assert declared.status_code == 413
    other = client.post("/api/imports/1/undo", content=b"x" * 100_000)
    assert other.status_code == 413, "for this route alone"


def test_a_large_file_is_one_import(world: World) -> None:
    client = world.signed_in("administrator")
    rows = "\n".join(f"v-{n},人{n},志愿者,{COUNTY},步行,{13900000000 + n},急救" for n in range(10_000))
    number = bring_in(client, f"{HEADER}\n{rows}".encode())
    assert world.scene.value("select created from register_import where id = %s", number) == 10_000
    world.clock.shift = timedelta(hours=1)
    assert client.post(f"/api/imports/{number}/undo", json=WHY).status_code == 204
    assert world.scene.value("select count(*) from responder where id like 'v-%%'") == 0
