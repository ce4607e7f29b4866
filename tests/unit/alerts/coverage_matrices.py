"""Hand-made matrices for tests of coverage."""

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np

from carecircle_alerts.coverage.day import BedPlace
from carecircle_alerts.coverage.matrix import Ground, Matrix
from carecircle_alerts.coverage.posts import Post
from carecircle_alerts.travel import Origin, Place

DAY = date(2026, 11, 2)
LAT, LON = 36.62, 101.78
METRE = 1 / 111_195


def matrix(
    p50_min: Sequence[Sequence[float]], p90_min: Sequence[Sequence[float]], basis: str = "road_network"
) -> Matrix:
    """A matrix from minutes; rows are posts."""
    return Matrix(
        np.array(p50_min, dtype=np.float32) * 60, np.array(p90_min, dtype=np.float32) * 60, basis, "hand-made"
    )


def limits(*minutes: float) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return np.array(minutes, dtype=np.float32) * 60


class Plain:
    """A made-up country: metres by air over a speed, twice as long in the rush at 8.

    Nine of ten need half as much again as half. It counts how many pairs it was asked for.
    """

    basis = "synthetic_network"
    version = "plain-1"
    speed_ms = 5.0

    def __init__(self, basis: str = "synthetic_network") -> None:
        self.basis = basis
        self.pairs = 0

    def matrix(self, origins: Sequence[Origin], beds: Sequence[Ground], at: datetime) -> Matrix:
        self.pairs += len(origins) * len(beds)
        y1 = np.array([[one.place.lat] for one in origins] or np.empty((0, 1)))
        x1 = np.array([[one.place.lon] for one in origins] or np.empty((0, 1)))
        y2, x2 = np.array([[one.place.lat for one in beds]]), np.array([[one.place.lon for one in beds]])
        metres = np.hypot(y1 - y2, (x1 - x2) * np.cos(np.radians(LAT))) / METRE
        seconds = (metres / self.speed_ms * (2 if self.band(at) == "rush" else 1)).astype(np.float32)
        return Matrix(seconds, seconds * np.float32(1.5), self.basis, self.version)

    def band(self, at: datetime) -> str:
        return "rush" if (at.hour + 8) % 24 == 8 else "calm"

    def farthest_m(self, mode: str, seconds: float) -> float:  # noqa: ARG002 - all travel alike here
        return self.speed_ms * seconds * 1.01


class Calm(Plain):
    """The same country without a rush, for what is asked at the true time of day."""

    def band(self, at: datetime) -> str:  # noqa: ARG002 - calm at any hour
        return "calm"


def place(north_m: float, east_m: float = 0) -> Place:
    return Place(LAT + north_m * METRE, LON + east_m * METRE / np.cos(np.radians(LAT)))


def bed(number: int, north_m: float | None, *, circle: str = "urban", code: str = "630102001001") -> BedPlace:
    return BedPlace(f"bed-{number}", code, circle, "city", None if north_m is None else place(north_m))


def post(name: str, north_m: float, people: int | Sequence[int] = 1, mode: str = "e_bike") -> Post:
    hours = (people,) * 24 if isinstance(people, int) else tuple(people)
    return Post(name, name, place(north_m), mode, hours)
