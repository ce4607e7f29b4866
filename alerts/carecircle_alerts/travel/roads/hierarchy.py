"""Shortest ways by customizable contraction hierarchies: only here is pyroutingkit met (I/O: a scratch folder).

The library is young, has wheels for x86-64 and Python below 3.14 only, and holds the interpreter's lock while it works:
a query takes microseconds, a new set of weights some milliseconds (0.1 s for a million nodes), and whatever is longer
belongs in a process of its own, as `carecircle coverage` is. Where it is missing, `dijkstra.py` answers the same.
"""

import tempfile
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.travel.roads.dijkstra import Dijkstra
from carecircle_alerts.travel.roads.graph import Nodes, RoadGraph, Weights

try:
    import pyroutingkit
except ImportError:  # another machine, or a newer Python
    pyroutingkit = None


class Router(Protocol):
    """Shortest ways on one graph under several sets of weights."""

    def customise(self, metric: str, weights: Weights) -> None:
        """Give a metric new weights."""
        ...

    def renewed(self, weights: Mapping[str, Weights]) -> "Router":
        """Another router with these weights instead of its own; this one goes on answering with what it had."""
        ...

    def many_to_many(self, metric: str, sources: Nodes, targets: Nodes) -> NDArray[np.uint32]:
        """The weight of the shortest way from every source (rows) to every target (columns); `NEVER`: no way."""
        ...


def is_available() -> bool:
    """Whether the library is there."""
    return pyroutingkit is not None


def new_router(graph: RoadGraph) -> Router:
    """The fastest router that this machine has; its metrics have no weights yet."""
    return Contracted(graph) if is_available() else Dijkstra(graph)


def contraction_order(graph: RoadGraph) -> Nodes:
    """Compute the order in which nodes are contracted: the expensive part, once a graph. Empty without the library."""
    if not is_available():
        return np.empty(0, dtype=np.uint32)
    lat, lon = (axis.astype(np.float32) / np.float32(1e7) for axis in (graph.lat_e7, graph.lon_e7))
    topology = pyroutingkit.CCHTopology()
    topology.build(graph.tail, graph.head, lat, lon, graph.node_count)
    with tempfile.TemporaryDirectory(prefix="carecircle-roads-") as folder:
        topology.save(folder)
        return np.fromfile(Path(folder) / "order", dtype=np.uint32)


class Contracted:
    """The hierarchy of a graph, from the order that its file holds.

    It holds every arc turned round and is asked from the targets: it is quicker from one to many than from many to one,
    10 against 37 microseconds for a hundred people and one bed; a matrix of more beds than people takes
    twice as long for it.
    """

    def __init__(self, graph: RoadGraph) -> None:
        order = graph.order if len(graph.order) == graph.node_count else contraction_order(graph)
        self._topology = _load(graph, order)
        self._metrics: dict[str, pyroutingkit.CCHMetric] = {}

    def customise(self, metric: str, weights: Weights) -> None:
        """Give a metric new weights."""
        fresh = pyroutingkit.CCHMetric(self._topology)
        fresh.customize(np.ascontiguousarray(weights, dtype=np.uint32), 1)
        self._metrics[metric] = fresh

    def renewed(self, weights: Mapping[str, Weights]) -> "Contracted":
        """Another router on the same hierarchy."""
        other = copy(self)
        other._metrics = dict(self._metrics)  # noqa: SLF001 - one of its own kind
        for metric, several in weights.items():
            other.customise(metric, several)
        return other

    def many_to_many(self, metric: str, sources: Nodes, targets: Nodes) -> NDArray[np.uint32]:
        """The weight of the shortest way from every source (rows) to every target (columns)."""
        found: NDArray[np.uint32] = self._metrics[metric].distances_many_to_many(targets, sources)
        return found.T


def _load(graph: RoadGraph, order: Nodes) -> "pyroutingkit.CCHTopology":
    """Hand the library its files, as its own `save` writes them: plain 32-bit numbers. Every arc is turned round."""
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    files = {
        "order": order, "rank": rank, "tail": graph.head, "head": graph.tail,
        "node_count": np.array([graph.node_count], dtype=np.uint32),
    }  # fmt: skip
    topology = pyroutingkit.CCHTopology()
    with tempfile.TemporaryDirectory(prefix="carecircle-roads-") as folder:
        for name, numbers in files.items():
            numbers.astype(np.uint32).tofile(Path(folder) / name)
        topology.load(folder)
    return topology
