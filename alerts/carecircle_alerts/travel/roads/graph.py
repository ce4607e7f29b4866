"""The road graph: nodes, directed arcs and their weights as arrays, and the geometry on them (pure)."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.travel.roads.speeds import LENGTHS, METRICS, MODES, NEVER, TIMES, mode_of

EARTH_RADIUS_M = 6_371_008.8

Floats = NDArray[np.float64]
Weights = NDArray[np.uint32]
Nodes = NDArray[np.uint32]
Flags = NDArray[np.bool_]
Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a road graph was made from."""

    basis: str
    extract: str
    extract_date: str
    attribution: str


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """Nodes in 1e-7 degrees (WGS-84), arcs ordered by tail and head; between two nodes there is one arc a direction.

    `times` are milliseconds by metric of `TIMES`, `NEVER` where that mode may not go; `length_mm` is of every arc.
    `member` says by mode which nodes belong to its largest strongly connected part: only these can be set out from, and
    every one of them reaches every other. `order` is the contraction order, empty where none was computed.
    """

    origin: Origin
    lat_e7: NDArray[np.int32] = field(repr=False)
    lon_e7: NDArray[np.int32] = field(repr=False)
    tail: Nodes = field(repr=False)
    head: Nodes = field(repr=False)
    length_mm: Weights = field(repr=False)
    times: dict[str, Weights] = field(repr=False)
    member: dict[str, Flags] = field(repr=False)
    order: Nodes = field(repr=False)
    version: str

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.lat_e7)

    @property
    def arc_count(self) -> int:
        """How many directed arcs there are."""
        return len(self.tail)

    def weights(self, metric: str) -> Weights:
        """The weights of a metric: milliseconds, or millimetres where its mode may go."""
        if metric in self.times:
            return self.times[metric]
        usable = self.times[next(name for name in TIMES if mode_of(name) == mode_of(metric))] != NEVER
        return np.where(usable, self.length_mm, np.uint32(NEVER)).astype(np.uint32)

    def fastest_m_per_s(self, metric: str) -> float:
        """The fastest that anything moves on any arc; no way is done faster."""
        times = self.times[metric]
        usable = times != NEVER
        return float((self.length_mm[usable] / times[usable]).max()) if usable.any() else 0.0


def new_version(origin: Origin, arrays: list[Array]) -> str:
    """A name that follows from the content, with the extract's date in front: `20261101-4f3a09c2b1de`."""
    digest = hashlib.sha256(repr((origin.basis, METRICS, LENGTHS, tuple(MODES))).encode())
    for array in arrays:
        digest.update(array.tobytes())
    return f"{origin.extract_date[:10].replace('-', '') or 'undated'}-{digest.hexdigest()[:12]}"


def on_sphere(lat_deg: Floats, lon_deg: Floats) -> Floats:
    """Points in space, metres from the earth's centre, one row each; their chords order as distances do."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return EARTH_RADIUS_M * np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def arc_of_chord_m(chord_m: Floats) -> Floats:
    """Metres along the ground for metres straight through it."""
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chord_m / (2 * EARTH_RADIUS_M)))
    return metres


def ground_m(lat_1: Floats, lon_1: Floats, lat_2: Floats, lon_2: Floats) -> Floats:
    """Great-circle metres between points in degrees, element by element (haversine, mean earth radius)."""
    one, other = np.radians(lat_1), np.radians(lat_2)
    half = np.sin((other - one) / 2) ** 2 + np.cos(one) * np.cos(other) * np.sin(np.radians(lon_2 - lon_1) / 2) ** 2
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    return metres
