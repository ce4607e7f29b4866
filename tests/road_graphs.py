"""Road graphs that hypothesis draws: a ring, so that there is a network at all, and streets of every kind across it."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import strategies as st

from carecircle_alerts.travel.roads.building import Streets, build_graph
from carecircle_alerts.travel.roads.graph import Origin as GraphOrigin
from carecircle_alerts.travel.roads.graph import RoadGraph
from carecircle_alerts.travel.roads.ways import Way

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
BOTH, EBIKES = (True, True, True), (True, True, False)
WAYS = [
    Way((4.2, 16, 40, 30, 24), BOTH, BOTH), Way((4.2, 16, 60, 40, 30), BOTH, (True, False, False)),
    Way((4.2, 12, 15, 15, 15), EBIKES, EBIKES),
]  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> RoadGraph:
    """A ring, so that there is a network at all, and streets across it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(4, 30))
    streets = Streets(
        lat=(36.6 + rng.uniform(0, 0.03, count)).tolist(), lon=(101.7 + rng.uniform(0, 0.03, count)).tolist(), ways=WAYS
    )
    ends = [(n, (n + 1) % count) for n in range(count)]
    ends += [
        tuple(pair) for pair in rng.integers(0, count, (draw(st.integers(0, 40)), 2)).tolist() if pair[0] != pair[1]
    ]
    streets.tail, streets.head = [tail for tail, _ in ends], [head for _, head in ends]
    streets.way = [0] * count + rng.integers(0, len(WAYS), len(ends) - count).tolist()
    return build_graph(streets, GraphOrigin("road_network", "drawn", "2026-11-01", "nobody"))
