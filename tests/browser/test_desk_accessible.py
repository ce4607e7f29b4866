"""The desk and the administration for everybody: nothing that axe finds, in every state, window and language."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import LANGUAGES, Look, needs_axe, violations
from tests.browser.administration import PATHS, go, name_of, without_map
from tests.browser.arriving import TROUBLES, arrive
from tests.console_world import KINDS, World
from tests.scene import VILLAGE


class Visit(Look):
    """A look at pages that are grey in all surroundings."""

    def see(self, page: Page, state: str, languages: tuple[str, ...] = LANGUAGES) -> None:
        self.at(page, state, languages, is_dark=False)

    def nothing(self) -> None:
        assert not self.found, "\n".join(self.found)


def leave_window(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)  # closed, and the page knows it


@needs_axe
def test_signing_in_and_the_desk_with_its_map(browser: Browser, desk: World) -> None:
    look = Visit()
    arriving = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    arriving.goto(desk.base_url)
    arriving.wait_for_selector('[data-testid="login-form"]')
    arriving.fill("[name=login]", "nobody")
    arriving.fill("[name=password]", "nothing")
    arriving.click("[type=submit]")
    arriving.wait_for_selector("[role=alert]")
    look.see(arriving, "signed-out-refused")
    desk.incident("bed-1")
    page = arrive(browser, desk, "dispatcher", TROUBLES)
    page.get_by_test_id("shift-later").click()
    expect(page.get_by_test_id("map")).to_have_attribute("data-state", "ready", timeout=30_000)
    look.see(page, "desk-map")
    look.nothing()


@needs_axe
def test_the_desk_when_nothing_and_when_too_much_happens(browser: Browser, desk: World) -> None:
    look = Visit()
    lost = arrive(browser, desk, "supervisor", TROUBLES, path="/")
    without_map(lost)
    page = arrive(browser, desk, "dispatcher", TROUBLES)
    without_map(page)
    page.wait_for_selector('[data-testid="queue-empty"]')
    page.wait_for_selector('[data-testid="shift-start"]')
    look.see(page, "desk-empty-shift-start")
    for kind in KINDS:
        for bed in ("bed-1", "bed-2"):
            desk.incident(bed, kind)
    page.get_by_test_id("shift-later").click()
    page.wait_for_selector('[data-testid="flood-banner"]')
    lost.wait_for_selector('[data-testid="flood-banner"]')
    lost.evaluate("window.isSilent = true")
    page.locator('[data-bed="bed-2"]').click()
    expect(page.get_by_test_id("vital").first).to_contain_text("--")
    look.see(page, "desk-flood-stale-bed")
    lost.wait_for_selector('[data-testid="link-banner"]', timeout=30_000)
    lost.get_by_test_id("shift-later").click()
    look.see(lost, "desk-link-lost")

    # Faults in the page as it stands are found: the test can fail.
    page.get_by_test_id("person-menu").click()
    page.get_by_test_id("language").evaluate(
        "one => one.getAttributeNames().forEach(name => one.removeAttribute(name))"
    )
    page.locator(".who").first.evaluate("one => { one.style.color = '#ccd'; }")
    assert {one.split(" ", 1)[0] for one in violations(page)} == {"select-name", "color-contrast"}
    look.nothing()


@needs_axe
def test_the_desk_and_the_windows_of_an_incident(browser: Browser, desk: World) -> None:
    look = Visit()
    incident = desk.incident("bed-1")
    desk.incident("bed-1", "fall")
    desk.entry(incident, "searching")
    desk.offer(incident, "r-1")
    desk.scene.run(
        "insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, rules_version) "
        "values ('bed-1', 'heart_rate', 'mat', 2, now(), now(), '{}', 0)"
    )
    page = arrive(browser, desk, "dispatcher", TROUBLES)
    without_map(page)
    page.get_by_test_id("shift-later").click()
    page.locator(f'[data-incident="{incident}"]').first.click()
    page.wait_for_selector('[data-testid="bed-alarm"]')
    page.keyboard.press("d")
    page.wait_for_selector('[data-testid="candidate-row"]')
    look.see(page, "desk-open-incident")
    page.keyboard.press("Escape")
    for key in "cvuenxs?/":
        page.keyboard.press(key)
        expect(page.locator("dialog[open]"), f"key {key}").to_have_count(1)
        look.see(page, f"desk-window-{key.replace('?', 'help').replace('/', 'search')}")
        leave_window(page)
    page.get_by_test_id("shift-chip").click()
    page.wait_for_selector("dialog[open]")
    look.see(page, "desk-handovers")
    page.get_by_test_id("handover-write").click()
    page.wait_for_selector("dialog[open] textarea")
    look.see(page, "desk-handover-write")
    look.nothing()


@needs_axe
def test_every_page_of_the_administration(browser: Browser, desk: World) -> None:
    look = Visit()
    assert len(PATHS) > 20
    page = arrive(browser, desk, "administrator", TROUBLES, path="/admin")
    for path in PATHS:
        go(page, path)
        look.see(page, name_of(path))
    look.nothing()


@needs_axe
def test_forms_and_windows_of_the_administration(browser: Browser, desk: World) -> None:
    look = Visit()
    page = arrive(browser, desk, "administrator", TROUBLES, path="/admin")

    def press(name: str, nth: int = 0) -> None:
        page.get_by_role("button", name=name).nth(nth).click()

    go(page, "/admin/homes/new")
    for name, value in {"resident_name": "王桂兰", "address": "花园路8号", "altitude_m": "2260", "phone": "12"}.items():
        page.fill(f"[data-testid=home-form] [name={name}]", value)
    page.fill("[data-testid=home-form] [name=area]", VILLAGE)
    page.locator("[data-testid=home-form] [name=area]").blur()
    press("添加家属")
    press("添加通知方式")
    press("保存")
    page.fill("dialog [name=reason]", "家访登记")
    look.see(page, "administrator-reason")
    page.locator("dialog [type=submit]").click()
    expect(page.locator("[data-testid=home-form] [name=phone]")).to_be_focused()
    look.see(page, "administrator-home-refused")
    page.get_by_role("link", name="概况").first.click()
    page.wait_for_selector("dialog")
    look.see(page, "administrator-leave")
    page.locator("dialog .primary").click()
    go(page, "/admin/accounts")
    press("新建账号")
    page.fill("[name=new-login]", "dispatcher")
    page.fill("[data-testid=account-form] [name=name]", "王敏")
    page.fill("[data-testid=account-form] [name=reason]", "新同事")
    page.locator("[data-testid=account-form] [type=submit]").click()
    expect(page.locator("[name=new-login]")).to_be_focused()
    look.see(page, "administrator-account-refused")
    page.locator("[name=new-login]").fill("wang.min")
    page.locator("[data-testid=account-form] [type=submit]").click()
    page.wait_for_selector("[data-testid=opening]")
    look.see(page, "administrator-account-opening")
    leave_window(page)
    go(page, "/admin/plans")
    press("新增一层")
    page.wait_for_selector("[aria-labelledby=layer-title] .form")
    look.see(page, "administrator-plan-layer")
    look.nothing()
