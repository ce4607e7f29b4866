"""Outlines: marching squares, rings and holes as RFC 7946 wants them, and isochrones of a country without roads."""

import json
from datetime import UTC, datetime
from math import pi
from typing import Any

import numpy as np
import pytest

from carecircle_alerts.coverage.contour import Grid, area_of, contains, polygons_below
from carecircle_alerts.coverage.geojson import feature
from carecircle_alerts.coverage.isochrone import Direction, IsochroneQuestion, isochrones
from carecircle_alerts.coverage.matrix import Ground
from carecircle_alerts.coverage.questions import Quantile
from carecircle_alerts.coverage.straight import StraightLineMatrix
from tests.unit.alerts.coverage_matrices import LAT, METRE, Plain, place

UNIT = Grid(0, 0, 1, 1)
DAY_NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
INF = float("inf")


def features(document: dict[str, object]) -> list[Any]:
    found = document["features"]
    assert isinstance(found, list)
    return found


def test_one_point_is_a_diamond_that_turns_anticlockwise() -> None:
    values = np.array([[9, 9, 9], [9, 1, 9], [9, 9, 9]], dtype=np.float64)
    ((ring,),) = polygons_below(values, 5, UNIT)
    assert ring[0] == ring[-1]
    assert set(ring) == {(1.5, 1), (1, 1.5), (0.5, 1), (1, 0.5)}
    assert area_of(ring) == pytest.approx(0.5)


def test_a_hole_turns_clockwise_and_belongs_to_what_is_around_it() -> None:
    values = np.full((7, 7), 9.0)
    values[1:6, 1:6] = 1
    values[3, 3] = 9
    ((outer, hole),) = polygons_below(values, 5, UNIT)
    assert area_of(outer) > 0 > area_of(hole)
    assert contains(outer, (3, 3))
    assert contains(hole, (3, 3))
    assert not contains(hole, (1.5, 1.5))


def test_an_island_in_a_lake_is_a_polygon_of_its_own() -> None:
    values = np.full((11, 11), 9.0)
    values[1:10, 1:10] = 1
    values[3:8, 3:8] = 9
    values[5, 5] = 1
    polygons = polygons_below(values, 5, UNIT)
    assert [len(polygon) for polygon in polygons] == [2, 1], "largest first"


def test_what_reaches_the_border_is_closed_there_and_infinity_is_outside() -> None:
    values = np.array([[1, INF], [1, INF]])
    ((ring,),) = polygons_below(values, 5, UNIT)
    assert ring[0] == ring[-1]
    assert polygons_below(np.full((3, 3), INF), 5, UNIT) == []


def test_a_feature_has_longitude_first_and_a_frame() -> None:
    ring = [(101.0, 36.0), (102.0, 36.0), (102.0, 37.0), (101.0, 36.0)]
    one = feature([[ring]], {"minutes": 5})
    assert one["bbox"] == [101.0, 36.0, 102.0, 37.0]
    assert feature([], {})["geometry"] == {"type": "GeometryCollection", "geometries": []}
    assert json.loads(json.dumps(feature([[ring], [ring]], {})))["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize("direction", Direction)
def test_without_roads_an_isochrone_is_a_circle(direction: Direction) -> None:
    asked = IsochroneQuestion(Ground(place(0), "city"), "e_bike", direction, DAY_NOON, (5, 10, 15), Quantile.P50)
    found = isochrones(asked, Plain(), {"provider_id": "a"})
    *outlines, centre = features(found)
    assert [one["properties"]["minutes"] for one in outlines] == [15, 10, 5]
    assert centre["geometry"]["type"] == "Point"
    for one in outlines:
        radius_m = Plain.speed_ms * one["properties"]["minutes"] * 60
        (ring,) = one["geometry"]["coordinates"]
        square_m = area_of(ring) / METRE**2 * float(np.cos(np.radians(LAT)))
        assert square_m == pytest.approx(pi * radius_m**2, rel=0.01)
        assert one["properties"]["basis"] == "synthetic_network"
        assert one["properties"]["provider_id"] == "a"
        assert "模拟路网" in one["properties"]["label"]


def test_nine_of_ten_get_less_far_than_half_of_them() -> None:
    half, most = (
        isochrones(
            IsochroneQuestion(Ground(place(0), "city"), "car", Direction.FROM, DAY_NOON, (10,), quantile), Plain(), {}
        )
        for quantile in (Quantile.P50, Quantile.P90)
    )
    rings = [features(one)[0]["geometry"]["coordinates"][0] for one in (half, most)]
    assert area_of(rings[1]) < area_of(rings[0]) * 0.5


def test_a_straight_line_says_that_it_is_one() -> None:
    asked = IsochroneQuestion(Ground(place(0), "mountain"), "walk", Direction.TO, DAY_NOON, (5,))
    outline, _centre = features(isochrones(asked, StraightLineMatrix(), {}))
    assert outline["properties"]["is_estimate"] is True
    assert outline["properties"]["label"] == "步行九成情况下5分钟内可到达此处（直线估算）"
