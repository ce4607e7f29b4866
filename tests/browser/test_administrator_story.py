"""The administrator at work: a roster drawn by mouse and by keys, taken back, a rule tried on past data; deep links."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.console_world import PASSWORD, World, people, running
from tests.servers import Database

CHINA = timezone(timedelta(hours=8))
VITALS = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, quality, heart_rate, in_bed)
select at, at + interval '1 second', 'bed-1', 'mat', 1, extract(epoch from at), 0.9,
    case when extract(minute from at) < 20 then 134 else 60 end, true
from generate_series(now() - interval '6 hours', now() - interval '5 minutes', interval '1 minute') at
"""


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    """A console with two responders of one provider, which is always open."""
    scene = people(database)
    scene.run("update responder set provider_id = 'station-1' where id in ('r-1', 'r-2')")
    with running(database, scene) as world:
        yield world


def sign_in(browser: Browser, world: World, login: str, path: str, *, width: int = 1440, height: int = 900) -> Page:
    """A browser of its own on a page; a deep link keeps its place over signing in."""
    page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
    page.goto(world.base_url + path)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    return page


def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def shifts(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows("select responder_id, begins_at, ends_at from shift order by begins_at")


def cell(page: Page, person: str, day: str) -> Locator:
    return page.locator(f'[data-person="{person}"][data-day="{day}"]')


def test_a_roster_is_drawn_typed_and_taken_back(browser: Browser, desk: World) -> None:
    monday = datetime.now(CHINA).date() + timedelta(days=7 - datetime.now(CHINA).weekday())
    page = sign_in(browser, desk, "administrator", f"/admin/rosters?week={monday}")
    expect(page.get_by_test_id("roster-row")).to_have_count(2)
    expect(page.get_by_test_id("gap")).to_have_count(1)

    # By mouse: from 08:00 to 16:00, on the half hour.
    first = cell(page, "r-1", str(monday))
    box = first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.66, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(page.get_by_test_id("notice")).to_contain_text("08:00–16:00")
    at = datetime.combine(monday, datetime.min.time(), CHINA)
    assert shifts(desk) == [("r-1", at + timedelta(hours=8), at + timedelta(hours=16))]

    # By keys: what lies over it is refused with the shift that it lies over; copied and pasted to the next day.
    first.focus()
    page.keyboard.press("n")
    expect(page.get_by_role("alert").filter(has_text="重叠")).to_contain_text("08:00–16:00")
    expect(page.locator("dialog [type=submit]")).to_be_disabled()
    page.keyboard.press("Escape")
    first.focus()
    for key in ("c", "ArrowRight", "v"):
        page.keyboard.press(key)
    tuesday = cell(page, "r-1", str(monday + timedelta(days=1)))
    expect(tuesday.locator("[data-shift]")).to_have_count(1)
    keep(page, "administrator-roster")
    page.keyboard.press("Delete")
    expect(tuesday.locator("[data-shift]")).to_have_count(0)
    page.keyboard.press("z")
    expect(tuesday.locator("[data-shift]")).to_have_count(1)
    assert len(shifts(desk)) == 2
    told = [row[0] for row in desk.scene.rows("select change from people_change order by id")]
    assert told == ["shift_added", "shift_added", "shift_removed", "shift_added"]


def test_a_rule_is_tried_on_past_data_before_it_counts(browser: Browser, desk: World) -> None:
    desk.scene.run(VITALS)
    page = sign_in(browser, desk, "administrator", "/admin/rules/heart_rate")
    page.fill("[name=high]", "abc")
    expect(page.get_by_test_id("try-rule")).to_be_disabled()
    page.fill("[name=high]", "140")
    page.get_by_test_id("try-rule").click()
    report = page.get_by_test_id("trial-report")
    expect(report).to_be_visible(timeout=90_000)
    expect(report).to_contain_text("预算")
    keep(page, "administrator-trial")
    assert desk.scene.value("select count(*) from rule_setting") == 0, "trying changes nothing"

    # What was typed is not lost by a wrong click.
    page.get_by_role("link", name="派单预案").click()
    expect(page.get_by_role("dialog")).to_contain_text("未保存")
    page.keyboard.press("Escape")
    expect(page.locator("[name=high]")).to_have_value("140")

    page.get_by_role("button", name="生效", exact=True).click()
    page.locator("dialog [name=reason]").fill("试算后放宽")
    page.locator("dialog [type=submit]").click()
    expect(page.get_by_test_id("notice")).to_contain_text("已生效")
    assert desk.scene.rows("select scope, rule, settings, reason from rule_setting") == [
        ("630102", "heart_rate", {"high": 140}, "试算后放宽")
    ]


def test_pages_have_addresses_a_way_back_and_fit_a_phone(browser: Browser, desk: World) -> None:
    page = sign_in(browser, desk, "auditor", "/admin/responders/r-1", width=390, height=844)
    title = page.locator("[data-page-title]")
    expect(title).to_have_text("人员r-1")
    assert page.locator("text=撤回同意").count() == 0, "auditors look and change nothing"
    page.get_by_role("link", name="← 响应人员").click()
    expect(title).to_have_text("响应人员")
    expect(title).to_be_focused()
    page.go_back()
    expect(title).to_have_text("人员r-1")
    page.goto(f"{desk.base_url}/admin/quarantine")
    expect(title).to_have_text("没有这个页面")
    for path in ("", "/rosters", "/coverage", "/plans", "/rules/spo2", "/roads", "/drills"):
        page.goto(f"{desk.base_url}/admin{path}")
        expect(title).to_be_visible()
        expect(page.get_by_text("正在载入…")).to_have_count(0)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"/admin{path} is {wide} px wide on a phone of 390 px"
        keep(page, f"phone-admin{path.replace('/', '-')}")


def test_a_supervisor_goes_from_the_desk_to_the_administration_and_back(browser: Browser, desk: World) -> None:
    page = sign_in(browser, desk, "supervisor", "/admin/rosters")
    expect(page.locator("[data-page-title]")).to_have_text("排班")
    page.get_by_role("link", name="调度台").click()
    expect(page.get_by_test_id("never-silent")).to_be_visible()
    page.goto(f"{desk.base_url}/admin")
    expect(page.locator("[data-page-title]")).to_have_text("概况")
