"""A real network: Andorra out of OpenStreetMap, where CARECIRCLE_ROADS_EXTRACT names an extract of it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.command import build_roads, check
from carecircle_alerts.travel.roads.network import CUT_OFF_S, RoadNetwork

EXTRACT = Path(os.environ.get("CARECIRCLE_ROADS_EXTRACT", ""))
pytestmark = pytest.mark.skipif(
    not EXTRACT.is_file(), reason="CARECIRCLE_ROADS_EXTRACT names no OpenStreetMap extract of Andorra"
)
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
CAPITAL, ENCAMP, CANILLO = Place(42.5078, 1.5211), Place(42.5345, 1.5830), Place(42.5673, 1.5976)
ABROAD = Place(42.35, 1.45)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    file = tmp_path_factory.mktemp("andorra") / "roads"
    build_roads(EXTRACT, file)
    return RoadNetwork.load(file)


def _one(network: RoadNetwork, place: Place, bed: Place, mode: str) -> TravelTime:
    (answer,) = network.answer([Origin(place, mode)], bed, "mountain", NOON)
    assert answer is not None
    return answer


def test_a_hundred_ways_of_every_kind_are_those_of_dijkstra(network: RoadNetwork) -> None:
    check(network.graph, pairs=100)


def test_ways_between_towns_are_as_long_as_people_there_know_them(network: RoadNetwork) -> None:
    drive = _one(network, CAPITAL, ENCAMP, "car")
    assert 6_000 < drive.distance_m < 9_500
    assert 8 * 60 < drive.p50_s < 25 * 60
    ride = _one(network, CAPITAL, ENCAMP, "e_bike")
    assert drive.p50_s < ride.p50_s < _one(network, CAPITAL, ENCAMP, "walk").p50_s


def test_beyond_the_border_is_not_on_this_network(network: RoadNetwork) -> None:
    assert network.answer([Origin(ABROAD, "car")], CAPITAL, "mountain", NOON) == [None]


def test_with_the_only_road_closed_whoever_is_up_the_valley_is_cut_off(network: RoadNetwork) -> None:
    before = _one(network, CANILLO, CAPITAL, "car")
    gorge = Closure(1, (Place(42.5501, 1.5888),), 2500.0, None, ("car",), NOON, None)
    network.close([gorge])
    assert _one(network, CANILLO, CAPITAL, "car").p50_s == CUT_OFF_S
    assert _one(network, CANILLO, CAPITAL, "walk").p50_s < CUT_OFF_S
    network.close([])
    assert _one(network, CANILLO, CAPITAL, "car") == before


def test_it_is_no_grid(network: RoadNetwork) -> None:
    """The nearest by air is often not the nearest by road: that is what the network is for."""
    rng = np.random.default_rng(4)
    nodes = rng.choice(np.flatnonzero(network.graph.member["car"]), 440)
    places = [Place(network.graph.lat_e7[node] / 1e7, network.graph.lon_e7[node] / 1e7) for node in nodes.tolist()]
    people, beds = [Origin(place, "car") for place in places[:40]], places[40:]
    times = network.matrix(people, beds, NOON).p50_s
    air = np.array([[np.hypot(a.place.lat - b.lat, (a.place.lon - b.lon) * 0.737) for b in beds] for a in people])
    same = (times.argmin(axis=0) == air.argmin(axis=0)).mean()
    assert 0.4 < same < 0.95
