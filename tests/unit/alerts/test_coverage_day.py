"""A day of cover: hours, the posts that matter, and what is written down of it."""

from datetime import UTC, datetime

import numpy as np
import pytest

from carecircle_alerts.coverage.areas import AreaTally
from carecircle_alerts.coverage.cover import cover_of
from carecircle_alerts.coverage.day import EVERY_HOUR, BedPlace, cover_through_day, hour_at
from carecircle_alerts.coverage.figures import STATES, Counts, CoverState
from carecircle_alerts.coverage.limits import Limits
from carecircle_alerts.coverage.matrix import Ground
from carecircle_alerts.coverage.nightly import Run, why_due
from carecircle_alerts.coverage.posts import NEAREST, PostMap
from carecircle_alerts.coverage.straight import StraightLineMatrix
from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.straight_line import estimate
from tests.unit.alerts.coverage_matrices import DAY, Plain, bed, place, post


def limit_of(beds: list[BedPlace]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return Limits().of(beds)


def test_hours_are_those_of_the_local_day() -> None:
    assert hour_at(DAY, 0) == datetime(2026, 11, 1, 16, 30, tzinfo=UTC)
    assert hour_at(DAY, 8) == datetime(2026, 11, 2, 0, 30, tzinfo=UTC)


def test_a_spell_ends_where_anything_changes() -> None:
    by_day = [1 if 8 <= hour < 18 else 0 for hour in EVERY_HOUR]
    # Within 3,000 m for sure in calm hours, within 1,500 m in the rush at 8; at night nobody is there.
    beds = [bed(1, 2000)]
    day = cover_through_day(beds, limit_of(list(beds)), PostMap([post("a", 0, by_day)]), Plain(), DAY)
    told = [(one.from_hour, one.until_hour, one.state, one.p90_s) for one in day.spells()]
    assert told == [
        (0, 8, CoverState.NOT_COVERED, None),
        (8, 9, CoverState.UNCERTAIN, 1200),
        (9, 18, CoverState.COVERED, 600),
        (18, 24, CoverState.NOT_COVERED, None),
    ]
    assert day.sole[0].tolist() == [1 if 9 <= hour < 18 else 0 for hour in EVERY_HOUR]


def test_a_bed_without_coordinates_is_unlocated_at_every_hour() -> None:
    beds = [bed(1, None), bed(2, 100)]
    day = cover_through_day(beds, limit_of(list(beds)), PostMap([post("a", 0)]), Plain(), DAY)
    spells = list(day.spells())
    assert [(one.bed.id, one.from_hour, one.until_hour, one.state) for one in spells if one.bed.id == "bed-1"] == [
        ("bed-1", 0, 24, CoverState.UNLOCATED)
    ]
    assert next(one for one in spells if one.bed.id == "bed-2").state is CoverState.COVERED


def test_without_any_post_nobody_is_covered() -> None:
    beds = [bed(1, 0)]
    day = cover_through_day(beds, limit_of(list(beds)), PostMap([]), Plain(), DAY)
    assert [(one.state, one.nearest) for one in day.spells()] == [(CoverState.NOT_COVERED, None)]


def test_an_estimated_day_counts_nothing() -> None:
    beds = [bed(1, 100), bed(2, None)]
    day = cover_through_day(beds, limit_of(list(beds)), PostMap([post("a", 0)]), Plain("straight_line_model"), DAY)
    tally = AreaTally()
    tally.add(day)
    counts = {code: one for code, _circle, hour, one in tally.areas() if hour == 0}
    assert counts["63"] == Counts(estimated=1, unlocated=1)
    assert counts["63"].share is None
    assert day.sole.sum() == 0


def test_somebody_far_away_is_still_the_nearest() -> None:
    beds = [bed(1, 90_000)]
    (spell, *_) = cover_through_day(
        beds, limit_of(list(beds)), PostMap([post("a", 0), post("b", 500)]), Plain(), DAY
    ).spells()
    assert (spell.state, spell.nearest) == (CoverState.NOT_COVERED, 1)


def test_more_posts_than_are_looked_at_first_change_nothing() -> None:
    """A crowd of closed posts next door must not hide the two that are open behind them."""
    rng = np.random.default_rng(7)
    closed = [post(f"closed-{n}", float(rng.uniform(-200, 200)), 0) for n in range(3 * NEAREST)]
    beds = [bed(1, 0), bed(2, 300)]
    posts = PostMap([*closed, post("x", 2500), post("y", -2600)])
    source = Plain()
    found = cover_through_day(beds, limit_of(list(beds)), posts, source, DAY, (12,))
    grounds = [Ground(one.place, one.terrain) for one in beds if one.place is not None]
    everything = source.matrix([one.origin for one in posts.posts], grounds, hour_at(DAY, 12))
    whole = cover_of(everything, limit_of(list(beds)), posts.people[:, 12])
    assert found.state[:, 0].tolist() == whole.state.tolist()
    assert found.people[:, 0].tolist() == whole.people.tolist() == [2, 2]
    assert found.nearest[:, 0].tolist() == whole.nearest.tolist()


def test_hours_alike_are_computed_once() -> None:
    source = Plain()
    beds = [bed(n, 10.0 * n) for n in range(50)]
    cover_through_day(beds, limit_of(list(beds)), PostMap([post("a", 0)]), source, DAY)
    assert source.pairs == 2 * 50, "one matrix for the rush, one for all other hours"


def test_areas_are_all_five_levels_by_circle() -> None:
    beds = [bed(1, 0), bed(2, 50_000), bed(3, 0, circle="rural", code="630121001001"), bed(4, None, code="630102001")]
    tally = AreaTally()
    posts = PostMap([post("a", 0, 2)])
    for part in (beds[:2], beds[2:]):  # part by part is the same as at once
        tally.add(cover_through_day(part, limit_of(list(part)), posts, Plain(), DAY))
    noon = {(code, circle): one for code, circle, hour, one in tally.areas() if hour == 12}
    assert noon["63", "urban"] == Counts(covered=1, not_covered=1, unlocated=1, backed_up=1)
    assert noon["63", "rural"] == Counts(covered=1, backed_up=1)
    assert noon["630102001001", "urban"] == Counts(covered=1, not_covered=1, backed_up=1)
    assert set(noon) == {
        *((code, "urban") for code in ("63", "6301", "630102", "630102001", "630102001001")),
        *((code, "rural") for code in ("63", "6301", "630121", "630121001", "630121001001")),
    }


def test_the_straight_line_in_bulk_is_the_straight_line() -> None:
    source = StraightLineMatrix()
    origins = [Origin(place(m, 2 * m), mode) for m in (0, 900, 5000) for mode in ("walk", "e_bike", "car")]
    grounds = [Ground(place(-m), terrain) for m in (0, 700, 1500) for terrain in ("city", "valley", "mountain")]
    times = source.matrix(origins, grounds, hour_at(DAY, 8))
    for row, origin in enumerate(origins):
        for column, ground in enumerate(grounds):
            one = estimate(origin, ground.place, ground.terrain)
            assert times.p50_s[row, column] == pytest.approx(one.p50_s, abs=1)
            assert times.p90_s[row, column] == pytest.approx(one.p90_s, abs=1)
    assert source.matrix([], grounds, hour_at(DAY, 8)).p50_s.shape == (0, len(grounds))


def test_nobody_outruns_the_farthest_of_the_straight_line() -> None:
    source = StraightLineMatrix()
    for mode in ("walk", "e_bike", "car"):
        far = Place(place(source.farthest_m(mode, 900) + 10).lat, place(0).lon)
        grounds = [Ground(far, terrain) for terrain in ("city", "valley", "mountain")]
        assert (source.matrix([Origin(place(0), mode)], grounds, hour_at(DAY, 3)).p50_s > 900).all()


def test_a_run_is_due_first_by_night_and_when_roads_come() -> None:
    night = hour_at(DAY, 4)

    def latest(**other: object) -> Run:
        values: dict[str, object] = {
            "id": 1, "day": DAY, "began_at": night, "finished_at": night, "basis": "synthetic_network",
            "version": "plain-1", "is_estimate": False, "limits": {}, "bands": [], "beds": 1, "posts": 1,
        }  # fmt: skip
        return Run(**(values | other))  # type: ignore[arg-type]

    assert why_due(None, Plain(), night, 3) == "first"
    assert why_due(latest(), Plain(), night, 3) is None
    tomorrow = DAY.replace(day=3)
    assert why_due(latest(), Plain(), hour_at(tomorrow, 2), 3) is None
    assert why_due(latest(), Plain(), hour_at(tomorrow, 3), 3) == "night"
    assert why_due(latest(basis="straight_line_model", is_estimate=True), Plain(), night, 3) == "other_basis"
    assert why_due(latest(version="plain-0"), Plain(), night, 3) is None, "not twice within an hour"
    assert why_due(latest(version="plain-0"), Plain(), hour_at(DAY, 6), 3) == "other_version"


def test_every_state_has_a_code() -> None:
    assert set(STATES) == set(CoverState)
