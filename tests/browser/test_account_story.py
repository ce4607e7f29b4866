"""Accounts: an administrator invites a supervisor, who sets a password and a second factor; all of it is on record."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.console_world import PASSWORD, World, people, running
from tests.servers import Database

OWN_PASSWORD = "a longer word of my own"


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    with running(database, people(database)) as world:
        yield world


def new_page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN").new_page()


def sign_in(page: Page, login: str, password: str) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("[type=submit]")


def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def invite(browser: Browser, desk: World) -> tuple[Page, str]:
    """The administrator makes an account; returns their page and the link of the invitation."""
    office = new_page(browser)
    office.goto(f"{desk.base_url}/admin/accounts")
    sign_in(office, "administrator", PASSWORD)
    office.get_by_role("button", name="新建账号").click()
    office.fill("[name=new-login]", "wang.min")
    office.fill("[data-testid=account-form] [name=name]", "王敏")
    office.select_option("[data-testid=account-form] [name=role]", "supervisor")
    office.fill("[data-testid=account-form] [name=reason]", "新任主管")
    keep(office, "administrator-new-account")
    office.locator("[data-testid=account-form] [type=submit]").click()
    link = office.get_by_test_id("opening").input_value()
    assert "/#/invitation/" in link
    office.keyboard.press("Escape")
    expect(office.get_by_role("row").filter(has_text="wang.min")).to_contain_text("已邀请")
    return office, link


def test_an_invited_person_comes_in_and_needs_a_code_from_then_on(browser: Browser, desk: World) -> None:
    office, link = invite(browser, desk)
    hers = new_page(browser)
    hers.goto(desk.base_url + link[link.index("/#/") :])
    expect(hers.get_by_test_id("invitation-form")).to_contain_text("王敏")
    hers.fill("[name=new]", OWN_PASSWORD)
    hers.fill("[name=again]", "something else")
    expect(hers.locator("[type=submit]")).to_be_disabled()
    hers.fill("[name=again]", OWN_PASSWORD)
    hers.click("[type=submit]")
    expect(hers.get_by_test_id("login-form")).to_contain_text("密码已设定")
    assert "invitation" not in hers.url
    sign_in(hers, "wang.min", OWN_PASSWORD)
    expect(hers.get_by_test_id("login-form")).to_have_count(0)

    hers.goto(f"{desk.base_url}/account")
    hers.get_by_role("button", name="开始设置").click()
    hers.fill("[data-testid=factor-form] [name=password]", OWN_PASSWORD)
    hers.locator("[data-testid=factor-form] [type=submit]").click()
    expect(hers.get_by_role("img", name="二维码")).to_be_visible()
    secret = hers.get_by_test_id("factor-key").inner_text().replace(" ", "")
    hers.fill("[data-testid=factor-form] [name=code]", pyotp.TOTP(secret).now())
    keep(hers, "account-second-factor")
    hers.locator("[data-testid=factor-form] [type=submit]").click()
    codes = hers.get_by_test_id("recovery-codes").get_by_role("listitem")
    expect(codes.first).to_be_visible()
    recovery = codes.first.inner_text()

    phone = new_page(browser)
    phone.goto(desk.base_url)
    sign_in(phone, "wang.min", OWN_PASSWORD)
    phone.fill("[name=code]", "000000")
    phone.click("[type=submit]")
    expect(phone.get_by_role("alert")).to_be_visible()
    phone.fill("[name=code]", recovery)
    phone.click("[type=submit]")
    expect(phone.get_by_test_id("login-form")).to_have_count(0)

    office.goto(f"{desk.base_url}/admin/audit?kind=register")
    row = office.get_by_test_id("audit-entry").last
    expect(row).to_contain_text("新建")
    expect(row).to_contain_text("新任主管")
    keep(office, "administrator-audit")
