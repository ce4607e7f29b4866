"""Accessibility of a page as it stands: axe-core's findings, in the language that is asked for (I/O)."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "console" / "web" / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("zh-CN", "en", "bo")


def speak(page: Page, language: str) -> None:
    """Choose a language as people do, and wait until the page is in it."""
    page.locator('[data-testid="language"]').first.select_option(language)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)


def violations(page: Page) -> list[str]:
    """What axe finds, one line each: the rule, how grave, and the first place."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then((said) => said.violations)")
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]} × {len(one['nodes'])}" for one in found]
