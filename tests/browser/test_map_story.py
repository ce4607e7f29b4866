"""The dispatcher's map in a real browser: our own tiles, nothing of anybody else, a list where it cannot be drawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from carecircle_alerts.travel.tiles.building import build_tiles
from tests.browser.conftest import Platform
from tests.console_world import PASSWORD
from tests.scene import LAT, LON


def at(page: Page, test_id: str) -> Locator:
    return page.get_by_test_id(test_id)


@pytest.fixture
def streets(platform: Platform, tmp_path: Path) -> Iterator[Path]:
    """A cross of two streets at the scene's homes, as the console's map file."""
    spots = [(LAT - 0.01, LON), (LAT + 0.01, LON), (LAT, LON - 0.01), (LAT, LON + 0.01)]
    nodes = "".join(f'<node id="{n}" version="1" lat="{lat}" lon="{lon}"/>' for n, (lat, lon) in enumerate(spots, 1))
    ways = "".join(
        f'<way id="{n}" version="1"><nd ref="{2 * n - 1}"/><nd ref="{2 * n}"/><tag k="highway" v="primary"/>'
        f'<tag k="name" v="试验{name}路"/></way>'
        for n, name in enumerate("纵横", 1)
    )
    (tmp_path / "s.osm").write_text(f"<?xml version='1.0' encoding='UTF-8'?><osm version=\"0.6\">{nodes}{ways}</osm>")
    build_tiles(tmp_path / "s.osm", tmp_path / "map", None, "试验地图", lambda _step: None, is_synthetic=True)
    console = platform.world.server.console
    assert console is not None
    object.__setattr__(console, "settings", console.settings.model_copy(update={"map_file": tmp_path / "map"}))
    yield tmp_path / "map"
    object.__setattr__(console, "settings", console.settings.model_copy(update={"map_file": None}))


def test_a_ground_that_is_being_made_appears_by_itself(platform: Platform, streets: Path) -> None:
    """As in the first seconds of a demo: what one has looked at stays where it is."""
    made = streets.with_suffix(".made")
    streets.rename(made)
    desk = platform.page("dispatcher")
    expect(at(desk, "map")).to_have_attribute("data-state", "ready", timeout=40_000)
    expect(at(desk, "map-awaited")).to_be_visible()
    expect(at(desk, "map-groundless")).to_have_count(0)
    desk.wait_for_timeout(1500)
    view = at(desk, "map").get_attribute("data-view")
    made.rename(streets)
    expect(at(desk, "map-synthetic")).to_be_visible(timeout=15_000)
    expect(at(desk, "map-awaited")).to_have_count(0)
    expect(at(desk, "map")).to_have_attribute("data-state", "ready", timeout=40_000)
    expect(desk.get_by_text("试验地图")).to_be_visible()
    assert at(desk, "map").get_attribute("data-view") == view


def test_it_is_drawn_from_our_own_file_and_stays_where_somebody_looks(platform: Platform, streets: Path) -> None:
    desk = platform.page("dispatcher")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    expect(at(desk, "never-silent")).to_be_visible(timeout=20_000)
    desk.reload()
    expect(at(desk, "map")).to_have_attribute("data-state", "ready", timeout=40_000)
    expect(at(desk, "map-synthetic")).to_be_visible()
    expect(desk.get_by_text("试验地图")).to_be_visible()
    desk.wait_for_function(
        "() => performance.getEntriesByType('resource').some((one) => one.name.endsWith('.pmtiles'))"
    )
    assert all(url.startswith((platform.world.base_url, "blob:")) for url in asked), asked

    # Drawn with names in our own fonts: some of the canvas is white road, and some dark text.
    desk.wait_for_timeout(1500)
    platform.keep(desk, "map")
    desk.locator("[data-testid=map] canvas").focus()
    desk.keyboard.press("+")
    desk.keyboard.press("ArrowLeft")
    desk.wait_for_timeout(800)
    view = at(desk, "map").get_attribute("data-view")
    assert view
    assert float(view.split()[2]) > 5

    # The first alarm is selected by itself and gone to; what comes later moves neither map nor focus.
    platform.press("bed-1")
    expect(at(desk, "incident-row")).to_have_count(1)
    at(desk, "incident-row").click()
    desk.wait_for_timeout(2000)
    chosen = at(desk, "map").get_attribute("data-view")
    assert chosen
    (place,) = platform.world.scene.rows("select lon, lat from bed where id = 'bed-1'")
    assert chosen.split()[:2] == [f"{degrees:.4f}" for degrees in place], "the bed is in the middle of the map"
    desk.locator("[data-testid=map] canvas").focus()
    platform.press("bed-1", "fall")
    expect(at(desk, "incident-row")).to_have_count(2)
    desk.wait_for_timeout(800)
    assert at(desk, "map").get_attribute("data-view") == chosen
    assert desk.evaluate("document.activeElement.tagName") == "CANVAS"

    # From where the bed is reached, and what that rests on.
    expect(at(desk, "map-basis")).to_contain_text("直线估算", timeout=60_000)
    platform.keep(desk, "map-reach")
    assert platform.troubles == [], "a page complained, perhaps about its own security policy"


def test_a_click_on_a_bed_looks_at_it(platform: Platform, streets: Path) -> None:
    platform.world.scene.run("update bed set lat = lat + 0.02 where id = 'bed-2'")
    desk = platform.page("dispatcher")
    expect(at(desk, "map")).to_have_attribute("data-state", "ready", timeout=40_000)
    at(desk, "bed-row").filter(has_text="bed-1").first.click()
    expect(desk.locator("#bed-title")).to_contain_text("老人bed-1")
    name = desk.locator("#bed-title").inner_text()
    desk.wait_for_timeout(900)  # the map has gone there: the bed is in its middle
    desk.get_by_role("button", name="缩小").click()
    desk.wait_for_timeout(900)
    desk.keyboard.press("Escape")
    expect(desk.locator("#bed-title")).not_to_have_text(name)
    box = desk.locator("[data-testid=map] canvas").bounding_box()
    assert box is not None
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(desk.locator("#bed-title")).to_have_text(name)
    assert platform.troubles == []


def test_without_graphics_the_addresses_are_left(platform: Platform) -> None:
    context = platform.browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return String(kind).startsWith('webgl') ? null : real.call(this, kind, ...more); };"
    )
    page.goto(platform.world.base_url)
    page.fill("[name=login]", "dispatcher")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    expect(at(page, "map-failure")).to_be_visible(timeout=40_000)
    at(page, "shift-later").click()  # the start of a shift lies over the middle of the page
    platform.press("bed-1")
    expect(at(page, "map-failure")).to_contain_text("某路bed-1号")
    at(page, "map-failure").get_by_role("button", name="老人bed-1").click()
    expect(page.locator("#bed-title")).to_contain_text("老人bed-1")
    expect(at(page, "map-failure")).to_contain_text("人员r-1")
    platform.keep(page, "map-failure")


def test_the_trend_shows_gaps_limits_and_a_table(platform: Platform) -> None:
    platform.world.scene.run(
        "insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate) "
        "select at, at, 'bed-1', 'mat-1', 1, extract(epoch from at)::bigint, 72 + extract(minute from at)::int / 10 "
        "from generate_series(now() - interval '5 hours', now() - interval '1 hour', interval '1 minute') at "
        "where at < now() - interval '3 hours' or at > now() - interval '2 hours'"
    )
    desk = platform.page("dispatcher")
    at(desk, "bed-row").filter(has_text="bed-1").first.click()
    chart = at(desk, "trend-chart")
    expect(chart.locator("canvas")).to_be_visible(timeout=20_000)
    label = chart.get_attribute("aria-label")
    assert label is not None
    assert "平均7" in label
    assert "中断1次" in label
    platform.keep(desk, "trend")
    desk.get_by_role("button", name="表格").click()
    table = at(desk, "trend").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(13)
    expect(table.get_by_text("无数据").first).to_be_visible()
    desk.get_by_role("button", name="血氧", exact=True).click()
    expect(at(desk, "trend-empty")).to_be_visible()
    assert platform.troubles == []
