"""docs/figures.md says what the panels say, because both come from one place."""

import json
from pathlib import Path

from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.build import render
from carecircle_dashboards.circles import RADIUS_M, circle
from carecircle_dashboards.reference import figures_page

PAGE = Path(__file__).parents[3] / "docs/figures.md"


def test_the_page_in_the_repository_is_what_the_code_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == figures_page(), "run `make docs`"


def test_every_panel_of_every_board_is_defined_there_in_the_same_words() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for make in BOARDS.values():
        for panel in json.loads(render(make()))["panels"]:
            assert f"**{panel['title']}**" in page, panel["title"]
            assert panel["description"] in page, panel["title"]


def test_a_circle_is_closed_and_as_large_as_a_quarter_of_an_hour() -> None:
    ring = circle(36.62, 101.78, RADIUS_M)
    assert ring[0] == ring[-1]
    assert 2000 < RADIUS_M < 3000, "780 s at 16 km/h, roads 1.4 times the air"
    north = max(lat for _, lat in ring) - 36.62
    assert abs(north * 111_195 - RADIUS_M) < 1
