"""Days and illnesses: chains without holes, in the range of the recorded home and of the field's figures."""

import statistics
from random import Random

import pytest

from carecircle_sim.life.day import DAY_MS, Doing, Place, draw_habits, plan_day
from carecircle_sim.life.illness import Illness
from carecircle_sim.life.resident import Resident, draw_resident

NOON_MS = 1_768_276_800_000  # 2026-01-13, noon in Xining
HOUR_MS = 3_600_000


def _days(count: int, severity: float = 0.0) -> list[list[tuple[Doing, float, float]]]:
    """What was done, from which hour after noon, for how many minutes."""
    rng = Random(11)
    found = []
    for _ in range(count):
        stays = plan_day(draw_habits(rng), rng, NOON_MS, severity).stays
        ends = [*(stay.begin_ms for stay in stays[1:]), NOON_MS + DAY_MS]
        found.append(
            [
                (stay.doing, (stay.begin_ms - NOON_MS) / HOUR_MS, (end - stay.begin_ms) / 60_000)
                for stay, end in zip(stays, ends, strict=True)
            ]
        )
    return found


def test_a_day_is_a_chain_from_noon_to_noon() -> None:
    for day in _days(100):
        assert day[0][1] == 0
        assert all(minutes > 0 for _, _, minutes in day)
        assert sum(minutes for _, _, minutes in day) == pytest.approx(24 * 60)


def test_nights_and_outings_last_as_long_as_recorded_ones() -> None:
    """Ordóñez A: 516 to 609 minutes of sleep in the middle four fifths, outings of 104 minutes in the middle."""
    days = _days(300)
    asleep = [sum(minutes for doing, _, minutes in day if doing is Doing.SLEEP) for day in days]
    assert 450 < statistics.median(asleep) < 620
    outings = [minutes for day in days for doing, _, minutes in day if doing is Doing.OUTING]
    assert 80 < statistics.median(outings) < 130


def test_most_nights_have_one_or_two_visits_to_the_toilet() -> None:
    nights = [sum(1 for doing, hour, _ in day if doing is Doing.TOILET and 11.5 < hour < 17.5) for day in _days(300)]
    assert 0.6 < statistics.mean(nights) < 2.2
    assert max(nights) < 8


def test_who_is_ill_stays_in_and_lies_longer() -> None:
    well, ill = _days(200), _days(200, severity=1.0)

    def hours_in_bed(days: list[list[tuple[Doing, float, float]]]) -> float:
        return statistics.mean(sum(m for d, _, m in day if d in {Doing.SLEEP, Doing.NAP}) for day in days) / 60

    assert hours_in_bed(ill) > hours_in_bed(well) + 2
    assert not any(doing is Doing.OUTING for day in ill for doing, _, _ in day)


def _resident(seed: int, altitude_m: float = 2260) -> Resident:
    return draw_resident(f"{seed}", altitude_m=altitude_m, is_male=seed % 2 == 0)


def _in_bed(resident: Resident, hours: range, days: int = 4) -> list[tuple[float, float, float]]:
    found = []
    for day in range(days):
        for hour in hours:
            for minute in range(0, 60, 10):
                vitals = resident.vitals_at(NOON_MS + day * DAY_MS + hour * HOUR_MS + minute * 60_000)
                if vitals.heart_rate and vitals.respiratory_rate and vitals.spo2:
                    found.append((vitals.heart_rate, vitals.respiratory_rate, vitals.spo2))
    return found


def test_the_heart_is_slower_in_deep_night_than_awake() -> None:
    for seed in range(10):
        resident = _resident(seed)
        night = statistics.mean(heart for heart, _, _ in _in_bed(resident, range(11, 16)))
        awake = [resident.spot_check(NOON_MS + day * DAY_MS).heart_rate or 0 for day in range(10)]
        assert night < statistics.mean(awake) - 2


def test_oxygen_by_altitude_lies_where_the_field_measured_it() -> None:
    """Awake at 4,200 m 86.1 +- 3.4 (rrsurg 2018); asleep in Xining the nightly lowest is 86.4 +- 3.6."""
    high = [_resident(seed, 4200).spot_check(NOON_MS).spo2 or 0 for seed in range(60)]
    assert 82.7 < statistics.mean(high) < 89.5
    lowest = [min(spo2 for _, _, spo2 in _in_bed(_resident(seed), range(10, 18), days=1)) for seed in range(40)]
    assert 82.8 < statistics.mean(lowest) < 92


def test_pneumonia_develops_over_days_and_shows() -> None:
    resident = _resident(3)
    resident.illnesses.append(Illness(NOON_MS / 1000, half_days=3))
    first = _in_bed(resident, range(10, 18), days=1)
    resident_late = _in_bed(resident, range(6 * 24 + 10, 6 * 24 + 18), days=1)
    assert statistics.mean(b for _, b, _ in resident_late) > statistics.mean(b for _, b, _ in first) + 7
    assert statistics.mean(s for _, _, s in resident_late) < statistics.mean(s for _, _, s in first) - 5
    assert resident.temperature_at(NOON_MS + 7 * DAY_MS) > 37.8
    severities = [resident.severity(NOON_MS / 1000 + day * 86_400) for day in range(8)]
    assert severities[0] == 0
    assert severities == sorted(severities)


def test_asking_for_days_in_any_order_gives_the_same_days() -> None:
    forwards, backwards = _resident(5), _resident(5)
    moments = [NOON_MS + number * 5 * HOUR_MS for number in range(40)]
    there = [forwards.stay_at(moment) for moment in moments]
    assert there == [backwards.stay_at(moment) for moment in reversed(moments)][::-1]
    assert Place.BED in {stay.place for stay in there}
