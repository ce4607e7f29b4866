"""The map's own tiles, decoded again and held against the extract, the graph of the same extract, and one another."""

import gzip
import json
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, Reader, all_tiles

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.file import load_roads
from carecircle_alerts.travel.tiles.building import build_tiles
from carecircle_alerts.travel.tiles.cutting import EXTENT, cut, degrees, plane
from carecircle_alerts.travel.tiles.feature import feature
from carecircle_alerts.travel.tiles.kinds import MOST_ZOOM, Layer, area_of, line_of, names_of, point_of
from carecircle_sim.streets import build_streets
from carecircle_sim.town import build_town

_STEP_M = 2.0
"""A tile's step at the last zoom in Xining is half a metre; two roundings and half a street's width of doubt."""


class MapInHand:
    """A map file, decoded."""

    def __init__(self, path: Path) -> None:
        source = MemorySource(path.read_bytes())
        self.reader = Reader(source)
        self.tiles = {
            place: mapbox_vector_tile.decode(gzip.decompress(packed), default_options={"y_coord_down": True})
            for place, packed in all_tiles(source)
        }

    def shapes(self, zoom: int, layer: str) -> list[tuple[dict[str, object], shapely.Geometry]]:
        """Everything of a layer at a zoom, in degrees."""
        found = []
        for (z, column, row), layers in self.tiles.items():
            if z != zoom:
                continue
            for one in layers.get(layer, {"features": []})["features"]:
                shape = shapely.from_geojson(json.dumps(one["geometry"]))
                corner = (column * EXTENT, row * EXTENT)
                found.append(
                    (one["properties"], shapely.transform(shape, lambda spots, at=corner: degrees(spots + at, zoom)))
                )
        return found


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "streets.osm"
    path.write_text("\n".join(build_streets(build_town()).xml()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def drawn(streets: Path) -> MapInHand:
    out = streets.with_name("map.pmtiles")
    said: list[str] = []
    assert build_tiles(streets, out, None, "made up", said.append, is_synthetic=True) > 100
    assert any(line.startswith("zoom 14") for line in said)
    return MapInHand(out)


def test_every_road_that_people_travel_on_is_drawn_where_it_is(streets: Path, drawn: MapInHand) -> None:
    graph = build_roads(streets, streets.with_name("roads"), is_synthetic=True)
    graph = load_roads(streets.with_name("roads"))
    roads = [shape for _, shape in drawn.shapes(MOST_ZOOM, "road")]
    tree = shapely.STRtree(roads)
    nodes = shapely.points(graph.lon_e7 / 1e7, graph.lat_e7 / 1e7)
    nearest = tree.nearest(nodes)
    off_m = shapely.distance(nodes, np.array(roads, dtype=object)[nearest]) * 111_195
    assert len(nodes) > 5000
    assert off_m.max() < _STEP_M
    # And nothing is drawn where there is no road: the other way round, by the middle of each arc of the graph.
    middles = shapely.STRtree(shapely.points((graph.lon_e7[graph.tail] + graph.lon_e7[graph.head]) / 2e7,
                                             (graph.lat_e7[graph.tail] + graph.lat_e7[graph.head]) / 2e7))  # fmt: skip
    corners = shapely.points(shapely.get_coordinates(np.array(roads, dtype=object)))
    _, far = middles.query_nearest(corners, return_distance=True, all_matches=False)
    assert far.max() * 111_195 < 400


def test_names_say_that_they_are_made_up_and_places_are_the_real_ones(drawn: MapInHand) -> None:
    names = {said["name"] for said, _ in drawn.shapes(MOST_ZOOM, "road") if "name" in said}
    assert len(names) > 60
    assert all(str(name).startswith("演示") for name in names)
    places = {said["name"]: said for said, _ in drawn.shapes(10, "place")}
    assert places["西宁市"]["name_bo"] == "ཟི་ལིང་།"
    assert "古城台街道" in places
    assert {said["kind"] for said, _ in drawn.shapes(12, "boundary")} == {"county", "township"}
    assert drawn.shapes(MOST_ZOOM, "building")
    assert drawn.shapes(11, "water")


def test_streets_of_one_name_are_one_line_so_that_the_name_finds_room(drawn: MapInHand) -> None:
    lengths = [
        shapely.length(part) * 111_195
        for said, shape in drawn.shapes(MOST_ZOOM, "road")
        if said["kind"] == "secondary"
        for part in shapely.get_parts(shape)
    ]
    assert np.median(lengths) > 600


def test_few_things_are_in_the_far_tiles_and_all_in_the_near_ones(drawn: MapInHand) -> None:
    assert drawn.shapes(8, "building") == []
    assert {said["kind"] for said, _ in drawn.shapes(8, "road")} <= {"motorway", "trunk", "primary"}
    assert {"minor", "service", "tertiary", "secondary"} <= {said["kind"] for said, _ in drawn.shapes(13, "road")}
    assert max(len(gzip.compress(str(tile).encode())) for tile in drawn.tiles.values()) < 300_000


def test_the_file_says_what_it_is_made_of(drawn: MapInHand) -> None:
    about = drawn.reader.metadata()
    assert about["is_synthetic"] is True
    assert about["attribution"] == "made up"
    assert {one["id"] for one in about["vector_layers"]} == {layer.value for layer in Layer}


def test_borders_come_from_a_file_of_divisions(streets: Path, tmp_path: Path) -> None:
    square = [[101.7, 36.6], [101.8, 36.6], [101.8, 36.7], [101.7, 36.7], [101.7, 36.6]]
    one = {"type": "Feature", "properties": {"code": "6301"}, "geometry": {"type": "Polygon", "coordinates": [square]}}
    (tmp_path / "d.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [one]}))
    build_tiles(streets, tmp_path / "map", tmp_path / "d.geojson", "", lambda _step: None)
    kinds = {said["kind"] for said, _ in MapInHand(tmp_path / "map").shapes(8, "boundary")}
    assert "prefecture" in kinds


@pytest.mark.parametrize("content", ["", "[]", '{"features": [{"properties": {}}]}', '{"features": [{}]}'])
def test_what_are_no_divisions_says_what_was_expected(streets: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "d.geojson").write_text(content)
    with pytest.raises(Misconfigured, match="code"):
        build_tiles(streets, tmp_path / "map", tmp_path / "d.geojson", "", lambda _step: None)
    assert not (tmp_path / "map").exists()


@pytest.mark.parametrize("name", ["none.osm.pbf", "map.txt"])
def test_what_is_no_extract_says_so_and_leaves_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        build_tiles(tmp_path / name, tmp_path / "map", None, "", lambda _step: None)
    assert list(tmp_path.iterdir()) == []


@given(st.floats(-180, 179.99), st.floats(-85, 85), st.integers(5, 14))
def test_the_way_to_the_plane_and_back_is_exact(lon: float, lat: float, zoom: int) -> None:
    spot = np.array([[lon, lat]])
    assert np.allclose(degrees(plane(spot, zoom), zoom), spot, atol=1e-9)


@given(st.lists(st.tuples(st.floats(101.7, 101.8), st.floats(36.6, 36.65)), min_size=2, max_size=8))
def test_a_line_is_in_every_tile_that_it_goes_through_and_nowhere_else(spots: list[tuple[float, float]]) -> None:
    drawn = line_of({"highway": "primary"})
    assert drawn is not None
    line = shapely.LineString(spots)
    tiles = cut([feature(drawn, {}, line)], 13)
    flat = shapely.transform(line, lambda degrees_: plane(degrees_, 13))
    west, south, east, north = flat.bounds
    for column in range(int(west // EXTENT), int(east // EXTENT) + 1):
        for row in range(int(south // EXTENT), int(north // EXTENT) + 1):
            inner = shapely.box(
                column * EXTENT + 8, row * EXTENT + 8, (column + 1) * EXTENT - 8, (row + 1) * EXTENT - 8
            )
            if flat.intersection(inner).length > 10:
                assert (column, row) in tiles
            if not flat.intersects(inner.buffer(200)):
                assert (column, row) not in tiles


def test_kinds_follow_the_tags() -> None:
    assert line_of({"highway": "residential", "area": "yes"}) is None
    assert line_of({"highway": "proposed"}) is None
    assert line_of({"boundary": "administrative", "admin_level": "6"}).kind == "county"  # type: ignore[union-attr]
    assert line_of({"boundary": "administrative"}) is None
    assert area_of({"leisure": "park", "building": "yes"}).layer is Layer.BUILDING  # type: ignore[union-attr]
    assert area_of({"building": "no"}) is None
    assert point_of({"place": "village"}) is None, "a label without a name is none"
    assert point_of({"amenity": "hospital", "name": "省医院"}).kind == "hospital"  # type: ignore[union-attr]
    assert names_of({"name": "西宁 Xining", "name:zh": "西宁", "name:bo": "ཟི་ལིང་།"}) == {
        "name": "西宁",
        "name_bo": "ཟི་ལིང་།",
    }
