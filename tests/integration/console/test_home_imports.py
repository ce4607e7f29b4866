"""Files of beds at home: as offices make them, all rows or none, a way back, an export; within an area, on record."""

import csv
import io
import threading
import time

import httpx
import psycopg
import pytest

from carecircle.db.queries import Queries
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.gcj02 import to_gcj02
from tests.console_world import FAR_COUNTY, World
from tests.scene import LAT, LON, VILLAGE

COLUMNS = (
    "床位编号", "老人姓名", "出生日期", "老人电话", "失能等级", "区域代码", "详细地址", "服务圈", "地形", "海拔",
    "纬度", "经度", "机构编号", "家属1姓名", "家属1关系", "家属1电话", "家属1通知方式",
)  # fmt: skip
WHY = "新建床位名册"


def line(number: int, **more: object) -> dict[str, object]:
    values = (
        f"h-{number}", f"老人{number}", "1938年5月1日", f"1390000{number:04}", "失能", VILLAGE, f"花园路{number}号",
        "城市", "城镇", "2260", LAT, LON, "", f"家属{number}", "女儿", f"1380000{number:04}", "短信",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True)) | more


def sheet(*lines: dict[str, object], separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(name for one in lines for name in one)), delimiter=separator)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode(encoding)


def send(client: httpx.Client, content: bytes, **asked: str) -> httpx.Response:
    return client.post("/api/imports/homes", params={"dry_run": "true"} | asked, content=content, timeout=120)


def write(client: httpx.Client, content: bytes, fingerprint: str, **asked: str) -> httpx.Response:
    return send(client, content, dry_run="false", fingerprint=fingerprint, reason=WHY, **asked)


def bring_in(client: httpx.Client, content: bytes, **asked: str) -> int:
    report = send(client, content, **asked).json()
    assert report["errors"] == 0, report["lines"][:3]
    answer = write(client, content, report["fingerprint"], **asked)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["import_id"])


def undo(client: httpx.Client, number: int) -> httpx.Response:
    return client.post(f"/api/imports/{number}/undo", json={"reason": "名册有误"}, timeout=120)


def register(world: World) -> list[list[tuple[object, ...]]]:
    """Everything that files write, without numbers that are made anew."""
    homes = "from bed b join resident r on r.id = b.resident_id"
    kin = f"{homes} join kinship k on k.resident_id = r.id join family_member f on f.id = k.family_member_id"
    ways = "from contact c join family_member f on f.id = c.family_member_id"
    bed = "b.id, division_code, address, circle, terrain, altitude_m, lat, lon, provider_id"
    return [
        world.scene.rows(f"select {bed}, r.name, birth_year, r.phone, key_safe, hazards, frailty {homes} order by 1"),
        world.scene.rows(f"select b.id, f.name, f.phone, k.relation, k.consented_at {kin} order by 1, k.place, 2"),
        world.scene.rows(f"select f.name, c.channel, c.address, c.place {ways} order by 1, 4"),
    ]


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ","), ("gb18030", ","), ("gb18030", ";"), ("utf-16", "\t")]
)
def test_a_file_of_an_office_is_written_as_it_was_meant(world: World, encoding: str, separator: str) -> None:
    client = world.signed_in("administrator")
    wide = line(2, 出生日期="1938/5/1", 老人电话="１３９００００１１１１", 海拔="2,260米", 区域代码=f"\t{VILLAGE}")
    behind = (f"{separator * 16}\r\n" * 3).encode({"utf-16": "utf-16-le"}.get(encoding, encoding.removesuffix("-sig")))
    content = sheet(line(1), wide, separator=separator, encoding=encoding) + behind
    bring_in(client, content)
    (home, other) = (client.get(f"/api/register/homes/{bed}").json() for bed in ("h-1", "h-2"))
    assert (home["resident_name"], home["birth_year"], home["phone"]) == ("老人1", 1938, "13900000001")
    assert (home["frailty"], home["circle"], home["terrain"], home["altitude_m"]) == ("disabled", "urban", "city", 2260)
    assert (other["phone"], other["altitude_m"], other["division_code"]) == ("13900001111", 2260, VILLAGE)
    (daughter,) = home["relatives"]
    assert (daughter["name"], daughter["relation"], daughter["consented_at"]) == ("家属1", "女儿", None)
    assert [(way["channel"], way["address"]) for way in daughter["ways"]] == [("sms", "13800000001")]
    assert "h-1" in {one["id"] for one in world.signed_in("dispatcher").get("/api/beds").json()}
    told = str(world.scene.rows("select detail from register_change"))
    assert "老人" not in told
    assert "1390000" not in told


