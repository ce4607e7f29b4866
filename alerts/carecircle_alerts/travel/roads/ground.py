"""Ground: the node of the road graph at which somebody sets out, found for all modes in one look (pure but for memory).

Whoever is seen for the first time is looked for in one tree of every node that any mode can stand at. Most often the
nearest of all is good for their mode; only where it is not (a footpath under a car, a street that is closed now), they
are looked for once more among their mode's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Self

import numpy as np
from scipy.spatial import KDTree

from carecircle_alerts.travel import Place
from carecircle_alerts.travel.roads.graph import Flags, Floats, Nodes, RoadGraph, arc_of_chord_m, on_sphere

_REMEMBERED = 200_000  # places whose nearest node is kept: people stand where they stood, beds do not move
# Nodes in a leaf of the tree of all nodes: larger than scipy's 10, a first look reads less memory that is cold.
_LEAF = 32


@dataclass(frozen=True, slots=True)
class Snapped:
    """The nearest usable node of each place, and metres from it; farther off than the earth is round is nowhere."""

    nodes: Nodes
    off_m: Floats


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one mode can stand: its nodes in a tree, which of all nodes they are, and where places were found."""

    tree: KDTree
    nodes: Nodes
    is_usable: Flags
    known: dict[Place, tuple[int, float]] = field(default_factory=dict)

    @classmethod
    def on(cls, graph: RoadGraph, nodes: Nodes) -> Self:
        """At these nodes of a graph; at none, everywhere is nowhere."""
        is_usable = np.zeros(graph.node_count, dtype=np.bool_)
        is_usable[nodes] = True
        if not len(nodes):
            return cls(KDTree(np.full((1, 3), 1e9)), np.zeros(1, dtype=np.uint32), is_usable)
        return cls(KDTree(on_sphere(graph.lat_e7[nodes] / 1e7, graph.lon_e7[nodes] / 1e7)), nodes, is_usable)


@dataclass(frozen=True, slots=True)
class Ground:
    """All nodes of a graph; at each of them some mode can stand while no road is closed."""

    tree: KDTree

    @classmethod
    def of(cls, graph: RoadGraph) -> Self:
        """The ground of a graph; closures leave it alone."""
        return cls(KDTree(on_sphere(graph.lat_e7 / 1e7, graph.lon_e7 / 1e7), leafsize=_LEAF))

    def snap(self, stands: Mapping[str, Stand], asked: Mapping[str, Sequence[Place]]) -> dict[str, Snapped]:
        """The nearest usable node of each place, by mode; each mode is asked for one place at least."""
        try:
            return _known(stands, asked)
        except KeyError:
            self._learn(stands, asked)
            return _known(stands, asked)

    def _learn(self, stands: Mapping[str, Stand], asked: Mapping[str, Sequence[Place]]) -> None:
        """Find everybody who is seen for the first time, in one look."""
        unknown = dict[str, list[Place]]()
        for mode, places in asked.items():
            known = stands[mode].known
            if len(known) > _REMEMBERED:
                known.clear()
            unknown[mode] = [place for place in places if place not in known]
        degrees = np.fromiter(chain.from_iterable(chain.from_iterable(unknown.values())), dtype=np.float64)
        points = on_sphere(degrees[::2], degrees[1::2])
        found = self.tree.query(points)
        chord_m, nodes, begin = np.asarray(found[0]), np.asarray(found[1]), 0
        for mode, places in unknown.items():
            stand, these = stands[mode], slice(begin, begin + len(places))
            begin += len(places)
            elsewhere = np.flatnonzero(~stand.is_usable[nodes[these]]) + these.start
            if len(elsewhere):
                chord_m[elsewhere], own = stand.tree.query(points[elsewhere])
                nodes[elsewhere] = stand.nodes[own]
        where = zip(nodes.tolist(), arc_of_chord_m(chord_m).tolist(), strict=True)
        for mode, places in unknown.items():
            stands[mode].known.update(zip(places, islice(where, len(places)), strict=True))


def _known(stands: Mapping[str, Stand], asked: Mapping[str, Sequence[Place]]) -> dict[str, Snapped]:
    """Raises `KeyError` for a place that has not been looked for."""
    snapped = dict[str, Snapped]()
    for mode, places in asked.items():
        nodes, off_m = zip(*map(stands[mode].known.__getitem__, places), strict=True)
        snapped[mode] = Snapped(np.array(nodes, dtype=np.uint32), np.array(off_m))
    return snapped
