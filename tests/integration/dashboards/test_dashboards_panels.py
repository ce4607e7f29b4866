"""Every panel on a real database, as three kinds of role, against the truth of a small simulated month."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from carecircle_dashboards.boards import BOARDS
from tests.dashboards.filling import fill
from tests.dashboards.judge import HOSTILE, SCOPES, STRANGER, TRUTHS, Verdict, attack, judge, logins, prepare
from tests.dashboards.viewer import panels
from tests.dashboards.world import World
from tests.servers import Database

# An area, an institution, and somebody from another province. `make dashboards-check` takes all of them, and more beds.
WATCHED = (SCOPES[0], SCOPES[5], STRANGER)


@pytest.fixture
def world(database: Database) -> World:
    world = prepare(150, 30, datetime.now(UTC), seed=7)
    fill(database.admin_url, world)
    return world


@pytest.fixture
def opened(world: World, database: Database) -> Iterator[dict[str, psycopg.Connection]]:
    with logins(database, WATCHED) as connections:
        yield connections


def test_figures_are_those_of_the_truth_and_nobody_sees_another(
    world: World, database: Database, opened: dict[str, psycopg.Connection]
) -> None:
    verdict = Verdict()
    judge(database.admin_url, world, opened, verdict, WATCHED, levels=False)
    attack(world, opened, verdict, HOSTILE[:2])
    assert verdict.errors == []
    assert verdict.mismatches == []
    assert verdict.leaks == []
    assert verdict.empty == []
    assert verdict.queries > 500


def test_every_panel_has_a_truth_that_is_told_without_the_database() -> None:
    for board in BOARDS:
        titles = [panel.title for panel in panels(board)]
        assert len(titles) == len(set(titles)), board
        told = set(TRUTHS[board]) | {"历史数据的分块"}  # what chunks weigh, the database alone knows
        assert set(titles) <= told
        assert told - {"历史数据的分块"} <= set(titles)