def test_an_error_in_one_line_stops_the_whole_file_and_says_where(world: World) -> None:
    client, before = world.signed_in("administrator"), register(world)
    wrong = [
        (line(2, 老人电话="1.39E+10"), "phone", "number_damaged", {"value": "1.39E+10"}),
        (line(3, 出生日期="13998"), "birth_year", "date_damaged", {"value": "13998"}),
        (line(4, 出生日期="1938年2月30日"), "birth_year", "date_impossible", {"value": "1938年2月30日"}),
        (line(5, 海拔="很高"), "altitude_m", "number_malformed", {"value": "很高"}),
        (line(6, 海拔="9000"), "altitude_m", "altitude_outside", {"low": "-160", "high": "5600"}),
        (line(7, 纬度=LON, 经度=LAT), "lat", "position_swapped", {}),
        (line(8, 区域代码=f"{FAR_COUNTY}001001"), "division_code", "division_foreign", {}),
        (line(9, 机构编号="nobody"), "provider_id", "provider_unknown", {}),
        (line(10, 家属1电话="12"), "relative_1_phone", "phone_malformed", {}),
        (line(11, 家属1关系=""), "relative_1_relation", "needed", {}),
        (line(12, 家属1电话=""), "relative_1_phone", "phone_needed", None),
        (line(13, 坐标系="百度"), "datum", "datum_baidu", None),
        (line(14, 床位编号="far-bed"), "bed_id", "id_unavailable", {}),
        (line(15, 床位编号="床一"), "bed_id", "bed_id_malformed", {}),
        (line(16, 老人姓名=""), "resident_name", "needed", {}),
        (line(17, 服务圈="海边"), "circle", "choice_unknown", None),
    ]  # fmt: skip
    content = sheet(line(1), *(one for one, *_rest in wrong), line(18))
    report = send(client, content).json()
    assert (report["errors"], report["creates"]) == (len(wrong), 2)
    for told, (_row, column, code, facts) in zip(report["lines"], wrong, strict=False):
        found = [(one["column"], one["code"]) for one in told["problems"]]
        assert found == [(column, code)], told
        assert facts is None or told["problems"][0]["facts"] == facts
    assert write(client, content, report["fingerprint"]).status_code == 409
    assert register(world) == before, "not one row is written"


def test_an_import_of_homes_is_taken_back_as_a_whole(world: World) -> None:
    client = world.signed_in("administrator")
    bring_in(client, sheet(line(1), line(2)))
    before = register(world)
    change = sheet(
        line(1, 老人姓名="改名", 家属1姓名="另一位", 家属1电话="13877777777", 家属1通知方式="短信、电话"),
        line(2, 家属1电话="13866666666", 家属2姓名="儿子", 家属2关系="儿子", 家属2电话="13855555555"),
        line(3), line(4),
    )  # fmt: skip
    number = bring_in(client, change)
    assert client.get("/api/register/homes/h-1").json()["resident_name"] == "改名"
    moved = "select c.address from contact c join family_member f on f.id = c.family_member_id where f.name = '家属2'"
    assert world.scene.value(moved) == "13866666666", "messages follow the number"
    assert client.get("/api/register/homes/h-3").status_code == 200, "somebody looks, which is kept"
    (past, _first) = client.get("/api/imports").json()
    assert (past["kind"], past["created"], past["changed"]) == ("homes", 2, 2)
    assert undo(client, number).status_code == 204
    assert register(world) == before
    without = "resident where id not in (select resident_id from bed)"
    blank = world.scene.rows(f"select name, phone, birth_year from {without}")
    assert blank == [("—", None, None)], "of whom somebody has looked at only that stays"
    gone = "name in ('家属3', '家属4', '另一位', '儿子')"
    assert world.scene.value(f"select count(*) from family_member where {gone}") == 0
    assert bring_in(client, change) > number, "and may be imported again"


@pytest.mark.parametrize(
    "statement",
    [
        "update bed set address = '别处' where id = 'h-1'",
        "update resident set phone = '110' where name = '老人1'",
        "insert into device (bed_id, id, model, label) values ('h-1', 'mat', 'x', '床垫')",
        "insert into home_account (bed_id, paired_at) values ('h-1', now())",
        "update kinship set consented_at = now() where relation = '女儿' and place = 10",
        "update bed set ended_at = now() where id = 'h-1'",
        "insert into bed_state (bed_id, last_seen_at) values ('h-1', now())",
    ],
)
def test_beds_that_were_used_since_are_not_taken_back(world: World, statement: str) -> None:
    client = world.signed_in("administrator")
    number = bring_in(client, sheet(line(1), line(2)))
    world.scene.run(statement)
    now = register(world)
    refused = undo(client, number)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "import_used")
    assert register(world) == now


