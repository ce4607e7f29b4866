"""Candidates: places where a station could stand (pure).

Nobody has told us which houses are for rent, so candidates are places where people are: each provider's place, and the
bed in the middle of each cluster of beds. A bed lies on a road, which the middle of a cluster may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from carecircle_alerts.coverage.posts import on_sphere
from carecircle_alerts.travel import Place

MOST_CANDIDATES = 300
_SEED = 15
_ROUNDS = 10
_SAMPLE = 50_000
_LEAST_APART_M = 150.0


@dataclass(frozen=True, slots=True)
class Site:
    """A candidate: `near` names the provider or the bed at whose place it is."""

    id: str
    near: str
    division_code: str
    place: Place


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place that is known, by the id of the provider or bed that stands there."""

    id: str
    division_code: str
    place: Place


def candidate_sites(
    providers: Sequence[Settlement], beds: Sequence[Settlement], most: int = MOST_CANDIDATES
) -> list[Site]:
    """At most so many places, none nearer than 150 m to one before it; the same beds give the same places.

    Providers come first; beds are those that want help, as the caller chooses.
    """
    wanted = max(0, most - len(providers))
    found: list[Settlement] = []
    for one in [*providers, *_middles(beds, wanted)]:
        if len(found) < most and _is_apart(one, found):
            found.append(one)
    return [Site(f"site-{number}", one.id, one.division_code, one.place) for number, one in enumerate(found, 1)]


def _middles(beds: Sequence[Settlement], most: int) -> list[Settlement]:
    """The bed nearest to the middle of each cluster (Lloyd's k-means, from beds drawn by a fixed seed)."""
    if not beds or most <= 0:
        return []
    points = on_sphere([one.place for one in beds])
    rng = np.random.default_rng(_SEED)
    if len(points) > _SAMPLE:
        points = points[np.sort(rng.choice(len(points), size=_SAMPLE, replace=False))]
    distinct = np.unique(points, axis=0)
    centres = distinct[np.sort(rng.choice(len(distinct), size=min(most, len(distinct)), replace=False))]
    for _round in range(_ROUNDS):
        _distances, label = cKDTree(centres).query(points)
        sizes = np.bincount(label, minlength=len(centres))
        sums = np.stack([np.bincount(label, points[:, axis], minlength=len(centres)) for axis in range(3)], axis=1)
        has_beds = sizes > 0
        centres[has_beds] = sums[has_beds] / sizes[has_beds, None]
    _distances, nearest = cKDTree(on_sphere([one.place for one in beds])).query(centres)
    return [beds[row] for row in np.unique(nearest)]


def _is_apart(one: Settlement, found: Sequence[Settlement]) -> bool:
    if not found:
        return True
    there = on_sphere([one.place])[0] - on_sphere([other.place for other in found])
    return bool((np.linalg.norm(there, axis=1) >= _LEAST_APART_M).all())
