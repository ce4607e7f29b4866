"""Wherever people stand and whatever is closed: each sets out from the nearest node that their mode can stand at."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from carecircle_alerts.travel import Place
from carecircle_alerts.travel.roads.graph import RoadGraph, ground_m
from carecircle_alerts.travel.roads.ground import Ground, Stand
from carecircle_alerts.travel.roads.speeds import MODES
from tests.road_graphs import graphs

places = st.builds(Place, st.floats(36.55, 36.7), st.floats(101.65, 101.8))
crowds = st.dictionaries(
    st.sampled_from([str(mode) for mode in MODES]), st.lists(places, min_size=1, max_size=6), min_size=1
)


@given(graphs(), st.data(), crowds, crowds)
@settings(max_examples=60, deadline=None)
def test_each_sets_out_from_the_nearest_node_of_their_mode(
    graph: RoadGraph, data: st.DataObject, early: dict[str, list[Place]], late: dict[str, list[Place]]
) -> None:
    every_node = st.integers(0, graph.node_count - 1)
    open_to: dict[str, list[int]] = {mode: sorted(data.draw(st.sets(every_node), label=mode)) for mode in MODES}
    stands: dict[str, Stand] = {
        mode: Stand.on(graph, np.array(nodes, dtype=np.uint32)) for mode, nodes in open_to.items()
    }
    ground = Ground.of(graph)
    for crowd in (early, late, {mode: [*late[mode], *early.get(mode, [])] for mode in late}):
        for mode, snapped in ground.snap(stands, crowd).items():
            for place, node, off_m in zip(crowd[mode], snapped.nodes.tolist(), snapped.off_m.tolist(), strict=True):
                if not open_to[mode]:
                    assert off_m > 1e7, "at a mode without any node, everywhere is nowhere"
                    continue
                lat, lon = (axis[open_to[mode]] / 1e7 for axis in (graph.lat_e7, graph.lon_e7))
                away_m = ground_m(np.array(place.lat), np.array(place.lon), lat, lon)
                assert node in open_to[mode]
                assert abs(off_m - away_m.min()) < 0.01
                assert away_m[open_to[mode].index(node)] - away_m.min() < 0.01
