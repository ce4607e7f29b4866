"""Speeds learnt from arrivals: robust, bounded, and never learnt twice from the same corrections."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.travel.calibration import Calibration, Correction, Group, version_in
from carecircle_alerts.travel.corrections import (
    LEAST_ARRIVALS,
    LEAST_FACTOR,
    LEAST_SPREAD,
    MOST_FACTOR,
    MOST_SPREAD,
    Arrival,
    Learnt,
    expected_way_s,
    is_news,
    learn_corrections,
    taken_way_s,
)
from carecircle_alerts.travel.nightly import night_before

CITY = Group("road_network", "e_bike", "city", "peak")
WIDE = Group("road_network", "e_bike")
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def _arrivals(*ratios: float, group: Group = CITY, expected_s: float = 400) -> list[Arrival]:
    return [Arrival(group, expected_s, expected_s * ratio) for ratio in ratios]


def test_the_median_counts_and_forgotten_buttons_do_not() -> None:
    honest = _arrivals(*[1.2] * 31)
    late, early = _arrivals(*[9.0] * 10), _arrivals(*[0.2] * 5)
    lost = _arrivals(*[50.0] * 100) + _arrivals(*[0.0] * 100) + _arrivals(*[-1.0] * 100)
    learnt = learn_corrections([*honest, *late, *early, *lost])
    assert learnt[CITY].correction.factor == pytest.approx(1.2)
    assert learnt[CITY].arrivals == 46


def test_too_few_arrivals_correct_nothing_and_together_they_correct_the_mode() -> None:
    other = Group("road_network", "e_bike", "valley", "off_peak")
    half = LEAST_ARRIVALS // 2
    assert learn_corrections(_arrivals(*[1.5] * (LEAST_ARRIVALS - 1))) == {}
    learnt = learn_corrections(_arrivals(*[1.5] * half) + _arrivals(*[1.5] * half, group=other))
    assert set(learnt) == {WIDE}


def test_short_ways_say_nothing_of_speeds() -> None:
    assert learn_corrections(_arrivals(*[3.0] * 100, expected_s=40)) == {}


@given(st.lists(st.floats(0.01, 100), min_size=LEAST_ARRIVALS, max_size=80))
def test_whatever_arrives_corrections_stay_within_bounds(ratios: list[float]) -> None:
    for one in learn_corrections(_arrivals(*ratios)).values():
        assert LEAST_FACTOR <= one.correction.factor <= MOST_FACTOR
        assert one.correction.spread is not None
        assert LEAST_SPREAD <= one.correction.spread <= MOST_SPREAD


@given(st.floats(0.6, 2.5), st.floats(0.6, 2.5))
def test_a_second_night_learns_the_same_as_the_first(truth: float, factor_then: float) -> None:
    real_way_s = 600.0
    told = round(120 + real_way_s * factor_then)
    took = [Arrival(CITY, expected_way_s(told, factor_then), real_way_s * truth)] * LEAST_ARRIVALS
    assert learn_corrections(took)[CITY].correction.factor == pytest.approx(truth, rel=0.01)


def test_the_way_begins_with_setting_out_or_after_turning_out() -> None:
    assert taken_way_s(NOON, NOON + timedelta(seconds=90), NOON + timedelta(seconds=500)) == 410
    assert taken_way_s(NOON, None, NOON + timedelta(seconds=500)) == 380


def test_the_narrowest_correction_counts_and_the_version_names_it() -> None:
    calibration = Calibration(4, {CITY: Correction(1.2, 1.5), WIDE: Correction(0.8)})
    assert calibration.of("road_network", "e_bike", "city", "peak").factor == 1.2
    assert calibration.of("road_network", "e_bike", "valley", "peak").factor == 0.8
    assert calibration.of("road_network", "car", "city", "peak").factor == 1.0
    assert calibration.least_factor("road_network", "e_bike") == 0.8
    assert calibration.least_factor("road_network", "car") == 1.0
    assert version_in(f"20261101-abc{calibration.suffix}") == 4
    assert version_in("20261101-abc") == version_in("") == 0
    assert Calibration().suffix == ""


def test_only_what_differs_is_news() -> None:
    known = Calibration(4, {CITY: Correction(1.2, 1.5)})
    assert not is_news({CITY: Learnt(Correction(1.205, 1.5), 40)}, known)
    assert is_news({CITY: Learnt(Correction(1.3, 1.5), 40)}, known)
    assert is_news({CITY: Learnt(Correction(1.2, 1.8), 40)}, known)
    assert is_news({}, known)
    assert not is_news({}, Calibration())


def test_a_night_begins_at_three_in_china() -> None:
    assert night_before(datetime(2026, 11, 25, 18, 59, tzinfo=UTC)) == datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    assert night_before(datetime(2026, 11, 25, 19, 0, tzinfo=UTC)) == datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
