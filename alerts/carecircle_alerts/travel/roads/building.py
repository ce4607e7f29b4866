"""Building the graph: ways and their nodes into arcs with weights, by mode its largest strongly connected part (pure).

Long segments are cut, so that a house beside a country road finds a node near its gate. Whether land is built up
follows from how many metres of street there are around: OpenStreetMap's extracts carry no reliable town borders.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.graph import Flags, Floats, Nodes, Origin, RoadGraph, ground_m, new_version
from carecircle_alerts.travel.roads.speeds import MODES, NEVER, TIMES, Mode
from carecircle_alerts.travel.roads.ways import Way

LONGEST_PIECE_M = 200.0
# Metres of street for cars a square kilometre, within 375 m around, above which it is a town: a lone road has 2,700 at
# most, blocks of 200 m have 10,000, and half of that at the town's edge. An engineering proposal.
BUILT_UP_M_PER_KM2 = 5_000.0
_CELL_KM = 0.25
_CELL_DEG = _CELL_KM / 111.195
_ROW = 1_000_000  # cells are numbered by row and column; there are fewer columns round the earth
_OF_CAR = 2  # where the car's speeds begin in `Way.kmh`


@dataclass(slots=True)
class Streets:
    """What was read: nodes in degrees, segments between them, and by segment the way that it is part of."""

    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    way: list[int] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    no_cars: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True, slots=True)
class _Pieces:
    lat_e7: NDArray[np.int32]
    lon_e7: NDArray[np.int32]
    tail: Nodes
    head: Nodes
    way: NDArray[np.int64]
    length_m: Floats
    no_cars: Flags


def build_graph(streets: Streets, origin: Origin) -> RoadGraph:
    """The graph of what was read; raises `Misconfigured` where no mode can go anywhere."""
    if not len(streets):
        raise Misconfigured(f"{origin.extract} holds no roads: is it an extract of a place with streets?")
    pieces = _cut(streets)
    kmh = np.array([way.kmh for way in streets.ways])[pieces.way]
    may = {
        True: np.array([way.forward for way in streets.ways])[pieces.way],
        False: np.array([way.backward for way in streets.ways])[pieces.way],
    }
    blocked = pieces.no_cars[pieces.tail] | pieces.no_cars[pieces.head]
    for flags in may.values():
        flags[blocked, MODES.index(Mode.CAR)] = False
    speeds = _speeds(kmh, _is_built_up(pieces, may[True] | may[False]))
    tail = np.concatenate((pieces.tail, pieces.head))
    head = np.concatenate((pieces.head, pieces.tail))
    length_m = np.concatenate((pieces.length_m, pieces.length_m))
    allowed = np.concatenate((may[True], may[False]))
    times = {
        metric: _milliseconds(length_m, np.concatenate((speeds[metric], speeds[metric])), _of_mode(allowed, metric))
        for metric in TIMES
    }
    keep, (tail, head) = _unparallel(tail, head, times)
    length_mm = np.maximum(1, np.rint(length_m[keep] * 1000)).astype(np.uint32)
    times = {metric: times[metric][keep] for metric in TIMES}
    return _only_connected(origin, pieces, tail, head, length_mm, times)


def _cut(streets: Streets) -> _Pieces:
    lat_e7, lon_e7 = _e7(streets.lat), _e7(streets.lon)
    tail, head = np.array(streets.tail, dtype=np.int64), np.array(streets.head, dtype=np.int64)
    way = np.array(streets.way, dtype=np.int64)
    count = np.maximum(1, np.ceil(_between(lat_e7, lon_e7, tail, head) / LONGEST_PIECE_M)).astype(np.int64)
    # A segment in n pieces gets n - 1 nodes of its own, numbered after those that were read.
    segment = np.repeat(np.arange(len(tail)), count)
    step = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    added = np.repeat(np.cumsum(count - 1) - (count - 1), count) + len(lat_e7)
    piece_tail = np.where(step == 0, tail[segment], added + step - 1)
    piece_head = np.where(step == count[segment] - 1, head[segment], added + step)
    inner = step > 0
    share = step[inner] / count[segment[inner]]
    lat_e7 = np.concatenate((lat_e7, _between_e7(lat_e7, tail, head, segment[inner], share)))
    lon_e7 = np.concatenate((lon_e7, _between_e7(lon_e7, tail, head, segment[inner], share)))
    no_cars = np.zeros(len(lat_e7), dtype=np.bool_)
    no_cars[list(streets.no_cars)] = True
    length_m = _between(lat_e7, lon_e7, piece_tail, piece_head)
    real = piece_tail != piece_head
    return _Pieces(
        lat_e7, lon_e7, piece_tail[real].astype(np.uint32), piece_head[real].astype(np.uint32), way[segment[real]],
        length_m[real], no_cars,
    )  # fmt: skip


def _e7(degrees: list[float]) -> NDArray[np.int32]:
    return np.rint(np.array(degrees) * 1e7).astype(np.int32)


def _between_e7(
    axis: NDArray[np.int32], tail: NDArray[np.int64], head: NDArray[np.int64], segment: NDArray[np.int64], share: Floats
) -> NDArray[np.int32]:
    begin, end = axis[tail[segment]].astype(np.int64), axis[head[segment]].astype(np.int64)
    return np.rint(begin + (end - begin) * share).astype(np.int32)


def _between(
    lat_e7: NDArray[np.int32], lon_e7: NDArray[np.int32], tail: NDArray[np.int64], head: NDArray[np.int64]
) -> Floats:
    lat, lon = lat_e7 / 1e7, lon_e7 / 1e7
    return ground_m(lat[tail], lon[tail], lat[head], lon[head])


def _is_built_up(pieces: _Pieces, may: Flags) -> Flags:
    """By piece, whether the nine cells around it hold streets enough to be a town."""
    lat, lon = pieces.lat_e7[pieces.tail] / 1e7, pieces.lon_e7[pieces.tail] / 1e7
    narrowing = np.cos(np.radians(lat.mean()))
    rows, columns = np.floor(lat / _CELL_DEG).astype(np.int64), np.floor(lon * narrowing / _CELL_DEG).astype(np.int64)
    cells, cell_of = np.unique(rows * _ROW + columns, return_inverse=True)
    street_m = np.bincount(cell_of, weights=pieces.length_m * may[:, MODES.index(Mode.CAR)])
    around_m = np.zeros(len(cells))
    for step in (row * _ROW + column for row in (-1, 0, 1) for column in (-1, 0, 1)):
        at = np.minimum(np.searchsorted(cells, cells + step), len(cells) - 1)
        around_m += np.where(cells[at] == cells + step, street_m[at], 0)
    is_town: Flags = around_m >= BUILT_UP_M_PER_KM2 * (3 * _CELL_KM) ** 2
    return is_town[cell_of]


def _speeds(kmh: Floats, is_built_up: Flags) -> dict[str, Floats]:
    open_land, off_peak, peak = (kmh[:, _OF_CAR + index] for index in range(3))
    return {
        "walk": kmh[:, 0],
        "e_bike": kmh[:, 1],
        "car_peak": np.where(is_built_up, peak, open_land),
        "car_off_peak": np.where(is_built_up, off_peak, open_land),
    }


def _of_mode(allowed: Flags, metric: str) -> Flags:
    return allowed[:, next(index for index, mode in enumerate(MODES) if metric.startswith(mode))]


def _milliseconds(length_m: Floats, kmh: Floats, allowed: Flags) -> NDArray[np.uint32]:
    # Rounded up, so that nothing is faster than its speed: the proof of who is nearest rests on it.
    time_ms = np.ceil(np.maximum(length_m, 1e-3) * 3600 / np.maximum(kmh, 1e-3))
    return np.where(allowed & (kmh > 0), np.clip(time_ms, 1, NEVER), NEVER).astype(np.uint32)


def _unparallel(
    tail: Nodes, head: Nodes, times: dict[str, NDArray[np.uint32]]
) -> tuple[NDArray[np.int64], tuple[Nodes, Nodes]]:
    """Leave one arc between two nodes; it gets the best time of each mode (in place), and the first one's length."""
    usable = np.any([time != NEVER for time in times.values()], axis=0)
    arcs = np.flatnonzero(usable)
    arcs = arcs[np.lexsort((head[arcs], tail[arcs]))]
    is_first = np.ones(len(arcs), dtype=np.bool_)
    is_first[1:] = (tail[arcs][1:] != tail[arcs][:-1]) | (head[arcs][1:] != head[arcs][:-1])
    starts = np.flatnonzero(is_first)
    keep = arcs[starts]
    if len(keep):
        for time in times.values():
            time[keep] = np.minimum.reduceat(time[arcs], starts)
    return keep, (tail[keep], head[keep])


