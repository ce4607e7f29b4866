"""Coverage on a street map: the times are the road network's, and what lies off every road is nowhere covered."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from carecircle.errors import Misconfigured
from carecircle_alerts.coverage.contour import contains
from carecircle_alerts.coverage.day import BedPlace, cover_through_day, hour_at
from carecircle_alerts.coverage.figures import CoverState
from carecircle_alerts.coverage.isochrone import Direction, IsochroneQuestion, isochrones
from carecircle_alerts.coverage.matrix import Ground, is_estimate
from carecircle_alerts.coverage.posts import Post, PostMap
from carecircle_alerts.coverage.questions import Quantile
from carecircle_alerts.coverage.source import RoadMatrix, matrix_source
from carecircle_alerts.coverage.straight import StraightLineMatrix
from carecircle_alerts.travel import Origin
from carecircle_alerts.travel.roads.command import build_roads
from tests.street_map import at, street_grid

MONDAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roads")
    build_roads(street_grid(folder / "town.osm", side=41, block_m=60), folder / "town.roads", is_synthetic=True)
    return folder / "town.roads"


def test_the_times_are_those_of_the_network(roads: Path) -> None:
    source = matrix_source(roads)
    assert isinstance(source, RoadMatrix)
    assert (source.basis, is_estimate(source.basis)) == ("synthetic_network", False)
    assert (source.band(hour_at(MONDAY, 8)), source.band(hour_at(MONDAY, 12))) == ("peak", "off_peak")
    times = source.matrix([Origin(at(0, 0), "car")], [Ground(at(1800, 420), "city")], NOON)
    assert times.p50_s[0, 0] == pytest.approx(120 + 2220 / (30 / 3.6), rel=0.02)
    assert source.farthest_m("car", 60) >= 30 / 3.6 * 60


def test_a_bed_off_every_road_is_not_covered(roads: Path) -> None:
    posts = PostMap([Post("a", "a", at(0, 0), "car", (2,) * 24)])
    beds = [
        BedPlace("near", "630102001001", "urban", "city", at(2000, 0)),
        BedPlace("off", "630102001001", "urban", "city", at(-5000, 0)),
    ]
    limit_s = np.full(2, 900, dtype=np.float32)
    spells = list(cover_through_day(beds, limit_s, posts, matrix_source(roads), MONDAY).spells())
    assert {(one.bed.id, one.state) for one in spells} == {
        ("near", CoverState.COVERED), ("off", CoverState.NOT_COVERED),
    }  # fmt: skip
    assert {one.p50_s for one in spells if one.bed.id == "off"} == {None}, "nobody knows the way"


@pytest.mark.parametrize("direction", Direction)
def test_an_isochrone_follows_the_streets(roads: Path, direction: Direction) -> None:
    asked = IsochroneQuestion(Ground(at(1200, 1200), "city"), "walk", direction, NOON, (10,), Quantile.P50)
    found = isochrones(asked, matrix_source(roads), {})["features"]
    assert isinstance(found, list)
    geometry = found[0]["geometry"]
    largest = geometry["coordinates"][0] if geometry["type"] == "MultiPolygon" else geometry["coordinates"]
    # Eight minutes' walk along streets that run north and east: a diamond of about 560 m, not a circle.
    for metres, is_inside in ((480, True), (620, False)):
        for east, north in ((metres, 0), (0, metres), (-metres, 0), (0, -metres)):
            place = at(1200 + east, 1200 + north)
            assert contains(largest[0], (place.lon, place.lat)) == is_inside, (east, north)
    corner = at(1200 + 400, 1200 + 400)
    assert not contains(largest[0], (corner.lon, corner.lat)), "as far by air as 565 m, by streets 800 m"


def test_without_roads_there_are_estimates_and_a_broken_file_is_said(tmp_path: Path) -> None:
    assert isinstance(matrix_source(None), StraightLineMatrix)
    (tmp_path / "broken").write_text("no roads")
    with pytest.raises(Misconfigured):
        matrix_source(tmp_path / "broken")
