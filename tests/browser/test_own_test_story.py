"""A daughter tries whether an alert would reach her: one message comes and is confirmed, one is refused, one gone."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from carecircle_alerts.drills.links import DrillLinks
from tests.browser.conftest import Platform
from tests.console_world import LINK_SECRET


class _Refusing(http.server.BaseHTTPRequestHandler):
    """Somebody else's message service, which does not want us."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(403)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by its base class
        pass


@pytest.fixture
def refusing() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def own_test(page: Page, place: int) -> Locator:
    return page.get_by_test_id("own-test").nth(place)


def test_a_relative_tries_their_contacts(platform: Platform, refusing: str) -> None:
    world = platform.world
    world.scene.run(
        "insert into contact (person_kind, person_id, channel, address, place) "
        "values ('family_member', 'f-1', 'webhook', %s, 20)", refusing,
    )  # fmt: skip
    daughter = platform.page("family", width=390, height=844)
    expect(own_test(daughter, 0)).to_have_attribute("data-fate", "none")

    first = own_test(daughter, 0)
    first.get_by_test_id("own-test-send").click()
    expect(first).to_have_attribute("data-fate", "SENT")
    expect(first).to_contain_text("请点开消息里的链接确认")
    expect(first.get_by_test_id("own-test-send")).to_be_disabled()
    ((drill,),) = world.scene.rows("select id from drill where family_member_id = 'f-1'")
    links = DrillLinks(world.base_url, LINK_SECRET)
    link = daughter.context.new_page()
    link.goto(links.page(UUID(str(drill)), datetime.now(UTC) + timedelta(hours=1)))
    link.get_by_role("button").click()
    expect(link.get_by_text("已确认收到")).to_be_visible()
    link.close()
    expect(first).to_have_attribute("data-fate", "CONFIRMED")

    second = own_test(daughter, 1)
    second.get_by_test_id("own-test-send").click()
    expect(second).to_have_attribute("data-fate", "FAILED")
    expect(second).to_contain_text("HTTP 403")
    expect(second).to_contain_text("请联系照护中心")
    second.scroll_into_view_if_needed()
    platform.keep(daughter, "own-test")

    # What the engine does when a push service says that a subscription is gone; it has a story of its own.
    world.scene.run(
        "update drill set contact_id = null, channel = 'web_push', reason = 'HTTP 410' "
        "where family_member_id = 'f-1' and state = 'FAILED'"
    )
    daughter.reload()
    expect(daughter.get_by_test_id("dropped")).to_contain_text("订阅已失效，已删除")
    daughter.get_by_test_id("dropped").scroll_into_view_if_needed()
    platform.keep(daughter, "own-test-dropped")
    assert not platform.troubles
