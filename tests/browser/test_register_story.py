"""The register: an administrator takes in a provider and a bed, corrects, pairs, ends and resumes them."""

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


def wrong_hours_are_said_at_their_fields(page: Page) -> None:
    week = page.get_by_test_id("week")
    monday = week.locator("fieldset").first
    monday.get_by_role("button", name="加时段").click()
    later = monday.get_by_label("开始").last
    expect(monday.get_by_text("时段互相重叠")).to_be_visible()
    expect(later).to_have_attribute("aria-invalid", "true")
    expect(week.get_by_role("button", name="保存", exact=True)).to_be_disabled()
    keep(page, "administrator-provider-wrong-week")
    week.get_by_role("button", name="放弃更改").click()
    expect(monday.get_by_text("时段互相重叠")).to_have_count(0)
    day = page.get_by_test_id("day-hours")
    day.get_by_label("全天休息").uncheck()
    day.get_by_label("结束").fill("08:00")
    expect(day.get_by_label("结束")).to_have_attribute("aria-invalid", "true")
    day.get_by_label("结束").fill("16:00")
    expect(day.get_by_label("结束")).not_to_have_attribute("aria-invalid", "true")
    day.get_by_label("全天休息").check()


def take_in_a_provider(page: Page, desk: World) -> None:
    page.get_by_role("link", name="新建机构").click()
    form = page.get_by_test_id("provider-form")
    for name, value in {"provider_id": "v-new", "name": "东关互助幸福院", "phone": "12", "lat": str(LAT)}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=kind]").select_option("mutual_aid_home")
    form.locator("[name=area]").fill(VILLAGE)
    form.locator("[name=area]").blur()
    form.get_by_label("急救").check()
    save = form.get_by_role("button", name="登记机构")
    expect(save).to_be_disabled()  # no place without its longitude
    form.locator("[name=lon]").fill(str(LON))
    save.click()
    page.fill("dialog [name=reason]", "新站启用")
    page.locator("dialog [type=submit]").click()
    # The window is gone, the sentence stands at the field, which has the focus; everything typed is still there.
    expect(page.locator("dialog")).to_have_count(0)
    phone = form.locator("[name=phone]")
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description("电话号码有误：请填11位手机号，或带区号的座机号")
    expect(form.locator("[name=name]")).to_have_value("东关互助幸福院")
    keep(page, "administrator-field-refused")
    phone.fill("0971-8123456")
    expect(phone).not_to_have_attribute("aria-invalid", "true")
    save.click()
    expect(page.locator("dialog [name=reason]")).to_have_value("新站启用")
    page.locator("dialog [type=submit]").click()
    expect(page.get_by_role("heading", name="东关互助幸福院")).to_be_visible()
    expect(page.get_by_role("link", name="签约床位 0")).to_be_visible()
    page.get_by_role("button", name="加时段").first.click()
    page.get_by_role("button", name="保存", exact=True).click()
    give_reason(page, "白天开放")
    assert desk.scene.value("select count(*) from provider_hours where provider_id = 'v-new'") == 1
    wrong_hours_are_said_at_their_fields(page)
    expect(page.get_by_test_id("place-map")).not_to_have_attribute("data-state", "loading", timeout=20_000)
    keep(page, "administrator-provider")


def choose_it_for_a_bed(page: Page, desk: World) -> None:
    page.goto(f"{desk.base_url}/admin/homes/bed-1")
    choice = page.get_by_role("combobox", name="签约机构")
    choice.fill("幸福院")
    page.get_by_role("option", name="东关互助幸福院").wait_for()
    keep(page, "administrator-provider-choice")
    choice.press("Enter")
    expect(choice).to_have_value("东关互助幸福院")
    page.get_by_role("button", name="保存", exact=True).click()
    give_reason(page, "签约")
    assert desk.scene.value("select provider_id from bed where id = 'bed-1'") == "v-new"


