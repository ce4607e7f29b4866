"""The head of the dispatcher's page stays one line at a desk, whatever it has to say, and its menu harms no keys."""

from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import at_each, keep, runs_out
from tests.browser.administration import without_map
from tests.browser.arriving import TROUBLES, arrive
from tests.console_world import World

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = ((1280, 800), (1440, 800), (1920, 800))
# The centres of everything in the head lie on one line.
_CENTRES = """() => [...document.querySelector('header').children].map(one => one.getBoundingClientRect())
    .filter(box => box.width > 0 && box.height > 0).map(box => Math.round(box.top + box.height / 2))"""


def broken_heads(page: Page, state: str) -> list[str]:
    """Where the head has more than one line, or something runs out of it, in each language and width."""
    found = []
    for language, width, _height in at_each(page, SIZES):
        where = f"{state} {width} px, {language}"
        centres = page.evaluate(_CENTRES)
        if max(centres) - min(centres) > 2:
            found.append(f"{where}: lines at {sorted(set(centres))}")
        found += [f"{where}: {one}" for one in runs_out(page)]
        keep(page, f"desk-head-{state}-{language}-{width}")
    return found


def test_the_head_of_the_desk_is_one_line(browser: Browser, desk: World) -> None:
    page = arrive(browser, desk, "supervisor", TROUBLES)
    without_map(page)
    page.get_by_test_id("shift-later").click()
    expect(page.get_by_test_id("shift-chip")).to_contain_text("未值班")
    found = broken_heads(page, "nobody-on-shift")
    # The longest that the light has to say, and no line to the server on top of it.
    desk.pulse(ago_s=3 * 86400, broken={"unattended": 120, "crowded": 10})
    expect(page.get_by_test_id("never-silent")).to_contain_text("另有")
    found += broken_heads(page, "light-out")
    page.evaluate("window.isSilent = true")
    expect(page.get_by_text("本机计时")).to_be_visible()
    found += broken_heads(page, "no-line")
    assert not found, "\n".join(found)


def test_the_menu_closes_by_esc_and_by_a_click_beside_it(browser: Browser, desk: World) -> None:
    incident = desk.incident("bed-1")
    page = arrive(browser, desk, "supervisor", TROUBLES)
    without_map(page)
    page.get_by_test_id("shift-later").click()
    page.locator(f'[data-incident="{incident}"]').first.click()
    opener, leave = page.get_by_test_id("person-menu"), page.get_by_role("button", name="退出", exact=True)
    closes: tuple[Callable[[], None], ...] = (
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(300, 500),
    )
    for close in closes:
        opener.click()
        expect(page.get_by_role("link", name="系统管理")).to_be_visible()
        leave.click(trial=True)
        assert not runs_out(page)
        keep(page, "desk-menu")
        close()
        expect(leave).to_be_hidden()
        # What was chosen on the desk is still chosen.
        expect(page.locator(f'[data-incident="{incident}"]').first).to_have_attribute("aria-current", "true")
    opener.click()
    page.get_by_role("button", name="快捷键").click()
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(leave).to_be_hidden()
