"""The real stack behind a real browser: database, broker, alert engine and console as processes of their own (I/O)."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, Page, sync_playwright

from bench.beds import beds_sql
from bench.console_stream import wait_for
from carecircle.runtime.install import ensure_runtime
from carecircle.runtime.ports import free_port
from tests.console_world import LINK_SECRET, PASSWORD, people
from tests.scene import Scene
from tests.servers import COUNTY, KNOWN_BEDS, Database, TestBroker, new_broker, new_own_database

FLAGS = (
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader-webgl", "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
)  # fmt: skip
# The beds whose call buttons are pressed.
PRESSED = KNOWN_BEDS
# Notes in the page when a row, or the selected row, was painted first: after the frame that it came with.
_WATCH = """
window.painted = {rows: {}, selected: 0, key: 0};
const afterPaint = (note) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => note(performance.timeOrigin + performance.now());
  channel.port2.postMessage(0);
});
addEventListener('keydown', (event) => { painted.key = performance.timeOrigin + event.timeStamp; }, true);
new MutationObserver((changes) => {
  const rows = document.querySelectorAll('[data-testid="incident-row"]');
  const fresh = [...rows].map((row) => row.dataset.incident).filter((id) => !(id in painted.rows));
  for (const id of fresh) painted.rows[id] = 0;
  if (fresh.length > 0) afterPaint((at) => { for (const id of fresh) painted.rows[id] = at; });
  if (changes.some((one) => one.attributeName === 'aria-current')) afterPaint((at) => { painted.selected = at; });
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['aria-current']});
"""


@dataclass
class Stack:
    """What the parts measure."""

    database: Database
    scene: Scene
    broker: TestBroker
    console: "subprocess.Popen[bytes]"
    port: int
    browser: Browser
    homes: dict[str, Client] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the console is."""
        return f"http://127.0.0.1:{self.port}"

    def page(self, login: str, *, width: int = 1440, height: int = 900, url: str | None = None) -> Page:
        """A browser of its own in which somebody has just signed in."""
        page = self.browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
        page.add_init_script(_WATCH)
        page.goto(url or self.url)
        page.fill('[data-testid="login-form"] [name=login]', login)
        page.fill('[data-testid="login-form"] [name=password]', PASSWORD)
        page.click('[data-testid="login-form"] [type=submit]')
        page.wait_for_selector('[data-testid="login-form"]', state="detached", timeout=30_000)
        return page

    def desk(self, url: str | None = None) -> Page:
        """A dispatcher's page that is live."""
        page = self.page("dispatcher", url=url)
        page.wait_for_selector('[data-testid="never-silent"]', timeout=60_000)
        page.wait_for_selector(".chip.live", timeout=60_000)
        return page

    def press(self, bed: str, event: str) -> float:
        """Publish a call of a home that is connected; returns when, as the browser counts."""
        if bed not in self.homes:
            self.homes[bed] = _home(self.broker, bed)
        at = time.time()
        payload = f'{{"boot":1,"seq":{int(at * 1000)},"at":{int(at * 1000)},"event":"{event}","code":101}}'
        self.homes[bed].publish(f"care/v1/{COUNTY}/{bed}/button/event", payload, qos=1).wait_for_publish(10)
        return at * 1000

    def open_incidents(self, count: int, first_bed: int) -> tuple[list[str], float]:
        """Incidents of as many beds, committed at once; returns them and when."""
        rows: list[tuple[object, ...]] = []
        with psycopg.connect(self.database.admin_url) as connection:
            rows = connection.execute(
                "with made as (insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, "
                "opened_at, deadline_at) select gen_random_uuid(), 'bed-' || n, 'sos', 1, 'SEARCHING', "
                "(select plan from incident limit 1), 'button', now(), now(), now() + interval '15 minutes' "
                "from generate_series(%s::int, %s::int) n returning id), "
                "waiting as (insert into due (due_at, incident_id, epoch, kind) "
                "select now() + interval '10 minutes', id, 0, 'recheck' from made) "
                "insert into incident_event (incident_id, at, epoch, step, actor, reason, detail) "
                "select id, now(), 0, 'received', 'detect', '', '{}' from made returning incident_id",
                (first_bed, first_bed + count - 1),
            ).fetchall()
        return [str(row[0]) for row in rows], time.time() * 1000


def _home(broker: TestBroker, bed: str) -> Client:
    """A home box that is connected, as it is before somebody presses."""
    url = urlsplit(broker.url_home(bed))
    client = Client(CallbackAPIVersion.VERSION2, client_id=f"bench-{bed}")
    client.username_pw_set(url.username, url.password)
    client.connect(url.hostname or "", url.port or 0)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    return client


def painted_at(page: Page, incidents: list[str], within_s: float = 60) -> list[float]:
    """When each of the incidents was painted, milliseconds since 1970; raises where one was not."""
    page.wait_for_function("ids => ids.every((id) => painted.rows[id] > 0)", arg=incidents, timeout=within_s * 1000)
    times: list[float] = page.evaluate("ids => ids.map((id) => painted.rows[id])", incidents)
    return times


@contextmanager
def stack(beds: int) -> Iterator[Stack]:
    """All of it, with people and as many beds, until the block ends."""
    chromium = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if chromium is None:
        raise SystemExit("no Chromium on this machine (apt-get install chromium)")
    with ExitStack() as end:
        folder = Path(end.enter_context(tempfile.TemporaryDirectory()))
        runtime = ensure_runtime()
        database = new_own_database(runtime, folder)
        end.callback(database.stop)
        broker = new_broker(runtime, folder)
        end.callback(broker.stop)
        scene = people(database)
        with psycopg.connect(database.admin_url, autocommit=True) as connection:
            connection.execute(beds_sql(beds, first=3).encode())
            connection.execute(
                "update bed set lat = 36.6 + random() / 20, lon = 101.75 + random() / 10 where lat is null"
            )
        port = free_port()
        environment = os.environ | {"CARECIRCLE_LINK_SECRET": LINK_SECRET}
        log = end.enter_context((folder / "log").open("wb"))

        def start(service: str, **settings: str) -> "subprocess.Popen[bytes]":
            command = [str(Path(sys.executable).with_name("carecircle")), service]
            process = subprocess.Popen(command, env=environment | settings, stdout=log, stderr=log)
            end.callback(process.wait, 20)
            end.callback(process.terminate)
            return process

        console = start(
            "console", CARECIRCLE_DATABASE_URL=database.url("carecircle_console"),
            CARECIRCLE_DESK_DATABASE_URL=database.url("carecircle_desk"), CARECIRCLE_CONSOLE_PORT=str(port),
        )  # fmt: skip
        start(
            "alerts", CARECIRCLE_DATABASE_URL=database.url("carecircle_alerts"),
            CARECIRCLE_MQTT_URL=broker.url("alerts"), CARECIRCLE_PUBLIC_URL=f"http://127.0.0.1:{port}",
            CARECIRCLE_WEBHOOK_SECRET=LINK_SECRET,
        )  # fmt: skip
        wait_for(port, console)
        _wait_for_pulse(scene)
        playwright = end.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        end.callback(browser.close)
        running = Stack(database, scene, broker, console, port, browser)
        end.callback(lambda: [home.loop_stop() for home in running.homes.values()])
        yield running


def _wait_for_pulse(scene: Scene) -> None:
    until = time.monotonic() + 60
    while not scene.rows("select 1 from engine_pulse where (detail ->> 'broker')::boolean"):
        if time.monotonic() > until:
            raise SystemExit("the alert engine did not start")
        time.sleep(0.05)
