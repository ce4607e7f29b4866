"""What must hold of coverage whatever the numbers are."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from carecircle_alerts.coverage.contour import Grid, area_of, contains, polygons_below
from carecircle_alerts.coverage.cover import cover_of, leaving
from carecircle_alerts.coverage.figures import BACKUP_PEOPLE, CODE, Counts, CoverState
from carecircle_alerts.coverage.matrix import Matrix
from carecircle_alerts.coverage.siting import Greedy, SitingQuestion, best_sites

COVERED = CODE[CoverState.COVERED]
BASES = st.sampled_from(["road_network", "synthetic_network"])


@st.composite
def matrices(draw: st.DrawFn, most_posts: int = 6) -> tuple[Matrix, "np.ndarray[tuple[int], np.dtype[np.float32]]"]:
    posts, beds = draw(st.integers(1, most_posts)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    p50_s = rng.integers(60, 2400, (posts, beds)).astype(np.float32)
    p90_s = p50_s * rng.uniform(1, 2, (posts, beds)).astype(np.float32)
    no_way = rng.random((posts, beds)) < 0.2
    p50_s[no_way] = p90_s[no_way] = np.inf
    limit_s = rng.choice(np.array([900, 1800], dtype=np.float32), beds)
    return Matrix(p50_s, p90_s, draw(BASES), "1"), limit_s


@given(matrices(), st.data())
def test_one_more_person_never_covers_fewer(
    made: tuple[Matrix, "np.ndarray[tuple[int], np.dtype[np.float32]]"], data: st.DataObject
) -> None:
    matrix, limit_s = made
    posts = len(matrix.p50_s)
    people = np.array(data.draw(st.lists(st.integers(0, 3), min_size=posts, max_size=posts)))
    more = people.copy()
    more[data.draw(st.integers(0, posts - 1))] += 1
    before, after = cover_of(matrix, limit_s, people), cover_of(matrix, limit_s, more)
    assert ((before.state == COVERED) <= (after.state == COVERED)).all()
    assert (before.backed_up <= after.backed_up).all()
    assert (before.people <= after.people).all()
    uncertain = (CODE[CoverState.COVERED], CODE[CoverState.UNCERTAIN])
    assert (np.isin(before.state, uncertain) <= np.isin(after.state, uncertain)).all()


@given(matrices(), st.data())
def test_what_sending_leaves_is_what_cover_says_afterwards(
    made: tuple[Matrix, "np.ndarray[tuple[int], np.dtype[np.float32]]"], data: st.DataObject
) -> None:
    matrix, limit_s = made
    posts = len(matrix.p50_s)
    people = np.array(data.draw(st.lists(st.integers(0, 2), min_size=posts, max_size=posts)))
    post = data.draw(st.integers(0, posts - 1))
    gone = leaving(matrix, limit_s, people, post)
    after = people.copy()
    after[post] = max(0, after[post] - 1)
    one, other = cover_of(matrix, limit_s, people), cover_of(matrix, limit_s, after)
    lost = np.flatnonzero((one.state == COVERED) & (other.state != COVERED))
    assert gone.uncovered.tolist() == lost.tolist()
    bare = np.flatnonzero(one.backed_up & ~other.backed_up & (other.people == BACKUP_PEOPLE - 1))
    assert gone.without_backup.tolist() == bare.tolist()
    assert gone.share_before is not None
    assert gone.share_after is not None
    assert 0 <= gone.share_after <= gone.share_before <= 1


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=5))
def test_a_share_is_between_none_and_all(numbers: list[int]) -> None:
    covered, uncertain, not_covered, estimated, unlocated = numbers
    counts = Counts(covered, uncertain, not_covered, estimated, unlocated, backed_up=covered // 2)
    for share in (counts.share, counts.uncertain_share, counts.backed_up_share):
        assert share is None or 0 <= share <= 1


@given(st.integers(1, 10), st.integers(1, 40), st.integers(0, 4), st.floats(0.02, 0.6), st.integers(0, 2**32 - 1))
def test_greedy_is_never_better_than_the_best_and_never_far_behind(
    sites: int, beds: int, most: int, density: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    asked = SitingQuestion(
        rng.random((sites, beds)) < density, rng.integers(0, 5, beds).astype(np.float64), rng.random(beds) < 0.3
    )
    quick, best = Greedy(asked).choose(most), best_sites(asked, most)
    assert quick.gained <= best.gained + 1e-9
    assert quick.gained >= (1 - 1 / np.e) * best.gained - 1e-9
    assert best.gained <= best.bound + 1e-6
    assert best.gained <= quick.bound + 1e-6
    assert best_sites(asked, most + 1).gained >= best.gained - 1e-9, "one more station never covers fewer"


@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
@example(8, 8, 4, 0.5)  # two crossings that rounding had made one
def test_outlines_follow_the_right_hand_rule(rows: int, columns: int, seed: int, limit: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((rows, columns))
    values[rng.random((rows, columns)) < 0.1] = np.inf
    polygons = polygons_below(values, limit, Grid(101, 36, 0.001, 0.001))
    for outer, *holes in polygons:
        for ring in (outer, *holes):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert len(set(ring)) == len(ring) - 1, "a ring does not touch itself"
        assert area_of(outer) > 0
        assert all(area_of(hole) < 0 for hole in holes)
    for row in range(rows):
        for column in range(columns):
            # Rounding moves an outline by up to 1e-6 degrees, a thousandth of a cell.
            if abs(values[row, column] - limit) < 0.01:
                continue
            point = (101 + 0.001 * column, 36 + 0.001 * row)
            inside = any(
                contains(outer, point) and not any(contains(hole, point) for hole in holes)
                for outer, *holes in polygons
            )
            assert inside == (values[row, column] <= limit)
