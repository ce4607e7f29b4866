"""Speeds: how fast people move on which kind of road, when, and how far times scatter (pure).

The means are those of the domain facts: walking 4.2 km/h, e-bike 16 (field mean of Hangzhou 17.1), car 24 in peak hours
and 30 off-peak in built-up streets, 40 on paved rural roads, 15 on tracks. They are door-to-door means with lights and
crossings, so nothing is added for turns. What has no field mean (motorway, trunk, steps, pushing a bicycle) is an
engineering proposal. `CALIBRATED` factors from the platform's own arrivals correct them where there are enough.
"""

from datetime import datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from carecircle_alerts.travel.straight_line import TURN_OUT_S

if TYPE_CHECKING:  # processes without a road network read the speeds too, and start without numpy
    import numpy as np
    from numpy.typing import NDArray

Seconds = TypeVar("Seconds", float, "NDArray[np.float64]")
"""One time, or an array of them."""

SPEEDS_VERSION = "1"
NEVER = 2**31 - 1  # the weight of a road that cannot be used, in milliseconds; twice it still fits 32 bits

CHINA = ZoneInfo("Asia/Shanghai")
TURN_OUT_P90_S = (
    180  # 90 to 180 s to put on a coat, leave, and reach the door; the median stands with the straight line
)
WALK_KMH = 4.2
# Working days, when schools and offices begin and end; an engineering proposal for Xining, which lives on Beijing time.
_PEAKS = ((time(7, 30), time(9, 0)), (time(17, 30), time(19, 0)))
_SATURDAY = 5
# 90th percentile over median of the time on the way, where the platform's own arrivals do not tell it yet: the way is
# known, so less than the straight line's 1.3 and 1.8, which hold the unknown detour too. An engineering proposal.
_SPREAD = {"city": 1.25, "valley": 1.4, "mountain": 1.6}
_PEAK_SPREAD = 1.15  # on top of it for cars: queues differ from day to day


class Mode(StrEnum):
    """How somebody moves."""

    WALK = "walk"
    E_BIKE = "e_bike"
    CAR = "car"


MODES: tuple[Mode, ...] = tuple(Mode)
PEAK, OFF_PEAK = "peak", "off_peak"
# One set of weights each: milliseconds by mode (for cars by hour band), and millimetres by mode.
TIMES: tuple[str, ...] = ("walk", "e_bike", "car_peak", "car_off_peak")
LENGTHS: tuple[str, ...] = ("walk_mm", "e_bike_mm", "car_mm")
METRICS: tuple[str, ...] = TIMES + LENGTHS


def hour_band(at: datetime) -> str:
    """`peak` or `off_peak` of a moment, by the clock of China."""
    there = at.astimezone(CHINA)
    is_busy = there.weekday() < _SATURDAY and any(begin <= there.time() < end for begin, end in _PEAKS)
    return PEAK if is_busy else OFF_PEAK


def metric_of(mode: str, band: str) -> str:
    """The name of the weights by which a mode is timed in an hour band."""
    return f"{mode}_{band}" if mode == Mode.CAR else mode


def mode_of(metric: str) -> Mode:
    """Whose weights these are."""
    return next(mode for mode in MODES if metric.startswith(mode))


def spread_of(mode: str, terrain: str, band: str) -> float:
    """How many times the median the 90th percentile of the time on the way is, before calibration."""
    return _SPREAD[terrain] * (_PEAK_SPREAD if mode == Mode.CAR and band == PEAK else 1.0)


def p90_of(p50_way_s: Seconds, spread: float) -> Seconds:
    """The 90th percentile from the alarm to the door: turning out and the way scatter on their own.

    Both are skewed, and their deviations from the median are added as independent ones are (root of squares).
    """
    turning_out, way = TURN_OUT_P90_S - TURN_OUT_S, p50_way_s * (spread - 1)
    later_s: Seconds = (turning_out * turning_out + way * way) ** 0.5
    return TURN_OUT_S + p50_way_s + later_s


# km/h by kind of road: walk, e-bike, and the car outside built-up land, built-up off-peak, built-up peak.
# None: not on this road.
_Pace = tuple[float | None, float | None, float | None, float | None, float | None]
_STREET: _Pace = (WALK_KMH, 16, 40, 30, 24)
_BESIDE: _Pace = (WALK_KMH, WALK_KMH, None, None, None)  # an e-bike is pushed there
PACES: dict[str, _Pace] = {
    "motorway": (None, None, 80, 60, 45),
    "motorway_link": (None, None, 40, 30, 24),
    "trunk": (WALK_KMH, 16, 60, 40, 30),
    "trunk_link": (WALK_KMH, 16, 40, 30, 24),
    **dict.fromkeys(
        ("primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified",
         "residential", "road"),
        _STREET,
    ),
    "living_street": (WALK_KMH, 12, 15, 15, 15),
    "service": (WALK_KMH, 12, 15, 15, 15),
    "track": (WALK_KMH, 12, 15, 15, 15),
    "cycleway": (WALK_KMH, 16, None, None, None),
    **dict.fromkeys(("pedestrian", "footway", "path", "bridleway"), _BESIDE),
    "steps": (2.5, None, None, None, None),
}  # fmt: skip
UNPAVED_KMH = (WALK_KMH, 12.0, 15.0, 15.0, 15.0)
E_BIKE_KMH = 16.0
E_BIKE_ON_PATH_KMH = 12.0
