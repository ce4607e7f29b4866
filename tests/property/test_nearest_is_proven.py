"""Who is proven to be nearest by road is nearest; and the datum of Chinese maps is undone to a millionth of a metre."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.gcj02 import from_gcj02, to_gcj02
from carecircle_alerts.travel.proof import is_proven, proven_count
from carecircle_alerts.travel.roads.graph import RoadGraph
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.straight_line import StraightLine, air_distance_m, estimate
from tests.road_graphs import AT, graphs

MODES = ("walk", "e_bike", "car")
in_china = st.builds(Place, st.floats(18.0, 53.5), st.floats(73.5, 135.0))


def _people(seed: int, count: int) -> list[Origin]:
    rng = np.random.default_rng(seed)
    spots = rng.uniform((36.598, 101.698), (36.632, 101.732), (count, 2)).tolist()
    return [Origin(Place(lat, lon), str(rng.choice(MODES))) for lat, lon in spots]


def _check(people: list[Origin], bed: Place, times: list[int], fastest: float, wanted: int) -> bool:
    """Fetch by air until it is proven, and compare with everybody; returns whether it was before all were fetched."""
    by_air = sorted(range(len(people)), key=lambda index: air_distance_m(people[index].place, bed))
    truth = sorted(times)[:wanted]
    for k in range(wanted, len(people) + 1):
        fetched = by_air[:k]
        beyond_m = air_distance_m(people[fetched[-1]].place, bed) if k < len(people) else float("inf")
        found = sorted(times[index] for index in fetched)
        count = proven_count(found, beyond_m, fastest)
        assert found[:count] == sorted(times)[:count]
        if is_proven(found, wanted, beyond_m, fastest):
            assert found[:wanted] == truth
            return k < len(people)
    raise AssertionError("everybody fetched is a proof")


@given(graphs(), st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_the_proven_are_the_nearest_on_the_road(graph: RoadGraph, seed: int, wanted: int) -> None:
    network = RoadNetwork(graph)
    bed = Place(36.615, 101.715)
    people = [
        (one, answer.p50_s)
        for one in _people(seed, 24)
        for answer in network.answer([one], bed, "city", AT)
        if answer is not None
    ]
    if len(people) > wanted:
        fastest = max(network.fastest_m_per_s(mode, "city") for mode in MODES)
        _check([one for one, _ in people], bed, [time for _, time in people], fastest, wanted)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["city", "valley", "mountain"]), st.integers(1, 3))
def test_the_proven_are_the_nearest_by_the_straight_line(seed: int, terrain: str, wanted: int) -> None:
    bed, people = Place(36.615, 101.715), _people(seed, 30)
    fastest = max(StraightLine().fastest_m_per_s(mode, terrain) for mode in MODES)
    _check(people, bed, [estimate(one, bed, terrain).p50_s for one in people], fastest, wanted)


def test_a_proof_comes_before_everybody_is_fetched() -> None:
    bed = Place(36.615, 101.715)
    near = [Origin(Place(36.6151, 101.715), "car")] + [
        Origin(Place(36.63 + n / 1000, 101.73), "car") for n in range(20)
    ]
    times = [estimate(one, bed, "city").p50_s for one in near]
    assert _check(near, bed, times, 30 / 3.6, 1)
    assert proven_count([200], 500, 0) == 0
    assert not is_proven([], 1, 100, 10)


@given(in_china)
def test_the_chinese_datum_is_undone(place: Place) -> None:
    there = to_gcj02(place)
    assert 1 < air_distance_m(place, there) < 1500
    assert air_distance_m(from_gcj02(there), place) < 1e-6


def test_the_offset_at_xining_is_about_170_metres_to_the_east_and_abroad_there_is_none() -> None:
    xining = Place(36.6171, 101.7782)
    there = to_gcj02(xining)
    east_m = air_distance_m(Place(xining.lat, there.lon), xining)
    assert 100 < east_m < 500
    assert there.lon > xining.lon
    andorra = Place(42.5, 1.5)
    assert to_gcj02(andorra) == from_gcj02(andorra) == andorra
