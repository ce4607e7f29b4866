"""Whatever the map: the hierarchy says what Dijkstra says, closures never make anybody faster, no way beats the air."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.roads.building import Streets, build_graph
from carecircle_alerts.travel.roads.closures import Closure
from carecircle_alerts.travel.roads.dijkstra import Dijkstra
from carecircle_alerts.travel.roads.graph import Origin as GraphOrigin
from carecircle_alerts.travel.roads.graph import RoadGraph
from carecircle_alerts.travel.roads.hierarchy import new_router
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.speeds import METRICS
from carecircle_alerts.travel.roads.ways import Way
from carecircle_alerts.travel.straight_line import TURN_OUT_S, air_distance_m

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


places = st.builds(Place, st.floats(36.6, 36.63), st.floats(101.7, 101.73))
people = st.lists(st.builds(Origin, places, st.sampled_from(["walk", "e_bike", "car"])), min_size=1, max_size=8)


@given(graphs())
@settings(max_examples=30, deadline=None)
def test_the_hierarchy_says_what_dijkstra_says(graph: RoadGraph) -> None:
    everywhere = np.arange(graph.node_count, dtype=np.uint32)
    routers = new_router(graph), Dijkstra(graph)
    for metric in METRICS:
        for router in routers:
            router.customise(metric, graph.weights(metric))
        for targets in (everywhere, everywhere[:3]):
            one, other = (router.many_to_many(metric, everywhere, targets) for router in routers)
            assert (one == other).all()


@given(graphs(), people, places, places, st.one_of(st.none(), st.floats(1, 10)), st.floats(10, 1500))
@settings(max_examples=30, deadline=None)
def test_closures_make_nobody_faster_and_leave_no_trace(
    graph: RoadGraph, asked: list[Origin], bed: Place, where: Place, slow: float | None, radius_m: float
) -> None:
    network = RoadNetwork(graph)
    before = network.answer(asked, bed, "city", AT)
    network.close([Closure(1, (where,), radius_m, slow, ("walk", "e_bike", "car"), AT, None)])
    during = network.answer(asked, bed, "city", AT)
    for one, other in zip(before, during, strict=True):
        if slow is not None and one is not None:
            assert other is not None
            assert other.p50_s >= one.p50_s
    network.close([])
    assert network.answer(asked, bed, "city", AT) == before


@given(graphs(), people, places)
@settings(max_examples=30, deadline=None)
def test_nobody_outruns_the_fastest_speed(graph: RoadGraph, asked: list[Origin], bed: Place) -> None:
    network = RoadNetwork(graph)
    for origin, answer in zip(asked, network.answer(asked, bed, "city", AT), strict=True):
        if answer is not None:
            least_s = air_distance_m(origin.place, bed) / network.fastest_m_per_s(origin.mode, "city")
            assert answer.p50_s >= TURN_OUT_S + least_s - 1
            assert answer.p90_s >= answer.p50_s
