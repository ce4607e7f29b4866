"""The register: an administrator takes in a bed with a relative, corrects it, pairs its box, ends and resumes it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.console_world import PASSWORD, World, people, running
from tests.scene import LAT, LON, VILLAGE
from tests.servers import Database


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    with running(database, people(database)) as world:
        yield world


def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def give_reason(page: Page, reason: str) -> None:
    page.fill("dialog [name=reason]", reason)
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog")).to_have_count(0)


def test_a_bed_is_taken_in_corrected_paired_ended_and_resumed(browser: Browser, desk: World) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{desk.base_url}/admin/homes")
    page.fill("[name=login]", "administrator")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    expect(page.get_by_role("row").filter(has_text="bed-1")).to_be_visible()
    page.get_by_role("link", name="新建床位").click()
    values = {"bed_id": "new-bed", "resident_name": "王桂兰", "address": "花园路8号", "altitude_m": "2260"}
    for name, value in (values | {"lat": str(LON), "lon": str(LAT)}).items():
        page.fill(f"[data-testid=home-form] [name={name}]", value)
    page.fill("[data-testid=home-form] [name=area]", VILLAGE)
    page.locator("[data-testid=home-form] [name=area]").blur()
    page.get_by_role("button", name="添加家属").click()
    for place, value in enumerate(("王小梅", "女儿", "13912345678")):
        page.locator("[data-testid=relative] input").nth(place).fill(value)
    page.get_by_role("button", name="保存", exact=True).click()
    page.fill("dialog [name=reason]", "家访登记")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog")).to_contain_text("纬度和经度可能填反了")
    page.keyboard.press("Escape")
    page.fill("[data-testid=home-form] [name=lat]", str(LAT))
    page.fill("[data-testid=home-form] [name=lon]", str(LON))
    page.get_by_role("button", name="保存", exact=True).click()
    give_reason(page, "家访登记")
    expect(page.get_by_role("heading", name="王桂兰")).to_be_visible()
    page.get_by_role("button", name="生成配对码").click()
    expect(page.get_by_alt_text("配对二维码")).to_be_visible()
    keep(page, "administrator-home")
    page.get_by_role("button", name="结束服务").click()
    give_reason(page, "老人入院")
    expect(page.get_by_text("服务已于")).to_be_visible()
    page.get_by_role("button", name="恢复服务").click()
    give_reason(page, "误操作")
    expect(page.locator("[data-testid=home-form] [name=resident_name]")).to_have_value("王桂兰")
    steps = [row[0] for row in desk.scene.rows("select change from register_change where kind = 'bed' order by id")]
    assert steps == ["created", "ended", "resumed"]
    page.goto(f"{desk.base_url}/admin/homes?q=%E6%A1%82")
    expect(page.get_by_role("row").filter(has_text="new-bed")).to_be_visible()
    page.goto(f"{desk.base_url}/admin/areas")
    expect(page.get_by_role("row").filter(has_text="东关大街街道")).to_contain_text("3")
    keep(page, "administrator-areas")
    assert troubles == []
