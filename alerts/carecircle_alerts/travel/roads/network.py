"""The road network: exact travel times from many people to one bed, in this process and in microseconds.

Pure but for its memory of closures and calibration, which whoever owns it sets; both may be set from another thread
while it answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.calibration import Calibration
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.closures import Reach, apply_closures, find_reach
from carecircle_alerts.travel.roads.file import load_roads
from carecircle_alerts.travel.roads.graph import RoadGraph, Weights
from carecircle_alerts.travel.roads.ground import Ground, Snapped, Stand
from carecircle_alerts.travel.roads.hierarchy import Router, new_router
from carecircle_alerts.travel.roads.off_road import OFF_ROAD_DETOUR, OFF_ROAD_LIMIT_M, WALK_M_PER_S, off_road_s
from carecircle_alerts.travel.roads.speeds import (
    LENGTHS,
    METRICS,
    MODES,
    NEVER,
    OFF_PEAK,
    PEAK,
    TIMES,
    hour_band,
    metric_of,
    mode_of,
    p90_of,
    spread_of,
)
from carecircle_alerts.travel.straight_line import TURN_OUT_S, air_distance_m

# What is said of somebody whom closures cut off: they rank behind everybody else, and are not forgotten.
CUT_OFF_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class Matrix:
    """Seconds from every origin (rows) to every bed (columns); infinite where there is no way on this network."""

    p50_s: NDArray[np.float32]
    p90_s: NDArray[np.float32]
    basis: str
    version: str


@dataclass(frozen=True, slots=True)
class _View:
    """The roads as they are open now; an answer looks at one of them from begin to end."""

    router: Router
    stands: dict[str, Stand]


class RoadNetwork:
    """Travel times on one road graph. `name` is the basis of its answers."""

    def __init__(self, graph: RoadGraph, router: Router | None = None) -> None:
        self.graph = graph
        self.name = graph.origin.basis
        self._reaches: tuple[Reach, ...] = ()
        self._calibration = Calibration()
        self._fastest = {metric: graph.fastest_m_per_s(metric) for metric in TIMES}
        self._ground = Ground.of(graph)
        self._view = self._renewed(_View(router or new_router(graph), {}), METRICS)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a roads file; raises `Misconfigured`."""
        return cls(load_roads(path))

    @property
    def version(self) -> str:
        """The file's version, and that of the calibration where there is one."""
        return self.graph.version + self._calibration.suffix

    def calibrate(self, calibration: Calibration) -> None:
        """Correct speeds from now on."""
        self._calibration = calibration

    def close(self, closures: Sequence[Closure]) -> bool:
        """Let exactly these closures count; returns whether anything changed. Some 50 ms of work for 40,000 nodes."""
        known = {reach.closure: reach for reach in self._reaches}
        if set(known) == set(closures):
            return False
        reaches = tuple(known.get(closure) or find_reach(self.graph, closure) for closure in closures)
        touched = {mode for reach in (*reaches, *self._reaches) for mode in reach.closure.modes}
        self._reaches = reaches
        self._view = self._renewed(self._view, [metric for metric in METRICS if mode_of(metric) in touched])
        return True

    def answer(self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime) -> list[TravelTime | None]:
        """The time of each origin, in order; None where one end is not on this network."""
        answers: list[TravelTime | None] = [None] * len(origins)
        who: dict[str, list[int]] = {mode: [] for mode in MODES}
        for index, origin in enumerate(origins):
            if origin.mode in who:
                who[origin.mode].append(index)
        asked = {mode: [*(origins[index].place for index in chosen), bed] for mode, chosen in who.items() if chosen}
        view = self._view
        for mode, snapped in self._ground.snap(view.stands, asked).items():
            times = self._of_mode(view, mode, asked[mode], snapped, terrain, at)
            for index, time in zip(who[mode], times, strict=True):
                answers[index] = time
        return answers

    def matrix(
        self, origins: Sequence[Origin], beds: Sequence[Place], at: datetime, terrains: Sequence[str] | None = None
    ) -> Matrix:
        """Every origin to every bed, for setting out at `at`; without `terrains` every bed counts as in a valley.

        Cut off by closures is infinite here. The interpreter is held up: large ones belong in another process.
        """
        p50_s = np.full((len(origins), len(beds)), np.inf, dtype=np.float32)
        p90_s = p50_s.copy()
        where = np.array(terrains if terrains is not None else ["valley"] * len(beds))
        band, view = hour_band(at), self._view
        for mode in MODES:
            rows = np.flatnonzero([origin.mode == mode for origin in origins])
            if not len(rows) or not len(beds):
                continue
            places = [*(origins[row].place for row in rows.tolist()), *beds]
            snapped = self._ground.snap(view.stands, {mode: places})[mode]
            people, homes = np.split(snapped.nodes, [len(rows)])
            is_on, off_s = snapped.off_m <= OFF_ROAD_LIMIT_M, off_road_s(snapped.off_m)
            times = view.router.many_to_many(metric_of(mode, band), people, homes)
            is_way = (times != NEVER) & is_on[: len(rows), None] & is_on[None, len(rows) :]
            off_s = off_s[: len(rows), None] + off_s[None, len(rows) :]
            for terrain in set(where.tolist()):
                columns = np.flatnonzero(where == terrain)
                factor, spread = self._correction(mode, terrain, band)
                way_s = times[:, columns] / 1000 * factor + off_s[:, columns]
                cells = np.ix_(rows, columns)
                p50_s[cells] = np.where(is_way[:, columns], TURN_OUT_S + way_s, np.inf)
                p90_s[cells] = np.where(is_way[:, columns], p90_of(way_s, spread), np.inf)
        return Matrix(p50_s, p90_s, self.name, self.version)

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:  # noqa: ARG002 - other sources differ by terrain
        """What nobody outruns in this mode, whatever the hour; air metres over it bound every time from below."""
        fastest = max(self._fastest[metric_of(mode, band)] for band in (PEAK, OFF_PEAK))
        return max(fastest / self._calibration.least_factor(self.name, mode), WALK_M_PER_S)

    def _of_mode(
        self, view: _View, mode: str, places: Sequence[Place], snapped: Snapped, terrain: str, at: datetime
    ) -> list[TravelTime | None]:
        """The times from all places but the last to the last."""
        people, home, band, version = snapped.nodes[:-1], snapped.nodes[-1:], hour_band(at), self.version
        is_on = snapped.off_m <= OFF_ROAD_LIMIT_M
        if not is_on[-1]:
            return [None] * len(people)
        times = view.router.many_to_many(metric_of(mode, band), people, home)[:, 0]
        lengths = view.router.many_to_many(f"{mode}_mm", people, home)[:, 0]
        factor, spread = self._correction(mode, terrain, band)
        off_m = snapped.off_m[:-1] + snapped.off_m[-1]
        ways_s = times / 1000 * factor + off_road_s(off_m)
        p50_s = np.rint(TURN_OUT_S + ways_s).astype(int).tolist()
        p90_s = np.rint(p90_of(ways_s, spread)).astype(int).tolist()
        metres = np.rint(lengths / 1000 + off_m * OFF_ROAD_DETOUR).astype(int).tolist()
        found = zip(p50_s, p90_s, metres, repeat(self.name), repeat(version))
        answers: list[TravelTime | None] = list(map(TravelTime._make, found))
        for index in np.flatnonzero(times == NEVER).tolist():
            answers[index] = self._cut_off(places[index], places[-1], version)
        for index in np.flatnonzero(~is_on[:-1]).tolist():
            answers[index] = None
        return answers

    def _cut_off(self, place: Place, bed: Place, version: str) -> TravelTime:
        return TravelTime(CUT_OFF_S, CUT_OFF_S, round(air_distance_m(place, bed)), self.name, version)

    def _correction(self, mode: str, terrain: str, band: str) -> tuple[float, float]:
        found = self._calibration.of(self.name, mode, terrain, band)
        return found.factor, found.spread or spread_of(mode, terrain, band)

    def _renewed(self, view: _View, metrics: Sequence[str]) -> _View:
        """Weights with today's closures, and the nodes that can still be stood at; swapped in as one."""
        weights, stands = dict[str, Weights](), dict(view.stands)
        for metric in metrics:
            mode, is_time = mode_of(metric), metric not in LENGTHS
            weights[metric] = self.graph.weights(metric)
            if self._reaches:
                weights[metric] = apply_closures(weights[metric], mode, self._reaches, is_time=is_time)
            if not is_time:
                stands[mode] = self._stand_of(mode, weights[metric] != NEVER)
        return _View(view.router.renewed(weights), stands)

    def _stand_of(self, mode: str, usable: NDArray[np.bool_]) -> Stand:
        """Nodes that one can arrive at and leave; beside a closed street, people walk from the next open one."""
        leaves = np.zeros(self.graph.node_count, dtype=np.bool_)
        arrives = leaves.copy()
        leaves[self.graph.tail[usable]] = True
        arrives[self.graph.head[usable]] = True
        return Stand.on(self.graph, np.flatnonzero(self.graph.member[mode] & leaves & arrives).astype(np.uint32))
