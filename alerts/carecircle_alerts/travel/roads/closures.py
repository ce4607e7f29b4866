"""Closures: which arcs of the graph a closed or slow road is about, and what becomes of their weights (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.travel import Place
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.graph import Flags, Floats, RoadGraph, Weights
from carecircle_alerts.travel.roads.speeds import NEVER

_METRES_PER_DEGREE = 111_195.0  # on the sphere that lengths are measured on


@dataclass(frozen=True, slots=True)
class Reach:
    """The arcs that a closure is about."""

    closure: Closure
    arcs: NDArray[np.int64]


def find_reach(graph: RoadGraph, closure: Closure) -> Reach:
    """Every arc that touches the closure's place."""
    flat = _Flat.around(graph, closure.corners[0])
    if closure.radius_m is not None:
        near = _within(flat, closure.radius_m)
    else:
        near = _touching(flat, flat.of_places(closure.corners))
    return Reach(closure, np.flatnonzero(near))


def apply_closures(weights: Weights, mode: str, reaches: Sequence[Reach], *, is_time: bool) -> Weights:
    """Weights with the closures in them; where several meet, closed outdoes slow and the slowest counts."""
    slow = np.ones(len(weights))
    for reach in reaches:
        if mode not in reach.closure.modes:
            continue
        factor = np.inf if reach.closure.slow_factor is None else max(1.0, reach.closure.slow_factor)
        slow[reach.arcs] = np.maximum(slow[reach.arcs], factor)
    if not is_time:
        slow = np.where(np.isinf(slow), np.inf, 1.0)
    changed = np.minimum(np.ceil(weights * slow), NEVER)
    return np.where(weights == NEVER, NEVER, changed).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class _Flat:
    """Arcs on a plane whose origin is one point; good to a thousandth within 50 km of it."""

    centre: Place
    tail: Floats
    head: Floats

    @classmethod
    def around(cls, graph: RoadGraph, centre: Place) -> "_Flat":
        nodes = _plane(graph.lat_e7 / 1e7, graph.lon_e7 / 1e7, centre)
        return cls(centre, nodes[graph.tail], nodes[graph.head])

    def of_places(self, places: Sequence[Place]) -> Floats:
        return _plane(np.array([one.lat for one in places]), np.array([one.lon for one in places]), self.centre)


def _plane(lat: Floats, lon: Floats, centre: Place) -> Floats:
    narrowing = np.cos(np.radians(centre.lat))
    return np.column_stack(((lon - centre.lon) * narrowing, lat - centre.lat)) * _METRES_PER_DEGREE


def _within(flat: _Flat, radius_m: float) -> Flags:
    """Whether the nearest point of each arc to the plane's origin is within the radius."""
    along = flat.head - flat.tail
    share = -(flat.tail * along).sum(axis=1) / np.maximum((along * along).sum(axis=1), 1e-9)
    nearest = flat.tail + along * np.clip(share, 0, 1)[:, None]
    found: Flags = np.hypot(nearest[:, 0], nearest[:, 1]) <= radius_m
    return found


def _touching(flat: _Flat, corners: Floats) -> Flags:
    """Whether each arc begins in the polygon or crosses its border."""
    lowest, highest = corners.min(axis=0), corners.max(axis=0)
    beside = ((flat.tail < lowest) & (flat.head < lowest)) | ((flat.tail > highest) & (flat.head > highest))
    touching: Flags = np.zeros(len(flat.tail), dtype=np.bool_)
    arcs = np.flatnonzero(~beside.any(axis=1))
    tail, head = flat.tail[arcs], flat.head[arcs]
    inside = np.zeros(len(arcs), dtype=np.bool_)
    for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (begin[1] > tail[:, 1]) != (end[1] > tail[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            at = begin[0] + (tail[:, 1] - begin[1]) * (end[0] - begin[0]) / (end[1] - begin[1])
        inside ^= spans & (tail[:, 0] < at)
        touching[arcs] |= _cross(tail, head, begin, end)
    touching[arcs] |= inside
    return touching


def _cross(tail: Floats, head: Floats, begin: Floats, end: Floats) -> Flags:
    """Whether segments meet one other segment."""
    one = _side(begin, end, tail) * _side(begin, end, head) <= 0
    other = _side(tail, head, begin) * _side(tail, head, end) <= 0
    return one & other


def _side(begin: Floats, end: Floats, point: Floats) -> Floats:
    along, beside = end - begin, point - begin
    side: Floats = np.sign(along[..., 0] * beside[..., 1] - along[..., 1] * beside[..., 0])
    return side