def _only_connected(
    origin: Origin, pieces: _Pieces, tail: Nodes, head: Nodes, length_mm: NDArray[np.uint32],
    times: dict[str, NDArray[np.uint32]],
) -> RoadGraph:  # fmt: skip
    count = len(pieces.lat_e7)
    member: dict[str, Flags] = {}
    for mode in MODES:
        names = [metric for metric in TIMES if metric.startswith(mode)]
        member[mode] = _largest_part(count, tail, head, times[names[0]] != NEVER)
        inside = member[mode][tail] & member[mode][head]
        for metric in names:
            times[metric] = np.where(inside, times[metric], np.uint32(NEVER)).astype(np.uint32)
    used = np.any(list(member.values()), axis=0)
    if not used.any():
        raise Misconfigured(f"{origin.extract} holds no roads that lead anywhere and back")
    number = np.cumsum(used) - 1
    arcs = np.flatnonzero(np.any([time != NEVER for time in times.values()], axis=0))
    tail, head = number[tail[arcs]].astype(np.uint32), number[head[arcs]].astype(np.uint32)
    lat_e7, lon_e7, length_mm = pieces.lat_e7[used], pieces.lon_e7[used], length_mm[arcs]
    times = {metric: time[arcs] for metric, time in times.items()}
    member = {mode: flags[used] for mode, flags in member.items()}
    content = [lat_e7, lon_e7, tail, head, length_mm, *times.values(), *member.values()]
    version = new_version(origin, content)
    return RoadGraph(
        origin, lat_e7, lon_e7, tail, head, length_mm, times, member, np.empty(0, dtype=np.uint32), version
    )


def _largest_part(count: int, tail: Nodes, head: Nodes, usable: Flags) -> Flags:
    """The nodes of the largest strongly connected part; none where there are no two nodes with a way there and back."""
    arcs = np.flatnonzero(usable)
    sparse = csr_array((np.ones(len(arcs), dtype=np.int8), (tail[arcs], head[arcs])), shape=(count, count))
    _, label = connected_components(sparse, connection="strong")
    size = np.bincount(label)
    return (label == size.argmax()) if size.max() > 1 else np.zeros(count, dtype=np.bool_)
