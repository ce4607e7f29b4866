"""One press, seen on every screen: the dispatcher's, the responder's, the daughter's and the administrator's."""

import re
import time
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Platform


def at(page: Page, test_id: str) -> Locator:
    return page.get_by_test_id(test_id)


def test_one_press_from_the_button_to_the_record(platform: Platform) -> None:
    desk = platform.page("dispatcher")
    phone = platform.page("responder", width=390, height=844)
    daughter = platform.page("family", width=390, height=844)
    office = platform.page("administrator")
    expect(at(desk, "never-silent")).to_be_visible()
    expect(at(desk, "incident-row")).to_have_count(0)
    expect(at(daughter, "family-sentence")).to_contain_text("还没有收到过设备数据")

    platform.press("bed-1")
    row = at(desk, "incident-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("老人bed-1")
    platform.keep(desk, "dispatcher-new")

    row.click()
    at(desk, "ack-button").click()
    expect(at(desk, "timeline-entry").first).to_be_visible()
    expect(row).to_contain_text("账号dispatcher")

    expect(at(phone, "offer-accept")).to_be_visible(timeout=8000)
    expect(phone.get_by_text("某路bed-1号")).to_have_count(0)
    platform.keep(phone, "responder-offer")
    at(phone, "offer-accept").click()
    expect(at(phone, "assignment-address")).to_have_text("某路bed-1号")
    expect(at(daughter, "family-sentence")).to_contain_text("人员r-1")
    at(phone, "moving-button").click()
    at(phone, "arrived-button").click()
    at(phone, "arrive-by-word").click()
    expect(at(phone, "handover-button")).to_be_visible()
    platform.keep(phone, "responder-arrived")

    expect(at(daughter, "family-sentence")).to_contain_text(re.compile("人员r-1已于.*到达"))
    platform.keep(daughter, "family-arrived")
    platform.keep(desk, "dispatcher-arrived")
    expect(at(desk, "visit-proof")).to_contain_text("本人说明，未经核实")

    at(phone, "outcome-helped_on_site").click()
    at(phone, "handover-button").click()
    expect(at(phone, "handover-button")).to_have_count(0)
    row.click()
    for key in ("x", "1", "Enter"):
        desk.keyboard.press(key)
    expect(at(desk, "queue-empty")).to_be_visible()
    expect(at(daughter, "family-sentence")).to_contain_text("处理完毕")
    platform.keep(daughter, "family-over")

    office.goto(f"{platform.world.base_url}/admin/audit?kind=incident")
    log = at(office, "audit-entry")
    for said in ("账号dispatcher", "人员r-1"):
        expect(log.filter(has_text=said).first).to_be_visible()
    expect(log.filter(has_text="结案")).to_contain_text("现场已帮助")
    assert "老人bed-1" not in office.inner_text("main"), "the log names no resident"
    platform.keep(office, "administrator-record")
    steps = {row[0] for row in platform.world.scene.rows("select step from incident_event")}
    assert {"received", "offered", "acknowledged", "accepted", "en_route", "on_scene", "told_family", "closed"} <= steps
    assert platform.troubles == [], "a page complained, perhaps about its own security policy"


def test_the_desk_calls_back_makes_one_of_two_and_sends_somebody_by_phone(platform: Platform) -> None:
    desk = platform.page("dispatcher")
    expect(at(desk, "never-silent")).to_be_visible()
    platform.press("bed-1")
    expect(at(desk, "incident-row")).to_have_count(1)
    platform.press("bed-1", "fall")
    rows = at(desk, "incident-row")
    expect(rows).to_have_count(2)
    rows.filter(has_text="疑似跌倒").click()
    expect(at(desk, "same-bed")).to_contain_text("一键呼叫")
    desk.keyboard.press("u")
    desk.get_by_label("合并原因").fill("同一次跌倒")
    platform.keep(desk, "dispatcher-merge")
    desk.locator("dialog [type=submit]").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("一键呼叫")
    expect(at(desk, "timeline-entry").filter(has_text="疑似跌倒事件并入：同一次跌倒")).to_be_visible()

    # Without a mouse: the window, what was found out, and done.
    for key in ("v", "1", "Enter"):
        desk.keyboard.press(key)
    expect(at(desk, "verification")).to_have_attribute("data-verification", "confirmed")
    expect(rows).to_contain_text("核实：属实")

    at(desk, "assign-button").first.click()
    expect(desk.locator("dialog [type=submit]")).to_be_disabled()
    desk.get_by_role("button", name="已电话确认").click()
    desk.locator("dialog [type=submit]").click()
    expect(at(desk, "incident-state")).to_have_attribute("data-state", "ASSIGNED")
    platform.keep(desk, "dispatcher-assigned")
    steps = {row[0] for row in platform.world.scene.rows("select step from incident_event")}
    assert {"merged", "joined", "verification_confirmed", "assigned_by_desk", "accepted"} <= steps
    assert platform.troubles == [], "a page complained, perhaps about its own security policy"


def test_a_link_in_a_message_answers_without_signing_in(platform: Platform) -> None:
    platform.press("bed-1")
    until = time.monotonic() + 10
    while not (sent := platform.world.scene.rows("select id from offer where state = 'SENT'")):
        assert time.monotonic() < until
    token = platform.world.link_token(UUID(str(sent[0][0])), "r-1")
    page = platform.browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto(f"{platform.world.base_url}/offer?token={token}")
    assert platform.world.scene.value("select state from offer") == "SENT", "opening a link answers nothing"
    at(page, "offer-accept").click()
    expect(at(page, "assignment-address")).to_have_text("某路bed-1号")


def test_a_wrong_password_is_said_in_chinese_and_a_lost_link_is_shown(platform: Platform) -> None:
    page = platform.page("dispatcher")
    expect(at(page, "never-silent")).to_be_visible()
    other = platform.browser.new_context(locale="zh-CN").new_page()
    other.goto(platform.world.base_url)
    other.fill("[name=login]", "dispatcher")
    other.fill("[name=password]", "wrong")
    other.click("[type=submit]")
    expect(other.get_by_role("alert")).to_have_text("用户名或密码不正确")
    platform.world.scene.run("update account set disabled_at = now() where login = 'dispatcher'")
    # The stream ends within a beat, and asking who I am says that nobody is signed in any more.
    expect(at(page, "login-form")).to_be_visible(timeout=15000)
