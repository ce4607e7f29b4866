"""Where the next stations help most: the exact answer, the quick one, candidates, and beds that nothing reaches."""

from itertools import combinations

import numpy as np
import pytest

from carecircle_alerts.coverage.candidates import Settlement, candidate_sites
from carecircle_alerts.coverage.siting import Greedy, SitingQuestion, best_sites
from tests.unit.alerts.coverage_matrices import place


def question(
    reaches: list[list[int]], weights: list[float] | None = None, covered: list[int] | None = None
) -> SitingQuestion:
    flags = np.array(reaches, dtype=np.bool_)
    beds = flags.shape[1]
    return SitingQuestion(
        flags,
        np.ones(beds) if weights is None else np.array(weights, dtype=np.float64),
        np.zeros(beds, np.bool_) if covered is None else np.array(covered, dtype=np.bool_),
    )


def brute_force(asked: SitingQuestion, most: int) -> float:
    sites = range(len(asked.reaches))
    choices = (chosen for number in range(most + 1) for chosen in combinations(sites, number))
    open_beds = ~asked.is_covered
    return max(
        float(asked.weights[asked.reaches[list(chosen)].any(axis=0) & open_beds].sum()) if chosen else 0.0
        for chosen in choices
    )


def test_the_exact_answer_is_that_of_trying_everything() -> None:
    rng = np.random.default_rng(3)
    for _ in range(25):
        sites, beds, most = int(rng.integers(2, 9)), int(rng.integers(1, 30)), int(rng.integers(1, 4))
        asked = SitingQuestion(
            rng.random((sites, beds)) < 0.3, rng.integers(0, 4, beds).astype(np.float64), rng.random(beds) < 0.2
        )
        answer = best_sites(asked, most)
        assert answer.gained == pytest.approx(brute_force(asked, most))
        assert answer.gap == pytest.approx(0, abs=1e-6)
        assert len(answer.sites) <= most
        assert asked.gained(answer.sites) == pytest.approx(answer.gained)


def test_the_trap_of_taking_the_largest_first() -> None:
    # The first site takes four beds from the middle; the other two split all six between them.
    asked = question([[0, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
    assert Greedy(asked).choose(2).sites[0] == 0
    assert Greedy(asked).choose(2).gained == 5
    best = best_sites(asked, 2)
    assert best.gained == 6
    assert sorted(best.sites) == [1, 2]


def test_weights_and_existing_cover_decide() -> None:
    asked = question([[1, 1, 1, 0], [0, 0, 0, 1]], weights=[1, 1, 1, 10])
    assert best_sites(asked, 1).sites == (1,)
    asked = question([[1, 1, 1, 0], [0, 0, 0, 1]], covered=[1, 1, 1, 0])
    assert best_sites(asked, 2).sites == (1,), "a site that adds nothing is not built"


def test_beds_beyond_every_site_are_told_apart() -> None:
    asked = question([[1, 0, 0], [1, 0, 0]], covered=[0, 0, 1])
    assert asked.beyond_reach.tolist() == [False, True, False]
    assert best_sites(asked, 5).gained == 1


def test_a_hand_that_drags_a_site_keeps_it() -> None:
    asked = question([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
    greedy = Greedy(asked)
    assert greedy.gains().tolist() == [2, 2, 1]
    assert greedy.gains([0]).tolist() == [0, 1, 1]
    assert greedy.choose(2, [2]).sites == (2, 0)
    assert greedy.choose(1, [2]).sites == (2,)


def test_nothing_to_gain_is_an_answer() -> None:
    for asked in (question([[0, 0]]), question([[1, 1]], covered=[1, 1])):
        answer = best_sites(asked, 3)
        assert (answer.sites, answer.gained, answer.gap) == ((), 0, 0)
    assert best_sites(question([[1]]), 0).sites == ()


def test_without_time_the_answer_is_the_quick_one_with_its_gap() -> None:
    rng = np.random.default_rng(1)
    asked = SitingQuestion(rng.random((60, 400)) < 0.08, np.ones(400), np.zeros(400, np.bool_))
    answer = best_sites(asked, 8, time_limit_s=0.0)
    assert answer.gained >= Greedy(asked).choose(8).gained
    assert 0 <= answer.gap < 1
    assert answer.bound >= answer.gained


def test_candidates_are_providers_and_the_middles_of_clusters() -> None:
    beds = [
        Settlement(f"bed-{cluster}-{n}", "630102001001", place(5000.0 * cluster + 20 * n, 10.0 * n))
        for cluster in range(4)
        for n in range(-5, 6)
    ]
    providers = [Settlement("station-1", "630102001", place(-3000))]
    found = candidate_sites(providers, beds, 5)
    assert found == candidate_sites(providers, beds, 5), "the same question has the same answer"
    assert [one.id for one in found] == [f"site-{n}" for n in range(1, len(found) + 1)]
    assert found[0].near == "station-1"
    assert {one.near for one in found[1:]} <= {bed.id for bed in beds}
    assert len(found) <= 5


def test_candidates_stand_apart_and_there_may_be_none() -> None:
    beds = [Settlement(f"bed-{n}", "63", place(n)) for n in range(100)]
    assert len(candidate_sites([], beds, 50)) == 1, "all within 150 m of each other"
    assert candidate_sites([], [], 50) == []
