"""Outlines by Valhalla through the interface: labelled, in scope, in place of estimates, and never in the way."""

from collections.abc import Iterator
from typing import Any

import pytest

from carecircle_console.valhalla_outlines import ValhallaOutlines
from tests import map_servers
from tests.console_world import World
from tests.map_servers import MapServer, serving


@pytest.fixture
def server(world: World) -> Iterator[MapServer]:
    """A console that was told of a Valhalla server."""
    console = world.server.console
    assert console is not None
    with serving(map_servers.valhalla) as running:
        object.__setattr__(console.coverage, "_valhalla", ValhallaOutlines(running.url))
        yield running
        object.__setattr__(console.coverage, "_valhalla", None)


def ask(world: World, login: str = "dispatcher", **asked: str) -> tuple[int, Any]:
    answer = world.signed_in(login).get("/api/coverage/isochrones", params={"bed": "bed-1", **asked}, timeout=90)
    return answer.status_code, answer.json()


def test_outlines_lead_to_the_bed_and_say_whose_they_are(world: World, server: MapServer) -> None:
    status, said = ask(world, source="valhalla", minutes="5,8,10,12,15")
    assert status == 200
    *outlines, place = said["features"]
    assert [one["properties"]["minutes"] for one in outlines] == [15, 12, 10, 8, 5]
    for one in outlines:
        assert one["properties"]["basis"] == "routing_server"
        assert one["properties"]["is_estimate"] is False
        assert "不含出发准备" in one["properties"]["label"]
    assert place["geometry"]["type"] == "Point"
    assert [len(one["contours"]) for one in server.asked] == [4, 1], "as many as a server takes at once"
    assert all(one["reverse"] is True for one in server.asked)
    assert {one["costing"] for one in server.asked} == {"bicycle"}


def test_it_stands_in_for_an_estimate_and_an_estimate_for_it(world: World, server: MapServer) -> None:
    assert ask(world)[1]["features"][0]["properties"]["basis"] == "routing_server"
    assert ask(world, source="own")[1]["features"][0]["properties"]["is_estimate"] is True
    server.broken = (500, "{}")
    assert ask(world)[1]["features"][0]["properties"]["is_estimate"] is True
    assert ask(world, source="valhalla")[0] == 503


@pytest.mark.parametrize(
    "broken",
    [(200, "[]"), (200, "{}"), (200, '{"features": [{}]}'), (200, '{"type": "FeatureCollection", "features": []}')],
)
def test_an_answer_that_is_none_is_no_outline(world: World, server: MapServer, broken: tuple[int, str]) -> None:
    server.broken = broken
    assert ask(world, source="valhalla")[0] == 503


def test_nobody_is_asked_about_what_is_not_theirs_to_see(world: World, server: MapServer) -> None:
    assert ask(world, bed="far-bed", source="valhalla")[0] == 404
    assert ask(world, "responder", source="valhalla")[0] == 403
    provider = world.signed_in("dispatcher").get(
        "/api/coverage/isochrones", params={"provider": "station-1", "source": "valhalla"}
    )
    assert provider.status_code == 404
    assert server.asked == []
