"""Who has what: the three states by the 90th percentile, backup, and what sending somebody leaves."""

import numpy as np
import pytest

from carecircle_alerts.coverage.cover import NOBODY, cover_of, leaving, left_behind
from carecircle_alerts.coverage.figures import STATES, Counts, CoverState
from carecircle_alerts.coverage.limits import Limits
from carecircle_alerts.plans.layers import Layer, Scope
from tests.unit.alerts.coverage_matrices import bed, limits, matrix

COVERED, UNCERTAIN, NOT_COVERED = CoverState.COVERED, CoverState.UNCERTAIN, CoverState.NOT_COVERED
ONE_EACH = np.array([1, 1])


def states(cover_states: "np.ndarray[tuple[int], np.dtype[np.int8]]") -> list[CoverState]:
    return [STATES[code] for code in cover_states]


def test_the_state_goes_by_the_ninetieth_percentile() -> None:
    times = matrix([[10, 12, 14, 16, np.inf]], [[15, 16, 30, 20, np.inf]])
    cover = cover_of(times, limits(15, 15, 15, 15, 15), np.array([1]))
    assert states(cover.state) == [COVERED, UNCERTAIN, UNCERTAIN, NOT_COVERED, NOT_COVERED]
    assert cover.nearest.tolist() == [0, 0, 0, 0, NOBODY]
    assert cover.people.tolist() == [1, 0, 0, 0, 0]


def test_each_bed_has_the_limit_of_its_plan() -> None:
    town, country, unknown = bed(1, 0), bed(2, 0, circle="rural"), bed(3, 0, circle="nobody knows")
    assert Limits().of([town, country, unknown]).tolist() == [900, 1800, 900]
    cover = cover_of(matrix([[12, 12]], [[20, 20]]), Limits().of([town, country]), np.array([1]))
    assert states(cover.state) == [UNCERTAIN, COVERED]
    stricter = Layer(Scope("help", area="630102"), {"circle_s": 600}, 1, "试点")
    elsewhere = Layer(Scope("sos", area="630104"), {"circle_s": 60}, 2, "别处")
    assert Limits((stricter, elsewhere)).of([town, country]).tolist() == [600, 600]


def test_the_nearest_of_a_covered_bed_is_the_surest_and_of_others_the_quickest() -> None:
    times = matrix([[8, 14], [10, 13]], [[14, 16], [12, 30]])
    cover = cover_of(times, limits(15, 15), ONE_EACH)
    assert states(cover.state) == [COVERED, UNCERTAIN]
    assert cover.nearest.tolist() == [1, 1]
    assert (cover.p90_s / 60).tolist() == [12, 30]


def test_a_bed_is_backed_up_by_a_second_person_even_of_the_same_station() -> None:
    times = matrix([[10, 10, 20], [20, 10, 10]], [[15, 15, 30], [30, 15, 15]])
    cover = cover_of(times, limits(15, 15, 15), np.array([1, 2]))
    assert cover.people.tolist() == [1, 3, 2]
    assert cover.backed_up.tolist() == [False, True, True]


def test_a_post_without_people_covers_nothing() -> None:
    times = matrix([[5], [12]], [[6], [14]])
    assert cover_of(times, limits(15), np.array([0, 1])).nearest.tolist() == [1]
    nobody = cover_of(times, limits(15), np.array([0, 0]))
    assert states(nobody.state) == [NOT_COVERED]
    assert nobody.nearest.tolist() == [NOBODY]


def test_an_estimate_is_never_called_cover() -> None:
    times = matrix([[5, 50]], [[6, 60]], basis="straight_line_model")
    cover = cover_of(times, limits(15, 15), np.array([3]))
    assert states(cover.state) == [CoverState.ESTIMATED] * 2
    assert (cover.p50_s / 60).tolist() == [5, 50], "the times themselves are shown"
    assert not cover.backed_up.any()
    assert cover.people.tolist() == [0, 0]
    assert left_behind(times, limits(15, 15), np.array([1]))[0].tolist() == [0]
    gone = leaving(times, limits(15, 15), np.array([1]), 0)
    assert gone.is_estimate
    assert gone.change is None


def test_sending_somebody_takes_the_only_cover_and_the_backup() -> None:
    # A alone covers bed 0, A and B cover bed 1, all three bed 2, nobody bed 3.
    times = matrix(
        [[10, 10, 10, 40], [40, 10, 10, 40], [40, 40, 10, 40]],
        [[12, 12, 12, 50], [50, 12, 12, 50], [50, 50, 12, 50]],
    )
    limit_s, people = limits(15, 15, 15, 15), np.array([1, 1, 1])
    gone = leaving(times, limit_s, people, 0)
    assert gone.uncovered.tolist() == [0]
    assert gone.without_backup.tolist() == [1]
    assert (gone.share_before, gone.share_after) == (0.75, 0.5)
    assert gone.change == -0.25
    sole, second = left_behind(times, limit_s, people)
    assert sole.tolist() == [1, 0, 0]
    assert second.tolist() == [1, 1, 0]
    two_at_a = np.array([2, 1, 1])
    assert leaving(times, limit_s, two_at_a, 0).uncovered.tolist() == []
    assert leaving(times, limit_s, two_at_a, 0).without_backup.tolist() == [0], "the second of the same station goes"


def test_somebody_who_is_not_there_leaves_nothing_behind() -> None:
    times = matrix([[5]], [[6]])
    gone = leaving(times, limits(15), np.array([0]), 0)
    assert gone.uncovered.tolist() == []
    assert gone.share_before == 0


def test_shares_are_of_what_is_counted() -> None:
    counts = Counts(covered=6, uncertain=2, not_covered=1, unlocated=1, backed_up=3)
    assert (counts.beds, counts.counted) == (10, 10)
    assert counts.share == pytest.approx(0.6), "a bed without coordinates counts, and is not covered"
    assert counts.backed_up_share == pytest.approx(0.3)
    assert Counts(estimated=9, unlocated=1).share is None
    assert Counts().share is None
    assert counts + counts == Counts(covered=12, uncertain=4, not_covered=2, unlocated=2, backed_up=6)
