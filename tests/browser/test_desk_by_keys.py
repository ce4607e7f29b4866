"""The dispatcher at three in the morning: by keys alone, on a line that breaks, with values that are not there."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from psycopg.types.json import Jsonb

from tests.browser.conftest import Platform
from tests.console_world import KINDS


def at(page: Page, test_id: str) -> Locator:
    return page.get_by_test_id(test_id)


class Line:
    """A way to the console that can fall silent without breaking, as mobile networks and firewalls let it."""

    def __init__(self, url: str) -> None:
        host, port = urlsplit(url).hostname, urlsplit(url).port
        assert host is not None
        assert port is not None
        self._to = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._carries = threading.Event()
        self._carries.set()
        self._ends: list[socket.socket] = [self._listening]
        self._threads: list[threading.Thread] = []
        self._run(self._accept)

    def fall_silent(self) -> None:
        self._carries.clear()

    def carry_again(self) -> None:
        self._carries.set()

    def close(self) -> None:
        self._carries.set()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for end in self._ends:
            end.close()

    def _run(self, work: Callable[..., None], *values: object) -> None:
        thread = threading.Thread(target=work, args=values, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._ends.append(near)
                far = socket.create_connection(self._to)
                self._ends.append(far)
                self._run(self._relay, near, far)
                self._run(self._relay, far, near)

    def _relay(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := one.recv(65536):
                self._carries.wait()
                other.sendall(said)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(platform: Platform) -> Iterator[Line]:
    line = Line(platform.world.base_url)
    platform.world.base_url = line.url
    yield line
    line.close()


def until(platform: Platform, question: str, *, within_s: float = 15) -> object:
    """Wait until the database answers with a row."""
    end = time.monotonic() + within_s
    while not (rows := platform.world.scene.rows(question)):
        assert time.monotonic() < end, question
        time.sleep(0.05)
    return rows[0][0]


def write(desk: Page, key: str, text: str) -> None:
    """Open a window by its key, write, and send it off, without a mouse."""
    desk.keyboard.press(key)
    expect(desk.locator("dialog textarea")).to_be_focused()
    desk.keyboard.type(text)
    submit = desk.locator("dialog [type=submit]")
    expect(submit).to_be_enabled()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    expect(submit).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("dialog")).to_have_count(0)


def call_for_one_more(platform: Platform, desk: Page) -> None:
    """A press that the first responder is asked about, and the second one could be."""
    expect(at(desk, "shift-start")).to_be_visible()
    platform.press("bed-1")
    expect(at(desk, "incident-row")).to_have_count(1)
    until(platform, "select 1 from offer where responder_id = 'r-1'")
    # The engine would ask the second one by itself a few seconds later; here the desk does.
    platform.world.scene.run("delete from due where kind = 'wave'")
    platform.world.scene.run("update responder set on_duty = true where id = 'r-2'")


def test_a_key_that_is_pressed_while_a_command_is_on_its_way_follows_it(platform: Platform) -> None:
    desk = platform.page("dispatcher")
    call_for_one_more(platform, desk)
    desk.keyboard.press("j")
    expect(at(desk, "candidate-row").and_(desk.locator("[data-eligible=true]"))).to_have_count(1)
    held = list[Route]()
    desk.route("**/acknowledge", lambda route: held.append(route))  # noqa: PLW0108 - a method of a list cannot be marked
    with desk.expect_request("**/acknowledge"):
        desk.keyboard.press("a")
    for key in ("a", "d", "1"):
        desk.keyboard.press(key)
    desk.wait_for_timeout(300)
    assert platform.world.scene.rows("select from incident_event where step = 'dispatched'") == []
    assert len(held) == 1, "what is pressed twice is sent once"
    held[0].continue_()
    until(platform, "select 1 from incident_event where step = 'dispatched'")
    expect(at(desk, "incident-row")).to_contain_text("账号dispatcher")


def test_a_whole_incident_without_a_mouse(platform: Platform) -> None:
    scene, desk = platform.world.scene, platform.page("dispatcher")
    call_for_one_more(platform, desk)
    row, keys = at(desk, "incident-row"), desk.keyboard

    keys.press("j")
    expect(row).to_have_attribute("aria-current", "true")
    keys.press("a")
    expect(row).to_contain_text("账号dispatcher")
    expect(at(desk, "undo-button")).to_be_visible()
    keys.press("z")
    expect(row).to_contain_text("未确认")
    expect(at(desk, "undo-button")).to_have_count(0)
    keys.press("z")
    expect(at(desk, "notice").filter(has_text="没有可撤销的确认")).to_be_visible()
    keys.press("a")
    expect(row).to_contain_text("账号dispatcher")

    expect(at(desk, "candidate-row").and_(desk.locator("[data-eligible=true]"))).to_have_count(1)
    keys.press("d")
    expect(at(desk, "dispatch-button")).to_have_attribute("aria-pressed", "true")
    keys.press("1")
    until(platform, "select 1 from incident_event where step = 'dispatched'")

    keys.press("c")
    expect(at(desk, "call-list")).to_contain_text("120")
    keys.press("Escape")
    expect(desk.locator("dialog")).to_have_count(0)
    write(desk, "n", "邻居说灯亮着")
    write(desk, "e", "楼道停电")
    keys.press("/")
    keys.type("核实")
    for key in ("Enter", "1", "Enter"):
        keys.press(key)
    expect(at(desk, "verification")).to_have_attribute("data-verification", "confirmed")
    expect(desk.locator("dialog")).to_have_count(0)
    keys.press("b")
    expect(desk.locator("#board input")).to_be_focused()
    keys.type("axnz")
    keys.press("Escape")
    assert desk.locator("dialog").count() == 0, "keys mean nothing while somebody types"
    keys.press("Escape")
    for key in ("x", "1", "Enter"):
        keys.press(key)
    expect(row).to_have_count(0)
    expect(at(desk, "queue-empty")).to_contain_text("最近一次心跳")
    assert scene.value("select outcome_code from incident") == "helped_on_site"
    steps = {found[0] for found in scene.rows("select step from incident_event")}
    assert {"acknowledged", "unacknowledged", "dispatched", "note", "escalated", "verification_confirmed"} <= steps
    assert platform.troubles == []


def test_other_keys_for_those_who_want_them(platform: Platform) -> None:
    desk = platform.page("dispatcher")
    platform.press("bed-1")
    row = at(desk, "incident-row")
    expect(row).to_have_count(1)
    row.click()
    keys = desk.keyboard
    keys.press("?")
    change = desk.locator("[data-command=acknowledge] button")
    change.click()
    keys.press("d")
    expect(desk.locator("dialog [role=alert]")).to_contain_text("这个键已用于")
    keys.press("q")
    expect(desk.locator("[data-command=acknowledge] kbd")).to_have_text("Q")
    keys.press("Escape")
    keys.press("a")
    expect(row).to_contain_text("未确认")
    keys.press("q")
    expect(row).to_contain_text("账号dispatcher")
    desk.reload()
    expect(row).to_have_count(1)
    keys.press("?")
    expect(desk.locator("[data-command=acknowledge] kbd")).to_have_text("Q")


def test_on_a_silent_line_nothing_old_looks_new_and_nothing_is_sent(platform: Platform, line: Line) -> None:
    platform.world.vitals("bed-1", age_s=5, heart_rate=72, respiratory_rate=16, in_bed=True)
    desk = platform.page("dispatcher")
    platform.press("bed-1")
    row = at(desk, "incident-row")
    expect(row).to_have_count(1)
    row.click()
    pulse = desk.locator("[data-testid=vital][data-metric=heart_rate]")
    expect(pulse).to_contain_text("72")
    line.fall_silent()
    expect(at(desk, "link-banner")).to_be_visible(timeout=15_500)
    expect(at(desk, "local-clock").first).to_be_visible()
    expect(pulse).not_to_contain_text("72")
    expect(pulse.get_by_test_id("absence")).to_have_attribute("data-why", "stale")
    expect(at(desk, "ack-button")).to_be_disabled()
    expect(at(desk, "sound")).to_have_attribute("data-tone", "1")
    desk.keyboard.press("a")
    expect(at(desk, "notice")).to_contain_text("连接中断")
    platform.keep(desk, "dispatcher-link-lost")
    line.carry_again()
    expect(at(desk, "link-banner")).to_have_count(0, timeout=20_000)
    expect(at(desk, "local-clock")).to_have_count(0)
    assert platform.world.scene.value("select acknowledged_at from incident") is None
    desk.keyboard.press("a")
    expect(row).to_contain_text("账号dispatcher")


def test_a_lost_link_with_no_alarm_has_a_tone_of_its_own(platform: Platform, line: Line) -> None:
    desk = platform.page("dispatcher")
    expect(at(desk, "queue-empty")).to_contain_text("最近一次心跳")
    line.fall_silent()
    expect(at(desk, "sound")).to_have_attribute("data-tone", "lost", timeout=16_000)


def test_why_a_value_is_absent_is_five_different_things(platform: Platform) -> None:
    world, scene = platform.world, platform.world.scene
    desk = platform.page("dispatcher")
    expect(at(desk, "bed-row")).to_have_count(2)
    pulse = desk.locator("[data-testid=vital][data-metric=heart_rate]")
    seen = set()

    def shows(why: str) -> None:
        desk.reload()
        at(desk, "bed-row").filter(has_text="老人bed-1").click(timeout=10_000)
        absence = pulse.get_by_test_id("absence")
        expect(absence).to_have_attribute("data-why", why)
        style = absence.evaluate("one => [getComputedStyle(one).background, getComputedStyle(one).borderStyle].join()")
        seen.add((absence.inner_text(), style))
        platform.keep(desk, f"absence-{why}")

    shows("none")
    world.vitals("bed-1", age_s=400, heart_rate=72)
    shows("stale")
    lacking = {"capability": "vitals", "device": "mat", "holds": False, "why": "silent", "heard": None, "valid_s": 300}
    now = datetime.now(UTC)
    protection = {"state": "no", "at": now.timestamp(), "capabilities": [lacking]}
    scene.run("update bed_state set protection = %s", Jsonb(protection))
    shows("offline")
    scene.run("update bed_state set protection = '{}'")
    world.vitals("bed-1", age_s=20, heart_rate=72, in_bed=False)
    shows("out_of_bed")
    scene.run(
        "insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, rules_version) "
        "values ('bed-1', 'sensor_error', 'mat', 3, %s, %s, %s, 0)",
        now - timedelta(minutes=1), now, Jsonb({"code": "stuck", "metric": "heart_rate", "minutes": 30}),
    )  # fmt: skip
    shows("fault")
    assert len(seen) == 5


def test_a_shift_begins_with_the_sound_and_ends_in_writing(platform: Platform) -> None:
    desk, supervisor = platform.page("dispatcher"), platform.page("supervisor")
    start = at(desk, "shift-start")
    expect(start).to_be_visible()
    expect(at(desk, "shift-heard")).to_be_disabled()
    platform.press("bed-1")
    expect(at(desk, "incident-row")).to_have_count(1)
    at(desk, "incident-row").click()
    at(desk, "ack-button").click()
    expect(at(desk, "incident-row")).to_contain_text("账号dispatcher")
    platform.keep(desk, "dispatcher-shift-start")
    at(desk, "shift-play").click()
    at(desk, "shift-heard").click()
    expect(start).to_have_count(0)
    assert platform.world.scene.value("select heard_at is not null from desk_shift") is True
    expect(at(desk, "sound")).to_have_attribute("data-state", "on")

    at(desk, "shift-chip").click()
    at(desk, "handover-write").click()
    expect(at(desk, "handover-summary")).to_contain_text("老人bed-1")
    desk.locator("dialog textarea").fill("3号楼电梯停用")
    desk.locator("dialog [type=submit]").click()
    expect(at(desk, "handover-row")).to_contain_text("等待接班")
    platform.keep(desk, "dispatcher-handover")
    assert at(desk, "handover-take").count() == 0, "nobody takes over from themselves"

    supervisor.reload()
    at(supervisor, "shift-waiting").get_by_role("button").click(timeout=10_000)
    expect(supervisor.locator("dialog")).to_contain_text("3号楼电梯停用")
    at(supervisor, "handover-take").click()
    expect(at(supervisor, "handover-row")).to_contain_text("账号supervisor")
    assert platform.world.scene.rows("select from_name, to_name from handover") == [
        ("账号dispatcher", "账号supervisor")
    ]
    assert platform.troubles == []


def test_the_sound_is_paused_for_two_minutes_and_broken_by_a_new_call(platform: Platform) -> None:
    desk = platform.page("dispatcher")
    platform.press("bed-1")
    sound = at(desk, "sound")
    expect(sound).to_have_attribute("data-tone", "1")
    at(desk, "incident-row").click()
    expect(sound).to_have_attribute("data-state", "on")
    expect(sound).not_to_have_attribute("data-bursts", "0")
    desk.keyboard.press("m")
    expect(sound).to_have_attribute("data-state", "paused")
    expect(sound).to_contain_text(re.compile(r"0[12]:\d\d"))
    platform.press("bed-2")
    expect(sound).to_have_attribute("data-state", "on")
    expect(sound).to_have_attribute("data-tone", "1")
    desk.keyboard.press("a")
    expect(at(desk, "incident-row").filter(has_text="老人bed-1")).to_contain_text("账号dispatcher")
    at(desk, "incident-row").filter(has_text="老人bed-2").click()
    desk.keyboard.press("a")
    expect(sound).to_have_attribute("data-tone", "")


def test_a_flood_keeps_lesser_alarms_together_and_hides_no_call_for_help(platform: Platform) -> None:
    world = platform.world
    desk = platform.page("dispatcher")
    world.incident("bed-1", "sos")
    expect(at(desk, "incident-row")).to_have_count(1)
    at(desk, "incident-row").click()
    for bed in ("bed-1", "bed-2"):
        for kind in KINDS:
            if (bed, kind) == ("bed-1", "sos"):
                continue
            incident = world.incident(bed, kind)
            if kind not in {"sos", "fall"}:
                world.scene.run("update incident set priority = 2 where id = %s", incident)
                world.entry(incident, "note")
    expect(at(desk, "flood-banner")).to_contain_text("14")
    urgent = desk.locator("[data-testid=incident-row].p1")
    expect(urgent).to_have_count(4)
    groups = at(desk, "group").and_(desk.locator("[data-by=bed]"))
    expect(groups).to_have_count(2)
    expect(at(desk, "incident-row")).to_have_count(6)
    assert desk.locator(".icon.blinking").count() <= 5
    expect(at(desk, "incident-row").and_(desk.locator("[aria-current=true]"))).to_contain_text("老人bed-1")
    platform.keep(desk, "dispatcher-flood")
    groups.first.get_by_role("button").click()
    expect(at(desk, "incident-row")).to_have_count(10)


def test_what_nobody_claims_is_shown_louder(platform: Platform) -> None:
    desk = platform.page("dispatcher")
    incident = platform.world.incident("bed-1")
    expect(at(desk, "incident-row")).to_have_count(1)
    expect(at(desk, "unclaimed-banner")).to_have_count(0)
    platform.world.scene.run("update incident set level = 1 where id = %s", incident)
    platform.world.entry(incident, "escalated")
    expect(at(desk, "unclaimed-banner")).to_contain_text("无人认领")
    expect(at(desk, "unclaimed")).to_be_visible()
    at(desk, "unclaimed-banner").get_by_role("button").click()
    at(desk, "ack-button").click()
    expect(at(desk, "unclaimed-banner")).to_have_count(0)
