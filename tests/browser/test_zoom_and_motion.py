"""Twice the size at a desk, the width of a phone, no motion for whoever wants none (WCAG 1.4.10, 2.2.2, 2.3.3)."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import at_each, keep, motions, runs_out, settle
from tests.browser.administration import PATHS, go, name_of, without_map
from tests.browser.arriving import TROUBLES, arrive
from tests.console_world import KINDS, World

# 200 % on a screen of 1280 × 800, and the narrowest page that WCAG asks for.
TWICE, NARROW = (640, 400), (320, 640)


def looked_at(page: Page, state: str, *sizes: tuple[int, int]) -> list[str]:
    """What does not fit, in each language and size; the pictures are of the Chinese ones."""
    found = []
    for language, width, height in at_each(page, sizes):
        found += [f"{state} {width} × {height}, {language}: {one}" for one in runs_out(page)]
        if language == "zh-CN":
            keep(page, f"zoomed-{state}-{width}")
    return found


def test_the_desk_at_twice_the_size(browser: Browser, desk: World) -> None:
    incident = desk.incident("bed-1")
    desk.incident("bed-2", "fall")
    desk.offer(incident, "r-1")
    page = arrive(browser, desk, "dispatcher", TROUBLES, size=TWICE, scale=2)
    without_map(page)
    found = looked_at(page, "desk-shift-start", TWICE)
    page.get_by_test_id("shift-later").click()
    page.locator(f'[data-incident="{incident}"]').first.click()
    page.wait_for_selector('[data-testid="candidate-row"]')
    found += looked_at(page, "desk", TWICE)
    # Whatever is below can be scrolled to, and pressed.
    for name in ("确认 A", "结案 X"):
        page.get_by_role("button", name=name, exact=True).first.click(trial=True)
    page.get_by_test_id("person-menu").click()
    page.get_by_role("button", name="退出", exact=True).click(trial=True)
    found += looked_at(page, "desk-menu", TWICE)
    page.keyboard.press("Escape")
    for key in "vx?/":
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_have_count(1)
        found += looked_at(page, f"desk-window-{key.replace('?', 'help').replace('/', 'search')}", TWICE)
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
    assert not found, "\n".join(found)


def test_the_administration_at_twice_the_size_and_on_a_phone(browser: Browser, desk: World) -> None:
    found = []
    page = arrive(browser, desk, "administrator", TROUBLES, size=TWICE, scale=2, path="/admin")
    for path in PATHS:
        go(page, path)
        found += looked_at(page, name_of(path), TWICE, NARROW)
    page.get_by_role("button", name="☰").click()
    page.get_by_role("link", name="审计记录").click(trial=True)
    assert not found, "\n".join(found)


def test_only_icons_of_alarms_move_and_none_for_whoever_wants_none(browser: Browser, desk: World) -> None:
    """The blinking icon has its word beside it and its shape; still, it is marked by a frame."""
    page = arrive(browser, desk, "dispatcher", TROUBLES)
    page.get_by_test_id("shift-later").click()
    for kind in KINDS:
        desk.incident("bed-1", kind)
    expect(page.get_by_test_id("incident-row")).to_have_count(len(KINDS))
    moving = motions(page)
    assert 1 <= len(moving) <= 5, moving
    assert all(one.for_ever and "icon" in one.what and one.ms == 500 for one in moving), moving

    page.emulate_media(reduced_motion="reduce")
    settle(page)
    assert motions(page) == []
    icons = page.locator(".blinking")
    assert icons.count() == len(moving)
    assert {one.evaluate("one => getComputedStyle(one).outlineStyle") for one in icons.all()} == {"double"}
    assert all("未确认" in row.inner_text() for row in page.get_by_test_id("incident-row").all())
    keep(page, "desk-still")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert motions(page) == []

    phone = arrive(browser, desk, "responder", TROUBLES, size=(390, 844))
    phone.emulate_media(reduced_motion="reduce")
    desk.offer(desk.incident("bed-2"), "r-1")
    phone.wait_for_selector('[data-testid="offer-accept"]')
    assert motions(phone) == []
    office = arrive(browser, desk, "administrator", TROUBLES, path="/admin")
    office.emulate_media(reduced_motion="reduce")
    go(office, "/admin/rosters")
    assert motions(office) == []
