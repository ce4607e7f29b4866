"""The pages of the administration, and the desk without its map, as tests walk through them (I/O)."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.accessibility import settle

_ROUTES = Path(__file__).parents[2] / "console/web/src/pages/administrator/routes.ts"
# What the pages of one thing are asked for.
_THINGS = {
    "/admin/responders/:id": "/admin/responders/r-1",
    "/admin/providers/:id": "/admin/providers/station-1",
    "/admin/homes/:id": "/admin/homes/bed-1",
    "/admin/rules/:rule": "/admin/rules/heart_rate",
    "/admin/plans/bed": "/admin/plans/bed?bed=bed-1",
    "/admin/trials/:id": "/admin/trials/none",
    "/admin/accounts/:id": "/admin/accounts/1",
    "/admin/erasures/:id": "/admin/erasures/1",
}
PATHS = [_THINGS.get(path, path) for path in re.findall(r"path: '([^']+)'", _ROUTES.read_text("utf-8"))]
"""Every page, in the order of the navigation."""


def go(page: Page, path: str) -> None:
    """To another page of the administration, without loading anew."""
    page.evaluate(
        "p => { history.pushState({ place: 1 }, '', p); dispatchEvent(new PopStateEvent('popstate')); }", path
    )
    page.wait_for_selector("[data-page-title]")
    expect(page.get_by_text("正在载入…"), path).to_have_count(0)
    settle(page)


def name_of(path: str) -> str:
    """What pictures of a page are called."""
    return "administrator" + re.sub(r"[/?=:]+", "-", path.removeprefix("/admin"))


def without_map(page: Page) -> None:
    """Its code does not come: a list of addresses stands there, and no map is drawn anew in each language."""
    page.context.route("**/assets/engine-*.js", lambda route: route.abort())
    page.reload()
    page.wait_for_selector('[data-testid="map-failure"]', timeout=20_000)
