"""Erasing a person: one administrator asks on the page of the bed, another confirms, a certificate stays."""

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessibility import runs_out, speak, violations
from tests.browser.conftest import SCREENSHOTS
from tests.console_world import PASSWORD, World, people, running
from tests.scene import COUNTY
from tests.servers import Database


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    scene = people(database)
    scene.account("second", "administrator", area=COUNTY)
    scene.run("update account set password_hash = (select password_hash from account where login = 'administrator')")
    with running(database, scene) as world:
        world.vitals("bed-1", heart_rate=71)
        yield world


def signed_in(browser: Browser, desk: World, login: str) -> Page:
    page = browser.new_context(
        base_url=desk.base_url, locale="zh-CN", viewport={"width": 1360, "height": 900}
    ).new_page()
    page.goto("/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").click()
    page.wait_for_url("**/admin**")
    return page


def keep(page: Page, name: str) -> None:
    """A picture, and what axe and the edges of the page say in each language."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    if page.locator("dialog").count():
        assert violations(page) == []
        return
    for language in ("en", "bo", "zh-CN"):
        speak(page, language)
        assert (violations(page), runs_out(page)) == ([], []), (name, language)


def a_day_ahead_is_refused_at_its_field(window: Locator) -> None:
    received = window.locator("[name=asked_on]")
    today = received.input_value()
    received.fill((date.fromisoformat(today) + timedelta(days=2)).isoformat())
    # Past what the browser itself would refuse: the server's word stands at the field.
    received.evaluate("field => field.removeAttribute('max')")
    window.locator("[type=submit]").click()
    expect(received).to_be_focused()
    expect(received).to_have_attribute("aria-invalid", "true")
    expect(window.get_by_text("收到请求的日期不能晚于今天")).to_be_visible()
    received.fill(today)


def test_two_administrators_erase_a_resident(browser: Browser, desk: World, database: Database) -> None:
    first = signed_in(browser, desk, "administrator")
    first.goto("/admin/homes/bed-1")
    first.get_by_role("button", name="请求删除…").click()
    window = first.locator("dialog")
    submit = window.locator("[type=submit]")
    window.locator("[name=asked_by]").select_option("guardian")
    window.locator("[name=reason]").fill("监护人书面申请，材料在档案柜三层")
    expect(submit).to_be_disabled()  # the bed is in service: that it ends has to be said
    window.get_by_label("删除开始时一并结束服务").check()
    window.get_by_text("预演：将删除和保留什么").click()
    expect(window.get_by_test_id("erasure-deeds")).to_contain_text("姓名、住址等档案")
    keep(first, "administrator-erasure-ask")
    a_day_ahead_is_refused_at_its_field(window)
    submit.click()
    first.wait_for_url("**/admin/erasures/*")
    expect(first.get_by_text("须由另一位管理员或主管确认。")).to_be_visible()
    expect(first.get_by_role("button", name="确认删除")).to_be_disabled()
    number = first.url.rsplit("/", 1)[1]

    second = signed_in(browser, desk, "second")
    second.goto("/admin/erasures")
    expect(second.get_by_test_id("erasure-row")).to_contain_text("待确认")
    keep(second, "administrator-erasures")
    second.get_by_role("link", name=number, exact=True).click()
    expect(second.get_by_test_id("erasure-deeds")).to_be_visible()
    keep(second, "administrator-erasure-dry-run")
    second.get_by_role("button", name="确认删除").click()
    second.locator("dialog [type=submit]").click()
    expect(second.get_by_test_id("erasure")).to_contain_text("已确认，可撤回")

    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as upkeep:
        for hours in (73, 74):
            at = desk.clock.now() + timedelta(hours=hours)
            while upkeep.execute("select from erase_next(%s, 10000)", [at]).fetchone() is not None:
                pass
    second.reload()
    expect(second.get_by_role("heading", name="删除证明")).to_be_visible()
    expect(second.get_by_test_id("erasure")).to_contain_text("已删除")
    expect(second.get_by_test_id("erasure-deeds")).to_contain_text("清空")
    expect(second.get_by_role("button", name="打印")).to_be_visible()
    keep(second, "administrator-erasure-certificate")
    second.set_viewport_size({"width": 390, "height": 844})
    keep(second, "administrator-erasure-certificate-phone")
    speak(second, "en")
    expect(second.get_by_test_id("erasure")).to_contain_text("erased")
    expect(second.get_by_test_id("erasure")).not_to_contain_text("已删除")
    first.goto("/admin/homes/bed-1")
    expect(first.get_by_text("这位老人的个人信息已删除。")).to_be_visible()
    expect(first.get_by_role("button", name="恢复服务")).to_have_count(0)


def test_a_request_is_withdrawn_with_a_reason(browser: Browser, desk: World) -> None:
    client = desk.signed_in("administrator")
    wish = {
        "subject_kind": "responder", "subject_id": "r-2", "asked_by": "person", "asked_on": "2026-01-05",
        "reason": "本人要求",
    }  # fmt: skip
    number = client.post("/api/erasures", json=wish).json()["id"]
    page = signed_in(browser, desk, "administrator")
    page.goto(f"/admin/erasures/{number}")
    page.get_by_role("button", name="撤回请求").click()
    page.fill("dialog [name=reason]", "本人改变主意")
    page.locator("dialog [type=submit]").click()
    expect(page.get_by_test_id("erasure")).to_contain_text("本人改变主意")
    expect(page.get_by_role("button", name="撤回请求")).to_have_count(0)


def test_one_that_is_refused_is_told_to_those_who_can_see_to_it(browser: Browser, desk: World) -> None:
    number = desk.signed_in("administrator").post("/api/erasures", json={
        "subject_kind": "responder", "subject_id": "r-2", "asked_by": "person", "asked_on": "2026-01-05",
        "reason": "本人要求",
    }).json()["id"]  # fmt: skip
    desk.scene.run(
        "update erasure set confirmed_at = now(), confirmed_name = '乙', not_before = now(), begun_at = now(), "
        "confirmed_by = (select id from account where login = 'second'), failing_since = now() - interval '2 hours', "
        "failed_at = now(), failed_times = 25, failed_target = 'contact', failed_code = '23503'"
    )
    page = signed_in(browser, desk, "administrator")
    told = page.get_by_test_id("erasures-failing")
    expect(told).to_contain_text("这一步被拒绝：联系方式与亲属关系（contact）")
    expect(told).to_contain_text("已试 25 次")
    keep(page, "administrator-erasure-failing-overview")
    page.goto("/admin/erasures")
    expect(page.get_by_test_id("erasure-row")).to_contain_text("受阻")
    keep(page, "administrator-erasure-failing-list")
    page.get_by_role("link", name=str(number), exact=True).click()
    expect(page.get_by_test_id("erasure-failing")).to_contain_text("23503")
    keep(page, "administrator-erasure-failing")
    assert page.request.get("/api/erasures?failing=true").json()[0]["failed_topic"] == "contacts"
    desk.scene.run("update erasure set failing_since = null, failed_at = null, failed_times = 0, failed_target = null, "
                   "failed_code = null")  # fmt: skip
    assert page.request.get("/api/erasures?failing=true").json() == []
    page.goto("/admin")
    expect(page.get_by_test_id("running")).to_be_visible()
    expect(told).to_have_count(0)
