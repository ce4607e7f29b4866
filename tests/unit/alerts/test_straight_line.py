import pytest

from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.straight_line import BASIS, air_distance_m, estimate

XINING = Place(36.6171, 101.7782)
HUANGYUAN = Place(36.6827, 101.2563)


def test_a_degree_of_latitude_is_111_195_metres() -> None:
    assert air_distance_m(Place(36, 101), Place(37, 101)) == pytest.approx(111_195, abs=1)


def test_distance_is_the_same_both_ways_and_nothing_to_oneself() -> None:
    assert air_distance_m(XINING, HUANGYUAN) == pytest.approx(air_distance_m(HUANGYUAN, XINING))
    assert air_distance_m(XINING, XINING) == 0


@pytest.mark.parametrize(
    ("terrain", "mode", "metres", "expected_s"),
    [
        ("city", "e_bike", 1000, 120 + 1500 / (16 / 3.6)),
        ("city", "e_bike", 5000, 120 + 7000 / (16 / 3.6)),
        ("valley", "car", 5000, 120 + 7500 / (40 / 3.6)),
        ("mountain", "walk", 1000, 120 + 2800 / (4.2 / 3.6)),
    ],
)
def test_times_follow_detour_speed_and_turn_out(terrain: str, mode: str, metres: float, expected_s: float) -> None:
    origin = Place(XINING.lat + metres / 111_195, XINING.lon)
    answer = estimate(Origin(origin, mode), XINING, terrain)
    assert answer.p50_s == pytest.approx(expected_s, abs=1)
    assert answer.p90_s > answer.p50_s
    assert answer.basis == BASIS
