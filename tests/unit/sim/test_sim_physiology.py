from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from carecircle_sim.physiology import Body, Vitals, expected_spo2, make_body, vitals_at

MIDNIGHT_IN_XINING = datetime(2026, 11, 23, 16, tzinfo=UTC)


def a_day(body: Body) -> list[Vitals]:
    return [vitals_at(body, MIDNIGHT_IN_XINING + timedelta(minutes=minute)) for minute in range(24 * 60)]


@pytest.mark.parametrize(("altitude_m", "expected"), [(2260, (93.4, 94.1)), (4200, (84.3, 85.0))])
def test_expected_oxygen_of_men_and_women_follows_the_altitude(altitude_m: int, expected: tuple[float, float]) -> None:
    men, women = (expected_spo2(altitude_m, is_male=is_male) for is_male in (True, False))
    assert (men, women) == pytest.approx(expected, abs=0.06)


def test_the_same_moment_always_reads_the_same() -> None:
    body = make_body(Random(7), altitude_m=2300, is_male=True)
    assert vitals_at(body, MIDNIGHT_IN_XINING) == vitals_at(body, MIDNIGHT_IN_XINING)


def test_the_mat_feels_no_heart_in_an_empty_bed() -> None:
    body = make_body(Random(7), altitude_m=2300, is_male=True)
    empty = [vitals for vitals in a_day(body) if not vitals.in_bed]
    assert empty
    assert all(v.heart_rate is None and v.respiratory_rate is None and v.spo2 is None for v in empty)


def test_a_resident_sleeps_between_six_and_ten_hours_of_the_night() -> None:
    for seed in range(20):
        body = make_body(Random(seed), altitude_m=2300, is_male=False)
        hours = sum(vitals.in_bed for vitals in a_day(body)) / 60 - 1.5  # the nap
        assert 6 < hours < 10


@pytest.mark.parametrize("altitude_m", [2260, 3000])
def test_readings_stay_within_what_a_living_person_shows(altitude_m: int) -> None:
    for seed in range(20):
        body = make_body(Random(seed), altitude_m=altitude_m, is_male=True)
        for vitals in a_day(body):
            if vitals.in_bed:
                assert vitals.heart_rate
                assert vitals.respiratory_rate
                assert vitals.spo2
                assert 35 < vitals.heart_rate < 100
                assert 9 < vitals.respiratory_rate < 24
                assert 78 < vitals.spo2 <= 99
                assert 0 <= vitals.movement <= 1


def test_the_heart_is_slower_at_night_than_at_noon() -> None:
    body = make_body(Random(3), altitude_m=2300, is_male=True)
    asleep = [vitals_at(body, MIDNIGHT_IN_XINING + timedelta(minutes=n)) for n in range(180)]
    napping = [vitals_at(body, MIDNIGHT_IN_XINING + timedelta(hours=13, minutes=n)) for n in range(5, 80)]
    night, nap = ([vitals.heart_rate for vitals in some if vitals.heart_rate] for some in (asleep, napping))
    assert sum(night) / len(night) < sum(nap) / len(nap)
