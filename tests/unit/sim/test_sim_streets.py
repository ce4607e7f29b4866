"""The made-up streets: everybody reaches everybody, and the roads are as crooked as real ones."""

from datetime import UTC, datetime

import numpy as np
import pytest

from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.straight_line import air_distance_m
from carecircle_sim.streets import build_streets
from carecircle_sim.town import Town, build_town

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town()


@pytest.fixture(scope="module")
def network(town: Town, tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    folder = tmp_path_factory.mktemp("streets")
    (folder / "streets.osm").write_text("\n".join(build_streets(town).xml()), encoding="utf-8")
    build_roads(folder / "streets.osm", folder / "roads", is_synthetic=True)
    return RoadNetwork.load(folder / "roads")


def test_the_same_town_has_the_same_streets(town: Town) -> None:
    assert list(build_streets(town).xml()) == list(build_streets(build_town()).xml())
    assert list(build_streets(town).xml()) != list(build_streets(town, seed=1).xml())


def test_everybody_reaches_every_home_and_is_told_that_the_streets_are_made_up(
    town: Town, network: RoadNetwork
) -> None:
    people = [Origin(Place(one.position.lat, one.position.lon), one.travel_mode) for one in town.responders]
    for home in town.homes:
        terrain = home.provider.township.terrain
        answers = network.answer(people, Place(home.position.lat, home.position.lon), terrain, NOON)
        assert {answer.basis for answer in answers if answer is not None} == {"synthetic_network"}
        assert None not in answers


def test_ways_are_longer_than_by_air_and_the_nearest_by_air_is_often_not_the_nearest(
    town: Town, network: RoadNetwork
) -> None:
    people = [Origin(Place(one.position.lat, one.position.lon), "e_bike") for one in town.responders]
    detours: dict[str, list[float]] = {}
    same = 0
    for home in town.homes:
        bed = Place(home.position.lat, home.position.lon)
        air_m = np.array([air_distance_m(one.place, bed) for one in people])
        answers = network.answer(people, bed, "city", NOON)
        road_m = np.array([answer.distance_m if answer else np.nan for answer in answers])
        times = [answer.p50_s if answer else 10**9 for answer in answers]
        same += int(np.argmin(times)) == int(np.argmin(air_m))
        near = (air_m > 1000) & (air_m < 5000)
        detours.setdefault(home.provider.township.terrain, []).extend((road_m / air_m)[near].tolist())
    medians = {terrain: float(np.median(several)) for terrain, several in detours.items()}
    assert 1.2 < medians["city"] < 1.6
    assert 1.3 < medians["valley"] < 2.0
    assert 1.6 < medians["mountain"] < 3.0
    assert 0.5 < same / len(town.homes) < 0.95
