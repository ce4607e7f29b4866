"""Posts: the places from which help sets out, and which of them can matter to which beds (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from carecircle_alerts.coverage.cover import People
from carecircle_alerts.coverage.matrix import Indices
from carecircle_alerts.travel import Origin, Place

HOURS = 24
NEAREST = 32
"""The truly nearest by road is among the 32 nearest by air for 99.9 % of beds (DOMAIN)."""
_EARTH_RADIUS_M = 6_371_008.8
_NOTHING_IN_REACH = 8
"""As many are looked at, however far, where nobody is near: somebody is always the nearest."""


@dataclass(frozen=True, slots=True)
class Post:
    """A place from which help sets out; `people` are there in each hour of the local day.

    `id` is the provider's where its staff stand at the station, otherwise the responder's.
    """

    id: str
    provider_id: str | None
    place: Place
    mode: str
    people: tuple[int, ...]

    @property
    def origin(self) -> Origin:
        """As travel times are asked for."""
        return Origin(self.place, self.mode)


@dataclass(frozen=True)
class PostMap:
    """All posts, and a tree of them for each way of travelling."""

    posts: Sequence[Post]

    @cached_property
    def people(self) -> People:
        """People by post (rows) and hour (columns)."""
        return np.array([one.people for one in self.posts], dtype=np.int64).reshape(len(self.posts), HOURS)

    @cached_property
    def _trees(self) -> Mapping[str, tuple[Indices, cKDTree]]:
        trees: dict[str, tuple[Indices, cKDTree]] = {}
        for mode in sorted({one.mode for one in self.posts}):
            rows = np.array([row for row, one in enumerate(self.posts) if one.mode == mode])
            trees[mode] = rows, cKDTree(on_sphere([self.posts[row].place for row in rows]))
        return trees

    def around(self, beds: Sequence[Place], reach_m: Mapping[str, float]) -> tuple[Indices, NDArray[np.bool_]]:
        """The posts that can matter to any of these beds, and of which beds some may have been left out.

        Of each mode the `NEAREST` by air that lie within its reach; where a bed has that many, more may be within
        reach. Where it has none, the nearest few of any mode, however far.
        """
        points = on_sphere(beds)
        chosen: list[Indices] = []
        is_cut = np.zeros(len(beds), dtype=np.bool_)
        for mode, (rows, tree) in self._trees.items():
            distances, found = _nearest(tree, points, NEAREST, reach_m[mode])
            near = np.isfinite(distances)
            chosen.append(rows[np.unique(found[near])])
            if len(rows) > NEAREST:
                is_cut |= near.all(axis=1)
            _distances, few = _nearest(tree, points, _NOTHING_IN_REACH, np.inf)
            chosen.append(rows[np.unique(few)])
        return np.unique(np.concatenate(chosen)) if chosen else np.empty(0, np.int64), is_cut

    def all_around(self, beds: Sequence[Place], reach_m: Mapping[str, float]) -> Indices:
        """Every post within the reach of its mode from any of these beds."""
        beds_tree = cKDTree(on_sphere(beds))
        chosen = [np.empty(0, np.int64)]
        for mode, (rows, tree) in self._trees.items():
            distances, _found = _nearest(beds_tree, np.asarray(tree.data), 1, reach_m[mode])
            chosen.append(rows[np.isfinite(distances[:, 0])])
        return np.unique(np.concatenate(chosen))


def _nearest(
    tree: cKDTree, points: NDArray[np.float64], k: int, within_m: float
) -> tuple[NDArray[np.float64], Indices]:
    """Distances and rows of the k nearest of a tree to each point; infinite where there are fewer within reach."""
    number = min(k, tree.n)
    distances, rows = tree.query(points, k=np.arange(1, number + 1), distance_upper_bound=within_m)
    return np.asarray(distances).reshape(-1, number), np.asarray(rows, np.int64).reshape(-1, number)


def on_sphere(places: Sequence[Place]) -> NDArray[np.float64]:
    """Points of a sphere in metres; the chord between two is never longer than the way over the ground."""
    lat = np.radians([one.lat for one in places])
    lon = np.radians([one.lon for one in places])
    points: NDArray[np.float64] = _EARTH_RADIUS_M * np.stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1
    )
    return points
