from pathlib import Path

import numpy as np
import pytest

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.building import LONGEST_PIECE_M, build_graph
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.extract import read_streets
from carecircle_alerts.travel.roads.file import load_roads, save_roads
from carecircle_alerts.travel.roads.graph import Origin, RoadGraph
from carecircle_alerts.travel.roads.speeds import METRICS, MODES, NEVER, TIMES
from tests.street_map import street_grid, write_map

ORIGIN = Origin("road_network", "test.osm", "2026-11-01", "nobody")
ROAD = {"highway": "tertiary"}


def _graph(path: Path) -> RoadGraph:
    return build_graph(read_streets(path), ORIGIN)


def test_a_long_road_is_cut_and_its_length_stays(tmp_path: Path) -> None:
    graph = _graph(write_map(tmp_path / "a.osm", {"a": (0, 0), "b": (990, 0)}, [("a b", ROAD)]))
    assert graph.node_count == 6
    assert graph.length_mm.max() <= LONGEST_PIECE_M * 1000 + 1
    assert graph.length_mm.sum() / 2000 == pytest.approx(990, rel=1e-3)
    # 40 km/h on a paved road in open land, rounded up.
    assert graph.times["car_peak"].sum() / 2000 == pytest.approx(89.1, rel=1e-3)


def test_streets_close_together_are_a_town_and_slower_at_peak(tmp_path: Path) -> None:
    graph = _graph(street_grid(tmp_path / "town.osm", side=9, block_m=150))
    kmh = {metric: graph.length_mm / graph.times[metric] * 3.6 for metric in TIMES}
    assert np.median(kmh["car_peak"]) == pytest.approx(24, rel=0.01)
    assert np.median(kmh["car_off_peak"]) == pytest.approx(30, rel=0.01)
    assert np.median(kmh["e_bike"]) == pytest.approx(16, rel=0.01)
    assert np.median(kmh["walk"]) == pytest.approx(4.2, rel=0.01)


def test_a_street_that_leads_in_and_not_out_is_no_place_for_a_car(tmp_path: Path) -> None:
    nodes = {"a": (0, 0), "b": (100, 0), "c": (100, 100), "trap": (200, 0)}
    ways = [("a b c a", ROAD), ("b trap", ROAD | {"oneway": "yes"})]
    graph = _graph(write_map(tmp_path / "a.osm", nodes, ways))
    counts = {mode: int(graph.member[mode].sum()) for mode in MODES}
    assert counts == {"walk": 4, "e_bike": 3, "car": 3}
    assert (graph.times["car_peak"] == NEVER).sum() == 2  # there and back to the trap


def test_an_island_is_left_out(tmp_path: Path) -> None:
    nodes = {"a": (0, 0), "b": (100, 0), "c": (100, 100), "far": (5000, 0), "off": (5100, 0)}
    graph = _graph(write_map(tmp_path / "a.osm", nodes, [("a b c a", ROAD), ("far off", ROAD)]))
    assert graph.node_count == 3


def test_a_bollard_keeps_the_two_halves_of_a_street_apart_for_cars_alone(tmp_path: Path) -> None:
    nodes = {"a": (0, 0), "b": (100, 0), "c": (200, 0), "d": (300, 0), "e": (300, 100)}
    ways = [("a b c d e", ROAD)]
    graph = _graph(write_map(tmp_path / "a.osm", nodes, ways, {"b": {"barrier": "bollard"}}))
    assert {mode: int(graph.member[mode].sum()) for mode in MODES} == {"walk": 5, "e_bike": 5, "car": 3}


def test_two_ways_between_the_same_nodes_become_the_faster_one(tmp_path: Path) -> None:
    nodes = {"a": (0, 0), "b": (100, 0)}
    graph = _graph(write_map(tmp_path / "a.osm", nodes, [("a b", {"highway": "track"}), ("a b", ROAD)]))
    assert graph.arc_count == 2
    assert graph.times["car_peak"][0] == pytest.approx(9000, rel=0.01)


def test_a_way_that_leaves_the_extract_is_broken_there(tmp_path: Path) -> None:
    path = write_map(tmp_path / "a.osm", {"a": (0, 0), "b": (100, 0), "c": (200, 0)}, [("a b c", ROAD)])
    before, after = path.read_text().split('<node id="3"')
    path.write_text(before + after.partition("</node>")[2])
    assert _graph(path).node_count == 2


def test_the_file_gives_back_what_was_written_and_the_version_follows_from_the_content(tmp_path: Path) -> None:
    graph = build_roads(street_grid(tmp_path / "town.osm"), tmp_path / "roads")
    again = load_roads(tmp_path / "roads")
    assert (again.version, again.origin) == (graph.version, graph.origin)
    assert again.origin.attribution.startswith("© OpenStreetMap contributors")
    for metric in METRICS:
        assert (again.weights(metric) == graph.weights(metric)).all()
    for mode in MODES:
        assert (again.member[mode] == graph.member[mode]).all()
    same = build_roads(street_grid(tmp_path / "town.osm"), tmp_path / "roads-2")
    other = build_roads(street_grid(tmp_path / "other.osm", side=7), tmp_path / "roads-3")
    assert same.version == graph.version != other.version


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 half a file"])
def test_what_is_no_roads_file_says_how_to_make_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "roads").write_bytes(content)
    with pytest.raises(Misconfigured, match="carecircle roads build"):
        load_roads(tmp_path / "roads")


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    save_roads(_graph(street_grid(tmp_path / "town.osm")), tmp_path / "roads")
    whole = (tmp_path / "roads").read_bytes()
    (tmp_path / "roads").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Misconfigured, match="damaged"):
        load_roads(tmp_path / "roads")
