"""A whole platform behind a real Chromium: broker, engine, console, and a phone that takes messages."""

import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from carecircle.runtime.install import Runtime
from carecircle_console.static import PAGES
from tests.browser.arriving import TROUBLES
from tests.console_world import LINK_SECRET, PASSWORD, World, people, running
from tests.scene import COUNTY
from tests.servers import Database, TestBroker

# A machine may have other work beside the tests: what never comes is told in time all the same.
expect.set_options(timeout=15_000)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
]
# Where pictures of the screens are kept: CI names a folder whose content it keeps.
SCREENSHOTS = Path(os.environ.get("CARECIRCLE_SCREENSHOTS") or Path(__file__).parent / "screenshots")


class _Phone(http.server.BaseHTTPRequestHandler):
    """Somebody else's message service, which takes everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by its base class
        pass


@dataclass
class Platform:
    """What the tests see: the console's world, and a button to press."""

    world: World
    broker: TestBroker
    browser: Browser
    engine: "subprocess.Popen[bytes]"
    troubles: list[str] = field(default_factory=list)

    def press(self, bed: str = "bed-1", event: str = "sos") -> float:
        """Press the call button of a home, or let it tell of a fall, with a client that is not ours; returns when."""
        at = time.time()
        payload = f'{{"boot":1,"seq":{int(at * 1000)},"at":{int(at * 1000)},"event":"{event}","code":101}}'
        command = [self.broker.server.runtime.program("mosquitto_pub"), "-q", "1", "-m", payload]
        subprocess.run([*command, "-L", f"{self.broker.url_home(bed)}/care/v1/{COUNTY}/{bed}/button/event"], check=True)
        return at

    def page(self, login: str, *, width: int = 1440, height: int = 900) -> Page:
        """A browser of its own in which this person has signed in; whatever it complains about ends in `troubles`."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{login}: {error}"))
        page.on("console", lambda said: self.troubles.append(f"{login}: {said.text}") if said.type == "error" else None)
        page.goto(self.world.base_url)
        page.fill('[data-testid="login-form"] [name=login]', login)
        page.fill('[data-testid="login-form"] [name=password]', PASSWORD)
        # Asking who I am before signing in is answered by 401, which Chromium writes down as an error.
        self.troubles.clear()
        page.click('[data-testid="login-form"] [type=submit]')
        return page

    def keep(self, page: Page, name: str) -> None:
        """Keep a picture of what was seen."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a file: Playwright keeps an event loop running, asynchronous tests bring their own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the pages are not tested (apt-get install chromium)")
    if not (PAGES / "index.html").is_file():
        pytest.skip("the console's pages are not built (make web)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser without anything that other tests have left: each context has its own cookies, caches and workers."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def desk(database: Database) -> Iterator[World]:
    """A console without engine or broker: one bed with values of now, one with old ones; no page may throw anything."""
    with running(database, people(database)) as world:
        world.pulse()
        world.vitals("bed-1", heart_rate=72, respiratory_rate=16, spo2=91)
        world.vitals("bed-2", age_s=7200, heart_rate=61)
        TROUBLES.clear()
        yield world
        assert not TROUBLES


@pytest.fixture
def platform(
    browser: Browser, runtime: Runtime, database: Database, broker: TestBroker, tmp_path: Path
) -> Iterator[Platform]:
    assert runtime is not None
    phone = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Phone)
    threading.Thread(target=phone.serve_forever, daemon=True).start()
    scene = people(database)
    address = f"http://127.0.0.1:{phone.server_address[1]}/"
    scene.run("delete from contact where person_kind in ('responder', 'family_member')")
    for kind in ("responder", "family_member"):
        scene.run(
            "insert into contact (person_kind, person_id, channel, address, place) "
            f"select %s, id, 'webhook', %s, 10 from {kind}",
            kind,
            address,
        )
    scene.run("update responder set on_duty = (id = 'r-1')")
    with running(database, scene) as world, (tmp_path / "alerts.log").open("wb") as log:
        environment = os.environ | {
            "CARECIRCLE_DATABASE_URL": database.url("carecircle_alerts"),
            "CARECIRCLE_MQTT_URL": broker.url("alerts"),
            "CARECIRCLE_PUBLIC_URL": world.base_url,
            "CARECIRCLE_LINK_SECRET": LINK_SECRET,
            "CARECIRCLE_WEBHOOK_SECRET": "webhooks of the tests, signed",
            "CARECIRCLE_WEBHOOK_PRIVATE_NETWORKS": "true",
        }
        carecircle = Path(sys.executable).with_name("carecircle")
        engine = subprocess.Popen([carecircle, "alerts"], env=environment, stdout=log, stderr=log)
        try:
            _wait_for_pulse(world)
            platform = Platform(world, broker, browser, engine)
            yield platform
            for context in browser.contexts:
                context.close()
        finally:
            engine.terminate()
            engine.wait(20)
            phone.shutdown()
            phone.server_close()


def _wait_for_pulse(world: World) -> None:
    until = time.monotonic() + 30
    while not world.scene.rows("select 1 from engine_pulse where (detail ->> 'broker')::boolean"):
        assert time.monotonic() < until, "the engine did not start"
        time.sleep(0.05)
