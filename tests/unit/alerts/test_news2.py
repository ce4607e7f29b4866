"""NEWS2 against its table (Royal College of Physicians 2017), at every border."""

import pytest
from msgspec.structs import replace

from carecircle_alerts.rules.news2 import Observations, score

_WELL = Observations(16, 97, 120, 70, 37.0, alert=True)


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("respiratory_rate", {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
        ("spo2", {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0}),
        ("systolic_pressure", {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3}),
        ("heart_rate", {40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3}),
        ("body_temperature", {35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2}),
    ],
)
def test_every_border(name: str, points: dict[float, int]) -> None:
    assert {value: score(replace(_WELL, **{name: value}))[name] for value in points} == points


@pytest.mark.parametrize(
    ("on_oxygen", "points"),
    [
        (False, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 0, 100: 0}),
        (True, {83: 3, 84: 2, 86: 1, 88: 0, 92: 0, 93: 1, 94: 1, 95: 2, 96: 2, 97: 3}),
    ],
)
def test_the_second_scale_of_oxygen(*, on_oxygen: bool, points: dict[float, int]) -> None:
    found = {value: score(replace(_WELL, spo2=value), scale=2, on_oxygen=on_oxygen)["spo2"] for value in points}
    assert found == points


def test_oxygen_and_consciousness_count() -> None:
    assert sum(score(_WELL).values()) == 0
    assert score(_WELL, on_oxygen=True)["oxygen"] == 2
    assert score(replace(_WELL, alert=False))["consciousness"] == 3
