"""Road times on hand-drawn maps, by the hierarchy and by Dijkstra alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import carecircle_alerts
from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.calibration import Calibration, Correction, Group
from carecircle_alerts.travel.roads.building import build_graph
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.dijkstra import Dijkstra
from carecircle_alerts.travel.roads.extract import read_streets
from carecircle_alerts.travel.roads.graph import Origin as GraphOrigin
from carecircle_alerts.travel.roads.graph import RoadGraph
from carecircle_alerts.travel.roads.hierarchy import contraction_order, is_available, new_router
from carecircle_alerts.travel.roads.network import CUT_OFF_S, RoadNetwork
from carecircle_alerts.travel.roads.off_road import OFF_ROAD_LIMIT_M
from tests.street_map import at, street_grid, write_map

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # Wednesday, twelve in Xining
RUSH = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
ROAD = {"highway": "tertiary"}
ROUTERS = [
    pytest.param(
        new_router,
        id="hierarchy",
        marks=pytest.mark.skipif(not is_available(), reason="pyroutingkit has no wheel for this machine"),
    ),
    pytest.param(Dijkstra, id="dijkstra"),
]
MakeRouter = Callable[[RoadGraph], Dijkstra]


def _graph(path: Path) -> RoadGraph:
    return build_graph(read_streets(path), GraphOrigin("road_network", "test.osm", "2026-11-01", "nobody"))


@pytest.fixture(params=ROUTERS)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> RoadNetwork:
    graph = _graph(street_grid(tmp_path / "town.osm", side=6, block_m=250))
    return RoadNetwork(graph, request.param(graph))


@pytest.fixture(params=ROUTERS)
def river(request: pytest.FixtureRequest, tmp_path: Path) -> RoadNetwork:
    """Two streets on either bank, 100 m apart, with one bridge a kilometre upstream; the near bank is one-way."""
    nodes = {"a": (0, 0), "b": (1000, 0), "c": (1000, 100), "d": (0, 100), "x": (0, -100), "y": (1000, -100)}
    ways = [("a b", ROAD | {"oneway": "yes"}), ("b c", ROAD), ("c d", ROAD), ("a x y b", ROAD)]
    graph = _graph(write_map(tmp_path / "river.osm", nodes, ways))
    return RoadNetwork(graph, request.param(graph))


def _one(network: RoadNetwork, place: Place, bed: Place, mode: str = "car", when: datetime = NOON) -> TravelTime:
    (answer,) = network.answer([Origin(place, mode)], bed, "city", when)
    assert answer is not None
    return answer


def test_the_way_goes_over_the_bridge(river: RoadNetwork) -> None:
    answer = _one(river, at(0, 0), at(0, 100))
    assert answer.distance_m == pytest.approx(2100, rel=0.01)
    assert answer.p50_s == pytest.approx(120 + 2.1 / 40 * 3600, abs=3)
    assert answer.basis == "road_network"
    assert answer.version == river.graph.version


def test_the_direction_is_from_the_helper_to_the_bed(river: RoadNetwork) -> None:
    there, back = _one(river, at(0, 0), at(1000, 0)), _one(river, at(1000, 0), at(0, 0))
    assert there.distance_m == pytest.approx(1000, rel=0.01)
    assert back.distance_m == pytest.approx(1200, rel=0.01)


def test_a_walker_takes_the_same_bridge_more_slowly(river: RoadNetwork) -> None:
    walk = _one(river, at(0, 0), at(0, 100), "walk")
    assert walk.p50_s == pytest.approx(120 + 2.1 / 4.2 * 3600, rel=0.01)


def test_from_the_door_to_the_road_is_walked(town: RoadNetwork) -> None:
    beside, there = _one(town, at(-200, 0), at(250, 250)), _one(town, at(0, 0), at(250, 250))
    assert beside.p50_s - there.p50_s == pytest.approx(200 * 1.3 / (4.2 / 3.6), abs=3)
    assert beside.distance_m - there.distance_m == pytest.approx(260, abs=3)


def test_beyond_the_limit_it_is_not_on_this_network(town: RoadNetwork) -> None:
    far = at(-OFF_ROAD_LIMIT_M - 20, 0)
    people = [Origin(far, "car"), Origin(at(0, 0), "car")]
    assert [one is None for one in town.answer(people, at(250, 250), "city", NOON)] == [True, False]
    assert town.answer(people, far, "city", NOON) == [None, None]


def test_answers_keep_the_order_of_who_was_asked(town: RoadNetwork) -> None:
    people = [Origin(at(250 * n, 0), mode) for n, mode in enumerate(("car", "walk", "e_bike", "car", "walk", "rocket"))]
    answers = town.answer(people, at(0, 500), "city", NOON)
    assert answers == [*(_one(town, one.place, at(0, 500), one.mode) for one in people[:5]), None]
    assert town.answer([], at(0, 500), "city", NOON) == []


def test_a_car_is_slower_at_peak_hours_and_its_times_scatter_more(tmp_path: Path) -> None:
    town = RoadNetwork(_graph(street_grid(tmp_path / "town.osm", side=9, block_m=150)))
    calm, busy = (_one(town, at(450, 450), at(750, 900), "car", when) for when in (NOON, RUSH))
    assert busy.p50_s - 120 == pytest.approx((calm.p50_s - 120) * 30 / 24, rel=0.01)
    assert busy.p90_s / busy.p50_s > calm.p90_s / calm.p50_s > 1


def test_the_90th_percentile_holds_the_turning_out(town: RoadNetwork) -> None:
    assert _one(town, at(0, 0), at(0, 0)).p50_s == 120
    assert _one(town, at(0, 0), at(0, 0)).p90_s == 180


def _closure(*corners: Place, radius_m: float | None = None, slow: float | None = None,
             modes: tuple[str, ...] = ("walk", "e_bike", "car")) -> Closure:  # fmt: skip
    return Closure(1, corners, radius_m, slow, modes, NOON, None)


def test_a_closed_bridge_cuts_off_and_opens_again(river: RoadNetwork) -> None:
    before = _one(river, at(0, 0), at(0, 100))
    assert river.close([_closure(at(1000, 50), radius_m=20)])
    assert _one(river, at(0, 0), at(0, 100)).p50_s == CUT_OFF_S
    assert not river.close([_closure(at(1000, 50), radius_m=20)])
    assert river.close([])
    assert _one(river, at(0, 0), at(0, 100)) == before


def test_snow_that_stops_cars_does_not_stop_walkers(river: RoadNetwork) -> None:
    walk = _one(river, at(0, 0), at(0, 100), "walk")
    river.close([_closure(at(1000, 50), radius_m=20, modes=("car",))])
    assert _one(river, at(0, 0), at(0, 100), "walk") == walk
    assert _one(river, at(0, 0), at(0, 100)).p50_s == CUT_OFF_S


def test_a_slow_road_is_slower_by_its_factor(river: RoadNetwork) -> None:
    before = _one(river, at(0, 0), at(0, 100))
    river.close([_closure(at(0, 20), at(0, 120), at(990, 120), at(990, 20), slow=3)])
    after = _one(river, at(0, 0), at(0, 100))
    assert after.p50_s - before.p50_s == pytest.approx(1000 / 40 * 3.6 * 2, rel=0.05)
    assert after.distance_m == before.distance_m


def test_people_walk_to_a_bed_in_a_closed_street(town: RoadNetwork) -> None:
    before = _one(town, at(0, 0), at(500, 625))
    town.close([_closure(at(500, 625), radius_m=110)])
    after = _one(town, at(0, 0), at(500, 625))
    assert before.p50_s < after.p50_s < CUT_OFF_S


def test_a_polygon_closes_what_lies_in_it_and_what_crosses_it(town: RoadNetwork) -> None:
    # A thin strip across every street from south to north, between two crossings.
    town.close([_closure(at(-50, 310), at(1300, 310), at(1300, 315), at(-50, 315))])
    assert _one(town, at(0, 0), at(0, 500)).p50_s == CUT_OFF_S
    assert _one(town, at(0, 0), at(1000, 250)).p50_s < 600


def test_a_closure_counts_from_its_begin_to_its_end() -> None:
    closure = replace(_closure(at(0, 0), radius_m=50), until=NOON + timedelta(hours=1))
    moments = (-1, 0, 59, 60)
    assert [closure.is_in_force(NOON + timedelta(minutes=m)) for m in moments] == [False, True, True, False]


def test_calibration_corrects_the_way_and_is_named(town: RoadNetwork) -> None:
    before = _one(town, at(0, 0), at(750, 750))
    town.calibrate(Calibration(7, {Group("road_network", "car", "city", "off_peak"): Correction(1.5, 2.0)}))
    after = _one(town, at(0, 0), at(750, 750))
    assert after.p50_s - 120 == pytest.approx((before.p50_s - 120) * 1.5, abs=2)
    assert after.p90_s > before.p90_s
    assert after.version == f"{town.graph.version};cal-7"
    assert _one(town, at(0, 0), at(750, 750), "walk").p50_s > 0


def test_a_matrix_says_the_same_as_single_answers(town: RoadNetwork) -> None:
    town.close([_closure(at(500, 625), radius_m=110)])
    rng = np.random.default_rng(3)
    people = [
        Origin(at(float(x), float(y)), mode)
        for (x, y), mode in zip(rng.uniform(-900, 1300, (30, 2)), ["walk", "e_bike", "car"] * 10, strict=True)
    ]
    beds = [at(float(x), float(y)) for x, y in rng.uniform(-900, 1300, (20, 2))]
    terrains = ["city", "valley"] * 10
    matrix = town.matrix(people, beds, NOON, terrains)
    for column, (bed, terrain) in enumerate(zip(beds, terrains, strict=True)):
        for row, answer in enumerate(town.answer(people, bed, terrain, NOON)):
            if answer is None or answer.p50_s == CUT_OFF_S:
                assert np.isinf(matrix.p50_s[row, column])
            else:
                assert matrix.p50_s[row, column] == pytest.approx(answer.p50_s, abs=0.51)
                assert matrix.p90_s[row, column] == pytest.approx(answer.p90_s, abs=0.51)
    assert np.isfinite(matrix.p50_s).any()
    assert np.isinf(matrix.p50_s).any()


def test_the_order_in_the_file_saves_its_computation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_available():
        pytest.skip("pyroutingkit has no wheel for this machine")
    graph = _graph(street_grid(tmp_path / "town.osm"))
    ordered = replace(graph, order=contraction_order(graph))
    monkeypatch.setattr("carecircle_alerts.travel.roads.hierarchy.contraction_order", None)
    assert _one(RoadNetwork(ordered), at(0, 0), at(500, 500)).p50_s > 120


def test_pyroutingkit_is_met_in_one_module() -> None:
    package = Path(carecircle_alerts.__file__).parent
    met = [path.name for path in package.rglob("*.py") if "import pyroutingkit" in path.read_text(encoding="utf-8")]
    assert met == ["hierarchy.py"]


def test_a_router_goes_on_with_what_it_had_while_another_is_made(town: RoadNetwork) -> None:
    graph, everywhere = town.graph, np.arange(town.graph.node_count, dtype=np.uint32)
    for router in (new_router(graph), Dijkstra(graph)):
        router.customise("walk", graph.weights("walk"))
        before = router.many_to_many("walk", everywhere, everywhere)
        slower = router.renewed({"walk": graph.weights("walk") * np.uint32(2)})
        assert (router.many_to_many("walk", everywhere, everywhere) == before).all()
        assert (slower.many_to_many("walk", everywhere, everywhere) == before * 2).all()
