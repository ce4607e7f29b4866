"""Straight-line matrices: the last resort of travel times for many beds at once; always an estimate (pure)."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.coverage.matrix import Ground, Matrix
from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.straight_line import (
    _DETOUR,
    _EARTH_RADIUS_M,
    _NEAR_M,
    _SPEED_KMH,
    _SPREAD,
    BASIS,
    TURN_OUT_S,
    VERSION,
)

_FASTEST_KMH = {mode: max(speeds[mode] for speeds in _SPEED_KMH.values()) for mode in ("walk", "e_bike", "car")}


class StraightLineMatrix:
    """Answers as `travel.straight_line.estimate` does, for all pairs at once; a test holds both equal."""

    basis = BASIS
    version = VERSION

    def matrix(self, origins: Sequence[Origin], beds: Sequence[Ground], at: datetime) -> Matrix:  # noqa: ARG002
        """The times of every pair."""
        air_m = air_distances_m([one.place for one in origins], [one.place for one in beds])
        near = np.array([_DETOUR[one.terrain][0] for one in beds])
        far = np.array([_DETOUR[one.terrain][1] for one in beds])
        road_m = air_m * np.where(air_m < _NEAR_M, near, far)
        speeds = {
            mode: np.array([_SPEED_KMH[one.terrain][mode] / 3.6 for one in beds]) for mode in {o.mode for o in origins}
        }
        speed_ms = np.array([speeds[one.mode] for one in origins]).reshape(air_m.shape)
        p50_s = TURN_OUT_S + road_m / speed_ms
        p90_s = p50_s * np.array([_SPREAD[one.terrain] for one in beds])
        return Matrix(np.rint(p50_s).astype(np.float32), np.rint(p90_s).astype(np.float32), self.basis, self.version)

    def band(self, at: datetime) -> str:  # noqa: ARG002
        """One for the whole day: the model knows no hours."""
        return "all_day"

    def farthest_m(self, mode: str, seconds: float) -> float:
        """By the fastest terrain, without any detour or turning out."""
        return _FASTEST_KMH[mode] / 3.6 * seconds


def air_distances_m(origins: Sequence[Place], beds: Sequence[Place]) -> NDArray[np.float64]:
    """Great-circle distances in metres, a row for each origin."""
    lat_1 = np.radians([[one.lat] for one in origins] or np.empty((0, 1)))
    lon_1 = np.radians([[one.lon] for one in origins] or np.empty((0, 1)))
    lat_2 = np.radians([[one.lat for one in beds]])
    lon_2 = np.radians([[one.lon for one in beds]])
    half = np.sin((lat_2 - lat_1) / 2) ** 2 + np.cos(lat_1) * np.cos(lat_2) * np.sin((lon_2 - lon_1) / 2) ** 2
    found: NDArray[np.float64] = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    return found
