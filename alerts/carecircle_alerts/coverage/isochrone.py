"""Isochrones: how far somebody gets from a post, or from where somebody reaches a bed, in 5, 10, 15 minutes (pure).

The source of travel times is asked for every point of a grid, and the outline of those within the time is drawn: so an
outline rests on the same times as coverage does, whatever they come from.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import cos, radians

import numpy as np

from carecircle_alerts.coverage.contour import Grid, polygons_below
from carecircle_alerts.coverage.geojson import Feature, collection, feature, point_feature
from carecircle_alerts.coverage.matrix import Ground, Matrix, MatrixSource, is_estimate
from carecircle_alerts.coverage.questions import MINUTES, Quantile
from carecircle_alerts.travel import Origin, Place

_METRES_PER_DEGREE = 111_195.0
_POINTS = 121
"""Points along each side: at 15 minutes by e-bike one every 70 m, by car one every 170 m or more."""
_MODE_NAMES = {"walk": "步行", "e_bike": "电动车", "car": "汽车"}


class Direction(StrEnum):
    """From the place outwards, or from around towards the place."""

    FROM = "from"
    TO = "to"


@dataclass(frozen=True, slots=True)
class IsochroneQuestion:
    """Which outlines are wanted; `at` (UTC) is when somebody sets out."""

    place: Ground
    mode: str
    direction: Direction
    at: datetime
    minutes: tuple[int, ...] = MINUTES
    quantile: Quantile = Quantile.P90


def isochrones(question: IsochroneQuestion, source: MatrixSource, properties: dict[str, object]) -> dict[str, object]:
    """A feature collection: the outlines, the widest first so that narrower ones are drawn over it, then the place.

    Every feature says on which basis it rests, and in Chinese what it is; `properties` are added to each.
    """
    longest_s = max(question.minutes) * 60
    farthest_m = source.farthest_m(question.mode, longest_s)
    grid, matrix = _ask(question, source, farthest_m)
    seconds = matrix.p50_s if question.quantile is Quantile.P50 else matrix.p90_s
    reached = np.isfinite(seconds) & (seconds <= longest_s)
    if reached.any():
        # A second look at the part that is reached, so that the points are not spent on what lies beyond it.
        far_m = float(_offsets_m(farthest_m)[reached.ravel()].max()) + 2 * farthest_m / (_POINTS - 1) * 2
        if far_m < farthest_m:
            grid, matrix = _ask(question, source, far_m)
            seconds = matrix.p50_s if question.quantile is Quantile.P50 else matrix.p90_s
    values = seconds.reshape(_POINTS, _POINTS).astype(np.float64)
    said = {
        **properties,
        "direction": question.direction.value,
        "mode": question.mode,
        "quantile": question.quantile.value,
        "at": question.at.isoformat().replace("+00:00", "Z"),
        "basis": matrix.basis,
        "version": matrix.version,
        "is_estimate": is_estimate(matrix.basis),
    }
    features: list[Feature] = [
        feature(
            polygons_below(values, minutes * 60.0, grid),
            {**said, "minutes": minutes, "label": _label(question, minutes, matrix.basis)},
        )
        for minutes in sorted(question.minutes, reverse=True)
    ]
    return collection([*features, point_feature(question.place.place, {**properties, "minutes": 0})])


def _ask(question: IsochroneQuestion, source: MatrixSource, reach_m: float) -> tuple[Grid, Matrix]:
    place = question.place.place
    step_lat = 2 * reach_m / (_POINTS - 1) / _METRES_PER_DEGREE
    step_lon = step_lat / cos(radians(place.lat))
    half = (_POINTS - 1) / 2
    grid = Grid(place.lon - half * step_lon, place.lat - half * step_lat, step_lon, step_lat)
    places = [
        Place(grid.south + row * step_lat, grid.west + column * step_lon)
        for row in range(_POINTS)
        for column in range(_POINTS)
    ]
    if question.direction is Direction.FROM:
        around = [Ground(one, question.place.terrain) for one in places]
        return grid, source.matrix([Origin(place, question.mode)], around, question.at)
    return grid, source.matrix([Origin(one, question.mode) for one in places], [question.place], question.at)


def _offsets_m(reach_m: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """How far each point is from the middle, along the axis on which it is farther."""
    axis = np.linspace(-reach_m, reach_m, _POINTS)
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.maximum(abs(axis)[:, None], abs(axis)[None, :]).ravel()
    return found


def _label(question: IsochroneQuestion, minutes: int, basis: str) -> str:
    way = "可到达此处" if question.direction is Direction.TO else "可到达"
    surely = "九成情况下" if question.quantile is Quantile.P90 else "半数情况下"
    estimate = "（直线估算）" if is_estimate(basis) else "（模拟路网）" if basis == "synthetic_network" else ""
    return f"{_MODE_NAMES.get(question.mode, question.mode)}{surely}{minutes}分钟内{way}{estimate}"
