"""The dispatcher's panes in three languages: no word is cut off, and none stands upon another one."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import at_each, keep, runs_together, speak
from tests.browser.administration import without_map
from tests.browser.arriving import TROUBLES, arrive
from tests.console_world import World

# Usual screens, and 200 % on the smallest and on the largest of them.
SIZES = ((1280, 800), (1440, 900), (1920, 1080), (640, 400), (960, 540))
PANES = "#board, .queue, .incident, .bed"


def found_at(page: Page) -> list[str]:
    """What does not fit, in each language and size."""
    found = []
    for language, width, height in at_each(page, SIZES):
        found += [f"{width} × {height}, {language}: {one}" for one in runs_together(page, PANES)]
        keep(page, f"fits-{language}-{width}")
    return found


@pytest.fixture
def page(browser: Browser, desk: World) -> Page:
    """A desk with two alarms; of its beds one has values, one old ones, one nobody in it, the others none."""
    incident = desk.incident("bed-1")
    desk.incident("bed-2", "fall")
    desk.offer(incident, "r-1")
    desk.scene.run(
        "insert into bed select (jsonb_populate_record(bed, jsonb_build_object('id', 'bed-' || n))).* "
        "from bed, generate_series(10, 40) n where bed.id = 'bed-1'"
    )
    desk.vitals("bed-10", in_bed=False)
    page = arrive(browser, desk, "dispatcher", TROUBLES)
    without_map(page)
    page.get_by_test_id("shift-later").click()
    page.locator(f'[data-incident="{incident}"]').first.click()
    page.wait_for_selector('[data-testid="candidate-row"]')
    return page


def test_no_word_of_the_desk_is_cut_off_or_stands_upon_another_one(page: Page) -> None:
    expect(page.get_by_test_id("bed-row").filter(has_text="从未")).not_to_have_count(0)
    expect(page.locator('#board [data-why="out_of_bed"]')).not_to_have_count(0)
    found = found_at(page)
    assert not found, "\n".join(found)


def test_the_check_sees_a_word_that_is_cut_off_and_words_upon_each_other(page: Page) -> None:
    """What was there before: heads of columns over each other, and ages behind the edge."""
    page.set_viewport_size({"width": 1440, "height": 900})
    speak(page, "en")
    assert runs_together(page, "#board") == []
    # Set one by one, as the pages let no style in that is not theirs.
    page.evaluate(
        "() => {"
        " for (const one of document.querySelectorAll('#board .head button')) one.style.width = '20px';"
        " for (const one of document.querySelectorAll('#board .age')) one.style.transform = 'translateX(-50px)'; }"
    )
    found = runs_together(page, "#board")
    assert "runs out of its place: SpO₂" in found
    assert any(one.startswith("run into each other") for one in found), found