def end_and_resume_it(page: Page, desk: World) -> None:
    form = page.get_by_test_id("provider-form")
    page.goto(f"{desk.base_url}/admin/providers?q=%E5%B9%B8%E7%A6%8F")
    row = page.get_by_role("row").filter(has_text="东关互助幸福院")
    expect(row).to_contain_text("急救")
    keep(page, "administrator-providers")
    row.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="bed-1")).to_be_visible()
    page.goto(f"{desk.base_url}/admin/providers/v-new")
    page.get_by_role("button", name="停用机构").click()
    page.fill("dialog [name=reason]", "搬迁")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog")).to_contain_text("仍有1张床位")
    page.keyboard.press("Escape")
    desk.scene.run("update bed set provider_id = null where id = 'bed-1'")
    page.get_by_role("button", name="停用机构").click()
    give_reason(page, "搬迁")
    expect(page.get_by_text("该机构已于")).to_be_visible()
    page.get_by_role("button", name="恢复使用").click()
    give_reason(page, "误操作")
    expect(form.locator("[name=name]")).to_have_value("东关互助幸福院")


def test_a_provider_is_taken_in_with_its_hours_chosen_for_a_bed_and_ended(browser: Browser, desk: World) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="zh-CN").new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{desk.base_url}/admin/providers")
    page.fill("[name=login]", "administrator")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    take_in_a_provider(page, desk)
    choose_it_for_a_bed(page, desk)
    end_and_resume_it(page, desk)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off on a phone"
    keep(page, "administrator-provider-phone")
    steps = [
        row[0] for row in desk.scene.rows("select change from register_change where kind = 'provider' order by id")
    ]
    assert steps == ["created", "ended", "resumed"]
    assert troubles == []


def record_consents(page: Page, desk: World) -> None:
    consents = page.get_by_test_id("consents")
    pictures = consents.get_by_role("row").filter(has_text="拍照")
    expect(pictures).to_contain_text("从未登记")
    pictures.get_by_role("button").click()
    page.select_option("dialog [name=how]", "in_person")
    give_reason(page, "女儿在场，原件在档案室")
    expect(pictures).to_contain_text("已同意（当面")
    values = consents.get_by_role("row").filter(has_text="家属查看体征：王小梅")
    values.get_by_role("button").click()
    give_reason(page, "原件在档案室")
    expect(values).to_contain_text("已同意（")
    keep(page, "administrator-consents")
    pictures.get_by_role("button").click()
    expect(page.locator("dialog")).to_contain_text("无法恢复")
    give_reason(page, "老人来电")
    expect(pictures).to_contain_text("已撤回")
    said = desk.scene.rows("select purpose, about <> '', given from consent_entry where note <> '' order by id")
    assert said == [("photos", False, True), ("family_vitals", True, True), ("photos", False, False)]


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
    for place, value in enumerate(("王小梅", "女儿", "1391234")):
        page.locator("[data-testid=relative] input").nth(place).fill(value)
    page.get_by_role("button", name="保存", exact=True).click()
    page.fill("dialog [name=reason]", "家访登记")
    page.locator("dialog [type=submit]").click()
    swapped = page.locator("[data-testid=home-form] [name=lat]")
    expect(swapped).to_be_focused()
    expect(swapped).to_have_accessible_description("纬度和经度可能填反了")
    called = page.get_by_test_id("relative").get_by_label("电话")
    expect(called).to_have_accessible_description("电话号码有误：请填11位手机号，或带区号的座机号")
    keep(page, "administrator-fields-refused")
    called.fill("13912345678")
    page.fill("[data-testid=home-form] [name=lat]", str(LAT))
    page.fill("[data-testid=home-form] [name=lon]", str(LON))
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("dialog [name=reason]")).to_have_value("家访登记")
    page.locator("dialog [type=submit]").click()
    expect(page.get_by_role("heading", name="王桂兰")).to_be_visible()
    page.get_by_role("button", name="生成配对码").click()
    expect(page.get_by_alt_text("配对二维码")).to_be_visible()
    keep(page, "administrator-home")
    record_consents(page, desk)
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
