"""A person's data taken out: by an administrator on the page of a bed, by relative and responder on their phones."""

import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import keep, violations
from tests.browser.arriving import arrive
from tests.console_world import World, people, running
from tests.servers import Database

PHONE = (390, 844)


# So many that a page that asks every second sees some of them on their way.
VITALS = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate, in_bed)
select now() - n * interval '1 minute', now(), 'bed-1', 'mat', 1, n, 60 + n %% 40, true
from generate_series(1, %s) n
"""


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    with running(database, people(database)) as world:
        yield world


def files_of(page: Page, button: str) -> list[str]:
    """What is in the file that the browser gets when a button is pressed."""
    with page.expect_download(timeout=30_000) as coming:
        page.get_by_role("button", name=button).click()
    with zipfile.ZipFile(coming.value.path()) as archive:
        assert archive.testzip() is None
        assert coming.value.suggested_filename.endswith(".zip")
        return archive.namelist()


def test_an_administrator_takes_out_what_is_held_of_a_resident(browser: Browser, desk: World) -> None:
    troubles: list[str] = []
    page = arrive(browser, desk, "administrator", troubles, path="/admin/homes/bed-1")
    card = page.get_by_test_id("export")
    take = card.get_by_role("button", name="导出并下载")
    expect(take).to_be_disabled()
    card.get_by_label("原因").fill("本人书面申请，编号 17")
    names = files_of(page, "导出并下载")
    assert {"说明.txt", "README.txt", "清单.json"} < set(names)
    assert any("老人档案-resident.csv" in name for name in names)
    expect(card.get_by_role("status")).to_contain_text("已导出")
    expect(card.get_by_role("cell", name="本人书面申请，编号 17")).to_be_visible()
    expect(card).to_contain_text("还可导出 19 次")
    card.scroll_into_view_if_needed()
    assert violations(page) == []
    keep(page, "export-administrator")

    card.get_by_label("谁的资料").select_option(label="家属 家属f-1")
    expect(card).to_contain_text("还没有人导出过")
    card.get_by_label("原因").fill("家属申请")
    assert any("家属档案-family_member.csv" in name for name in files_of(page, "导出并下载"))

    page.goto(f"{desk.base_url}/admin/audit")
    expect(page.get_by_text("个人资料已导出").first).to_be_visible()
    expect(page.get_by_text("申请导出个人资料").first).to_be_visible()
    keep(page, "export-audit")
    assert troubles == []


def test_how_far_a_long_one_is_stands_on_the_page(browser: Browser, desk: World) -> None:
    desk.scene.run(VITALS, 200_000)
    troubles: list[str] = []
    page = arrive(browser, desk, "administrator", troubles, path="/admin/homes/bed-1")
    card = page.get_by_test_id("export")
    card.get_by_label("原因").fill("本人书面申请")
    with page.expect_download(timeout=60_000) as coming:
        card.get_by_role("button", name="导出并下载").click()
    expect(card.get_by_role("status")).to_contain_text("生命体征（已写")
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(card.get_by_role("button", name="导出并下载")).to_be_disabled()
    keep(page, "export-under-way")
    expect(card.get_by_role("status")).to_contain_text("已导出", timeout=60_000)
    with zipfile.ZipFile(coming.value.path()) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("-vitals.csv")]
        assert archive.read(name).count(b"\r\n") == 200_001
    assert troubles == []


@pytest.mark.parametrize(("login", "record"), [("family", "家属档案"), ("responder", "服务人员档案")])
def test_people_take_their_own_data_with_them(browser: Browser, desk: World, login: str, record: str) -> None:
    troubles: list[str] = []
    page = arrive(browser, desk, login, troubles, size=PHONE, path="/account")
    own = page.get_by_test_id("own-data")
    expect(own).to_contain_text("还可下载 3 次")
    names = files_of(page, "下载我的资料")
    assert any(record in name for name in names)
    expect(own.get_by_role("status")).to_contain_text("已下载")
    expect(own).to_contain_text("还可下载 2 次")
    expect(own).to_contain_text("本人下载")
    own.scroll_into_view_if_needed()
    assert violations(page) == []
    keep(page, f"export-own-{login}")
    assert troubles == []


def test_who_may_not_ask_again_today_is_told(browser: Browser, desk: World) -> None:
    troubles: list[str] = []
    page = arrive(browser, desk, "family", troubles, size=PHONE, path="/account")
    for _ in range(3):
        files_of(page, "下载我的资料")
        expect(page.get_by_test_id("own-data").get_by_role("status")).to_contain_text("已下载")
        desk.scene.run("update register_change set at = at - interval '31 minutes' where kind = 'export'")
    page.get_by_role("button", name="下载我的资料").click()
    expect(page.get_by_test_id("own-data").get_by_role("alert")).to_contain_text("最多导出3次")
    assert troubles == []