def test_a_relative_who_is_told_is_not_taken_off_by_a_file(world: World) -> None:
    client = world.signed_in("administrator")
    bring_in(client, sheet(line(1)))
    world.scene.run("update kinship set consented_at = now()")
    (line_,) = send(client, sheet(line(1, 家属1姓名="别人"))).json()["lines"]
    assert [one["code"] for one in line_["problems"]] == ["relative_told"]
    (line_,) = send(client, sheet({"床位编号": "h-1", "详细地址": "新址"})).json()["lines"]
    assert (line_["action"], line_["changed"]) == ("change", ["address"]), "without the columns nobody is touched"


def test_positions_of_chinese_maps_are_kept_as_wgs84(world: World) -> None:
    client = world.signed_in("administrator")
    shown = to_gcj02(Place(LAT, LON))
    there = {"纬度": f"{shown.lat:.7f}", "经度": f"{shown.lon:.7f}"}
    bring_in(client, sheet(line(1, **there), line(2, 坐标系="WGS-84")), datum="gcj02")
    for lat, lon in world.scene.rows("select lat, lon from bed where id in ('h-1', 'h-2')"):
        assert (lat, lon) == (pytest.approx(LAT, abs=2e-7), pytest.approx(LON, abs=2e-7))
    again = send(client, sheet(line(1, **there, 坐标系="高德"))).json()
    assert again["unchanged"] == 1


def test_what_goes_out_comes_back_unchanged_and_is_on_record(world: World) -> None:
    client = world.signed_in("administrator")
    many = {f"家属{n}{part}": f"{said}{n}" for n in range(2, 6) for part, said in (("姓名", "亲"), ("关系", "侄"))}
    bring_in(client, sheet(line(1, **many), line(2)))
    content = client.get("/api/exports/homes.csv").content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert "家属5姓名" in rows[0]
    assert "far-bed" not in {row["床位编号"] for row in rows}
    report = send(client, content).json()
    assert (report["unchanged"], report["errors"]) == (len(rows), 0), report["lines"][:2]
    narrow = sheet(*({name: said for name, said in row.items() if name[:3] not in {"家属4", "家属5"}} for row in rows))
    assert send(client, narrow).json()["unchanged"] == len(rows), "relatives behind the last group stay"
    assert world.scene.value("select count(*) from register_change where kind = 'export' and object_id = 'homes'") == 1
    empty = client.get("/api/imports/homes/template.csv").content.decode("utf-8-sig")
    assert empty.startswith("床位编号,老人姓名,出生日期,")
    assert world.signed_in("supervisor").get("/api/exports/homes.csv").status_code == 403


def test_a_death_in_the_middle_leaves_nothing_and_a_second_try_writes_it_once(world: World) -> None:
    client, before = world.signed_in("administrator"), register(world)
    content = sheet(*(line(number) for number in range(1, 41)))
    name = send(client, content).json()["fingerprint"]
    answers: list[httpx.Response] = []
    with psycopg.connect(world.scene.database.admin_url) as blocker:
        blocker.execute("lock table register_import_row in access exclusive mode")
        thread = threading.Thread(target=lambda: answers.append(write(client, content, name)))
        thread.start()
        # Everything but the journal is written; who writes it dies, as by kill -9 or a lost database.
        waiting = "select pid from pg_locks where not granted and relation = 'register_import_row'::regclass"
        for _ in range(400):
            if found := world.scene.rows(waiting):
                break
            time.sleep(0.05)
        world.scene.rows("select pg_terminate_backend(%s)", found[0][0])
        thread.join(60)
    assert answers[0].status_code >= 500
    assert register(world) == before
    assert world.scene.value("select count(*) from register_import") == 0
    first = write(client, content, name).json()["import_id"]
    assert write(client, content, name).json()["import_id"] == first, "sent twice counts once"
    assert world.scene.value("select count(*) from bed where id like 'h-%%'") == 40


def test_two_files_at_once_are_one_after_the_other(world: World) -> None:
    client, other = world.signed_in("administrator"), world.signed_in("administrator")
    contents = [sheet(*(line(number, 老人姓名=name) for number in range(1, 21))) for name in ("甲", "乙")]
    names = [send(client, content).json()["fingerprint"] for content in contents]
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda c=c, f=f, x=x: answers.append(write(c, f, x)))
        for c, f, x in zip((client, other), contents, names, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(world.scene.rows("select distinct name from resident where name in ('甲', '乙')")) == 1


def test_a_whole_city_is_one_import_of_few_statements(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.signed_in("administrator")
    asked: list[str] = []
    get = Queries.__getitem__

    def counted(queries: Queries, name: str) -> bytes:
        asked.append(name)
        return get(queries, name)

    monkeypatch.setattr(Queries, "__getitem__", counted)
    content = sheet(*(line(number) for number in range(1, 1951)))
    number = bring_in(client, content)
    assert world.scene.value("select count(*) from bed where id like 'h-%%'") == 1950
    assert len(asked) < 60, "not one more for more lines"
    assert undo(client, number).status_code == 204
    assert world.scene.value("select count(*) from bed where id like 'h-%%'") == 0
