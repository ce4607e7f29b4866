from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.asking import Standing, accepts, arrives_within, how_many, still_accepts

chance = st.floats(0.0, 1.0)
chances = st.lists(chance, max_size=12)


def test_two_of_the_staff_are_enough_and_volunteers_are_many() -> None:
    assert how_many([], [0.75] * 10, 0.9, 1, 8).count == 2
    assert how_many([], [0.23] * 10, 0.9, 1, 8).count == 8


def test_it_is_said_how_sure_it_is() -> None:
    assert how_many([], [0.5, 0.5], 0.7, 1, 8).reached == pytest.approx(0.75)
    assert how_many([0.5], [0.5], 0.7, 1, 8).reached == pytest.approx(0.75)


def test_nobody_there_is_nobody_asked() -> None:
    asking = how_many([], [], 0.9, 2, 8)
    assert (asking.count, asking.reached) == (0, 0.0)


def test_who_is_enough_already_is_asked_no_more_than_the_least() -> None:
    assert how_many([0.95], [0.9, 0.9, 0.9], 0.9, 2, 8).count == 2
    assert how_many([0.95], [0.9, 0.9, 0.9], 0.9, 0, 8).count == 0


@given(chances, chances, chance, st.integers(0, 5), st.integers(0, 10))
def test_never_more_than_the_most_nor_fewer_than_needed(
    standing: list[float], able: list[float], target: float, least: int, most: int
) -> None:
    asking = how_many(standing, able, target, least, most)
    assert asking.count <= min(most, len(able))
    assert asking.reached == pytest.approx(1 - prod(1 - one for one in [*standing, *able[: asking.count]]))
    if asking.count < min(most, len(able)):
        assert asking.reached >= target - 1e-6
        assert asking.count >= least
    if asking.count > least:  # the last one was needed
        assert 1 - prod(1 - one for one in [*standing, *able[: asking.count - 1]]) < target


@given(chances, st.integers(0, 11), chance, chance, chance)
def test_more_likely_people_are_never_more_people(
    able: list[float], at: int, better: float, one: float, other: float
) -> None:
    low, high = sorted([one, other])
    assert how_many([], able, low, 0, 12).count <= how_many([], able, high, 0, 12).count
    if able:
        improved = list(able)
        improved[at % len(able)] = max(better, improved[at % len(able)])
        assert how_many([], improved, high, 0, 12).count <= how_many([], able, high, 0, 12).count
    assert how_many([better], able, high, 0, 12).count <= how_many([], able, high, 0, 12).count


def test_of_a_stranger_the_usual_is_expected_and_experience_takes_over() -> None:
    assert accepts("volunteer", Standing()) == pytest.approx(0.23)
    assert accepts("volunteer", Standing(asked=10, accepted=10)) == pytest.approx(0.615)
    assert accepts("staff", Standing(asked=1000, accepted=100)) == pytest.approx(0.106, abs=0.001)
    assert accepts("somebody_new", Standing()) == pytest.approx(0.23), "of an unknown role the least is expected"


@given(st.floats(0, 1000), st.floats(0, 1))
def test_an_acceptance_is_a_probability_and_grows_with_each_yes(asked: float, share: float) -> None:
    before = Standing(asked=asked, accepted=asked * share)
    after = Standing(asked=asked + 1, accepted=asked * share + 1)
    for role in ("staff", "neighbour", "volunteer"):
        assert 0 < accepts(role, before) < accepts(role, after) < 1


@given(chance, st.floats(0, 600), st.floats(0, 600))
def test_silence_never_makes_an_answer_more_likely(accepting: float, one: float, other: float) -> None:
    early, late = sorted([one, other])
    assert 0 <= still_accepts(accepting, late) <= still_accepts(accepting, early) <= 1
    assert still_accepts(accepting, 0) == pytest.approx(accepting)


def test_the_way_takes_its_median_half_of_the_time() -> None:
    assert arrives_within(600, 900, 600) == pytest.approx(0.5)
    assert arrives_within(600, 900, 900) == pytest.approx(0.9)
    assert arrives_within(600, 600, 600) == 1.0
    assert arrives_within(601, 601, 600) == 0.0
    assert arrives_within(0, 0, 1) == 1.0
    assert arrives_within(600, 900, 0) == 0.0


@given(st.floats(1, 5000), st.floats(1, 3), st.floats(1, 5000), st.floats(1, 5000))
def test_more_time_never_makes_an_arrival_less_likely(p50: float, spread: float, one: float, other: float) -> None:
    early, late = sorted([one, other])
    assert 0 <= arrives_within(p50, p50 * spread, early) <= arrives_within(p50, p50 * spread, late) <= 1
