"""Road times on a real network: building, loading, one bed against many people, a matrix, and equality with Dijkstra.

`python -m bench.dispatch_parts.roads --extract andorra.osm.pbf`; without an extract it says so and measures nothing.
People and beds stand within 300 m of a road, in all three modes; every query snaps both ends anew. The matrix is taken
in this process. Each of 50 sets of people is asked for 40 times, and the first time, in which nobody's nearest road is
known yet, is slow enough to be in the last hundredth. Last line: one JSON object; the line of each query says beside it
how long the processor worked, which a busy machine changes less.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from carecircle_alerts.memory import calm_collector
from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.dijkstra import Dijkstra
from carecircle_alerts.travel.roads.graph import RoadGraph
from carecircle_alerts.travel.roads.hierarchy import is_available, new_router
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.speeds import MODES, TIMES, mode_of

KEYS = (
    "one_to_12_ms_p99", "one_to_300_ms_p99", "dijkstra_mismatches", "matrix_s", "build_s", "file_mb", "load_s"
)  # fmt: skip
_AT = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)  # a Wednesday evening in Xining: peak hours
_PAIRS = 1000
_ASKED = 2000
_BEDS, _PROVIDERS = 1950, 200


def run(extract: Path | None = None) -> dict[str, float | None]:
    """Measure and print; every figure is None where there is no extract."""
    extract = extract or _from_environment()
    if extract is None or not extract.is_file():
        print(f"roads: skipped, no OpenStreetMap extract at {extract}: give one with CARECIRCLE_ROADS_EXTRACT")
        return dict.fromkeys(KEYS)
    print(f"roads: {'hierarchies' if is_available() else 'Dijkstra (no pyroutingkit here)'} on {extract.name}")
    calm_collector()  # as the service does
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roads"
        began = time.perf_counter()
        graph = build_roads(extract, file)
        build_s = time.perf_counter() - began
        file_mb = file.stat().st_size / 1e6
        began = time.perf_counter()
        network = RoadNetwork.load(file)
        load_s = time.perf_counter() - began
    print(f"roads: {graph.node_count:,} nodes, {graph.arc_count:,} arcs; built in {build_s:.1f} s, "
          f"{file_mb:.1f} MB, loaded in {load_s:.2f} s")  # fmt: skip
    few, many = (_one_to(network, count) for count in (12, 300))
    matrix_s = min(_matrix(network) for _ in range(3))
    print(f"roads: {_BEDS} x {_PROVIDERS} in {matrix_s:.3f} s")
    mismatches = _mismatches(graph)
    print(f"roads: {mismatches} of {_PAIRS} random pairs differ from Dijkstra")
    found = (few, many, mismatches, matrix_s, build_s, file_mb, load_s)
    return {key: round(value, 4) for key, value in zip(KEYS, found, strict=True)}


def _from_environment() -> Path | None:
    told = os.environ.get("CARECIRCLE_ROADS_EXTRACT")
    return Path(told) if told else None


def _places(graph: RoadGraph, mode: str, count: int, rng: np.random.Generator) -> list[Place]:
    nodes = rng.choice(np.flatnonzero(graph.member[mode]), count)
    lat = graph.lat_e7[nodes] / 1e7 + rng.uniform(-0.0019, 0.0019, count)
    lon = graph.lon_e7[nodes] / 1e7 + rng.uniform(-0.0019, 0.0019, count)
    return [Place(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]


def _people(graph: RoadGraph, count: int, rng: np.random.Generator) -> list[Origin]:
    by_mode = [[Origin(place, mode) for place in _places(graph, mode, count // 3 + 1, rng)] for mode in MODES]
    return [origin for several in zip(*by_mode, strict=True) for origin in several][:count]


def _one_to(network: RoadNetwork, count: int) -> float:
    rng = np.random.default_rng(count)
    asked = [(_people(network.graph, count, rng), _places(network.graph, "car", 1, rng)[0]) for _ in range(50)]
    took_ms, cpu_ms = [], []
    for people, bed in asked * (_ASKED // len(asked)):
        began, worked = time.perf_counter(), time.thread_time()
        network.answer(people, bed, "city", _AT)
        cpu_ms.append((time.thread_time() - worked) * 1000)
        took_ms.append((time.perf_counter() - began) * 1000)
    p50, p99 = np.percentile(took_ms, (50, 99))
    work_50, work_99 = np.percentile(cpu_ms, (50, 99))
    print(f"roads: one bed to {count}: p50 {p50:.2f} ms, p99 {p99:.2f} ms "
          f"(of the processor alone: {work_50:.2f}, {work_99:.2f})")  # fmt: skip
    return float(p99)


def _matrix(network: RoadNetwork) -> float:
    rng = np.random.default_rng(1)
    people, beds = _people(network.graph, _PROVIDERS, rng), _places(network.graph, "car", _BEDS, rng)
    return _ms(lambda: network.matrix(people, beds, _AT)) / 1000


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _mismatches(graph: RoadGraph) -> int:
    """Random pairs of every set of weights, one search of Dijkstra's each four of them."""
    router, slow, rng = new_router(graph), Dijkstra(graph), np.random.default_rng(2)
    differing = 0
    for metric in TIMES:
        nodes = np.flatnonzero(graph.member[mode_of(metric)]).astype(np.uint32)
        for one in (router, slow):
            one.customise(metric, graph.weights(metric))
        for _ in range(_PAIRS // len(TIMES) // 5):
            sources, target = rng.choice(nodes, 5), rng.choice(nodes, 1)
            quick = router.many_to_many(metric, sources, target)
            differing += int((quick != slow.many_to_many(metric, sources, target)).sum())
    return differing


def main() -> None:
    """Measure alone."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--extract", type=Path, help="an OpenStreetMap extract, .osm.pbf")
    print(json.dumps(run(arguments.parse_args().extract)))


if __name__ == "__main__":
    main()
