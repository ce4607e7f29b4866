"""A country in a bad hour: people who are free and clustered calls, on the road network of a real extract (I/O)."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.network import RoadNetwork

EXTRACT = "CARECIRCLE_ROADS_EXTRACT"
_AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday morning in Xining, off-peak
_MODES = ("e_bike", "e_bike", "e_bike", "car")  # a quarter has a car (made up)
_CLUSTERED = 0.7  # of the calls, within 1.5 km of one to three places: a storm, a power cut, a fire's smoke (made up)
_CLUSTER_M = 1500.0
_STREET_M = 300.0
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Travel times from everybody who is free to every call: `ways[call][person]`."""

    calls: tuple[str, ...]
    people: tuple[str, ...]
    ways: dict[str, dict[str, TravelTime]]


@dataclass(frozen=True, slots=True)
class Country:
    """A road network, and where people live on it."""

    network: RoadNetwork
    homes: NDArray[np.float64]  # latitude, longitude of every node

    @classmethod
    def of(cls, extract: Path) -> "Country":
        """Build the network of an extract; some seconds for a small country."""
        with tempfile.TemporaryDirectory() as folder:
            network = RoadNetwork(build_roads(extract, Path(folder) / "roads"))
        graph = network.graph
        nodes = np.flatnonzero(graph.member["car"] & graph.member["e_bike"])
        places = np.column_stack((graph.lat_e7[nodes] / 1e7, graph.lon_e7[nodes] / 1e7))
        return cls(network, places[_is_lived_in(places)])

    def scene(self, calls: int, people: int, seed: int) -> Scene:
        """So many calls at once, most of them close together, and people anywhere."""
        rng = np.random.default_rng(seed)
        beds = [
            self._bed(rng, centres) for centres in [self._homes(rng, int(rng.integers(1, 4)))] for _ in range(calls)
        ]
        origins = [
            Origin(place, str(rng.choice(_MODES))) for place in map(_place, self._homes(rng, people))
        ]  # fmt: skip
        who = tuple(f"r{number:03}" for number in range(people))
        names = tuple(f"i{number:03}" for number in range(calls))
        ways = {}
        for name, bed in zip(names, beds, strict=True):
            answers = self.network.answer(origins, bed, "valley", _AT)
            ways[name] = {one: time for one, time in zip(who, answers, strict=True) if time is not None}
        return Scene(names, who, ways)

    def _homes(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.homes[rng.choice(len(self.homes), count, replace=False)]
        return found

    def _bed(self, rng: np.random.Generator, centres: NDArray[np.float64]) -> Place:
        if rng.random() >= _CLUSTERED:
            return _place(self._homes(rng, 1)[0])
        centre = centres[rng.integers(len(centres))]
        away = (self.homes - centre) * _METRES_PER_DEGREE * np.array([1.0, np.cos(np.radians(centre[0]))])
        near = self.homes[np.hypot(away[:, 0], away[:, 1]) < _CLUSTER_M]
        return _place(near[rng.integers(len(near))])


def extract_given(argument: Path | None) -> Path | None:
    """The extract that was named by argument or environment; None where there is none."""
    named = argument or (Path(os.environ[EXTRACT]) if EXTRACT in os.environ else None)
    return named if named is not None and named.is_file() else None


def _is_lived_in(places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where streets are dense, people live: the half of the nodes that have the most others within 300 m."""
    metres = places * _METRES_PER_DEGREE * np.array([1.0, np.cos(np.radians(places[:, 0].mean()))])
    around = KDTree(metres).query_ball_point(metres, _STREET_M, return_length=True)
    lived_in: NDArray[np.bool_] = around >= np.median(around)
    return lived_in


def _place(home: NDArray[np.float64]) -> Place:
    return Place(float(home[0]), float(home[1]))
