"""Whatever the map: the hierarchy says what Dijkstra says, closures never make anybody faster, no way beats the air."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.dijkstra import Dijkstra
from carecircle_alerts.travel.roads.graph import RoadGraph
from carecircle_alerts.travel.roads.hierarchy import new_router
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.speeds import METRICS
from carecircle_alerts.travel.straight_line import TURN_OUT_S, air_distance_m
from tests.road_graphs import AT, graphs

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
