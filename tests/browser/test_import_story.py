"""Import: a file with an error in line 7 is refused, mended, imported and undone; phones stay as narrow as they are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.console_world import PASSWORD, World, people, running
from tests.scene import COUNTY, VILLAGE
from tests.servers import Database


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    with running(database, people(database)) as world:
        yield world


def sheet(phone_in_line_7: str) -> bytes:
    phones = {n: f"1390000000{n}" for n in range(2, 9)} | {7: phone_in_line_7}
    rows = [f"v-{n},志愿者{n},志愿者,{COUNTY},步行,{phone},急救" for n, phone in phones.items()]
    return "\r\n".join(("编号,姓名,类别,区域代码,出行方式,电话,技能", *rows)).encode("gb18030")


def choose(page: Page, content: bytes) -> None:
    page.set_input_files("[name=import-file]", {"name": "名册.csv", "mimeType": "text/csv", "buffer": content})


def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def volunteers(desk: World) -> object:
    return desk.scene.value("select count(*) from responder where id like 'v-%%'")


def import_beds(page: Page, desk: World) -> None:
    lines, window = page.get_by_test_id("import-line"), page.get_by_role("dialog")
    page.select_option("[name=import-kind]", "homes")
    page.select_option("[name=datum]", "gcj02")
    names = "床位编号,老人姓名,出生日期,区域代码,详细地址,服务圈,地形,海拔,家属1姓名,家属1关系,家属1电话"
    said = ["12", "13900000001"]
    beds = [f"h-1,王桂兰,1938年5月1日,{VILLAGE},花园路8号,城市,城镇,2260,王小梅,女儿,{phone}" for phone in said]
    choose(page, "\n".join((names, beds[0])).encode("gb18030"))
    expect(lines.first).to_contain_text("家属1 电话")
    keep(page, "administrator-import-homes")
    page.get_by_test_id("language").select_option("en")
    expect(lines.first).to_contain_text("Not a telephone number")
    page.get_by_test_id("language").select_option("zh-CN")
    choose(page, "\n".join((names, beds[1])).encode("gb18030"))
    page.get_by_test_id("import-report").get_by_role("button", name="确认导入").click()
    window.locator("[name=reason]").fill("新名册")
    window.get_by_role("button", name="确认导入").click()
    expect(page.get_by_test_id("past-import").first).to_contain_text("床位、老人与家属")
    assert desk.scene.value("select count(*) from bed where id = 'h-1'") == 1
    page.select_option("[name=import-kind]", "responders")


def test_a_file_is_mended_imported_and_undone(browser: Browser, desk: World) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN").new_page()
    page.goto(f"{desk.base_url}/admin/import")
    page.fill("[name=login]", "administrator")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    choose(page, sheet("1.39E+10"))
    lines = page.get_by_test_id("import-line")
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("7")
    expect(lines.first).to_contain_text("1.39E+10")
    commit = page.get_by_test_id("import-report").get_by_role("button", name="确认导入")
    expect(commit).to_be_disabled()
    keep(page, "administrator-import-error")

    choose(page, sheet("13900000007"))
    expect(lines).to_have_count(7)
    expect(commit).to_be_enabled()
    commit.click()
    window = page.get_by_role("dialog")
    window.locator("[name=reason]").fill("新一批志愿者")
    window.get_by_role("button", name="确认导入").click()
    past = page.get_by_test_id("past-import")
    expect(past).to_contain_text("新一批志愿者")
    assert volunteers(desk) == 7
    keep(page, "administrator-import-done")

    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing is cut off on a phone"
    outer, inner = page.locator("section.card").first.bounding_box(), page.locator("[name=import-file]").bounding_box()
    assert outer is not None
    assert inner is not None
    assert inner["x"] + inner["width"] < outer["x"] + outer["width"], "the field stays within its card"
    keep(page, "administrator-import-phone")
    page.set_viewport_size({"width": 1280, "height": 860})

    past.get_by_role("button", name="撤销导入").click()
    window.locator("[name=reason]").fill("名册有误")
    window.get_by_role("button", name="撤销导入").click()
    expect(past).to_contain_text("账号administrator")
    expect(past.get_by_role("button")).to_have_count(0)
    assert volunteers(desk) == 0

    import_beds(page, desk)

    with page.expect_download() as taken:
        page.get_by_role("link", name="导出本辖区名册").click()
    assert taken.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
