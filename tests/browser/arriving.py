"""Arriving: a browser of one's own in which somebody has signed in, whose line can fall silent (I/O)."""

from playwright.sync_api import Browser, Page

from tests.console_world import PASSWORD, World

# What pages threw in the tests whose `desk` is that of the conftest: nothing, at the end of each.
TROUBLES: list[str] = []

# A line that falls silent without breaking, as mobile networks and firewalls let it, once `isSilent` is set.
_SILENT = """window.EventSource = class extends EventSource {
    addEventListener(name, hear, how) { super.addEventListener(name, event => window.isSilent || hear(event), how); }
}"""


def arrive(
    browser: Browser,
    world: World,
    login: str,
    troubles: list[str],
    *,
    size: tuple[int, int] = (1440, 900),
    path: str = "",
    scale: float = 1,
) -> Page:
    """The first page of somebody who has signed in; `scale`: device pixels, 2 where a browser shows at 200 %.

    What the page throws ends in `troubles`.
    """
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, locale="zh-CN", device_scale_factor=scale)  # type: ignore[arg-type]
    session = context.request.post(
        f"{world.base_url}/api/session",
        data={"login": login, "password": PASSWORD},
        headers={"X-CareCircle": "1"},
    )
    assert session.ok, session.text()
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(f"{login} at {page.url}: {error}"))
    page.add_init_script(_SILENT)
    page.goto(world.base_url + path)
    page.wait_for_selector("h1, main")
    return page
