"""Physiology of a sleeping and waking resident: heart rate, respiration, oxygen and where the body is (pure).

A stateless function of the resident and the time: the same moment always reads the same, at any speed of simulation.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

_XINING = timezone(timedelta(hours=8))
_NAP = (13.0, 14.5)
# Healthy adults at altitude, "Med Clin 2016" in the domain facts: 103.3 - 0.0047 x altitude, +0.7 men, +1.4 women.
_SPO2_AT_SEA, _SPO2_PER_M, _SPO2_MEN, _SPO2_WOMEN = 103.3, 0.0047, 0.7, 1.4
_SPO2_ASLEEP = -2.5  # asleep in Xining the nightly lowest is 86.4 +- 3.6 (fneur.2023.1191233); the mean lies between
_TEMPO_OF_HEART = -9.0  # beats a minute less in deep night than by day
_TEMPO_OF_BREATH = -2.0


@dataclass(frozen=True, slots=True)
class Body:
    """What is lasting about one resident; the phases make their small variations their own."""

    heart_rate: float
    respiratory_rate: float
    spo2: float
    bedtime_h: float
    sleep_h: float
    toilet_h: tuple[float, ...]
    toilet_min: float
    phases: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a perfect bed mat would read; the rates per minute and `spo2` in percent are None out of bed."""

    in_bed: bool
    movement: float
    heart_rate: float | None = None
    respiratory_rate: float | None = None
    spo2: float | None = None


def expected_spo2(altitude_m: float, *, is_male: bool) -> float:
    """Expected oxygen saturation of a healthy person awake, in percent."""
    return _SPO2_AT_SEA - _SPO2_PER_M * altitude_m + (_SPO2_MEN if is_male else _SPO2_WOMEN)


def make_body(rng: Random, *, altitude_m: float, is_male: bool) -> Body:
    """Draw one resident's constitution from a seeded generator."""
    return Body(
        heart_rate=rng.gauss(72, 6),
        respiratory_rate=rng.gauss(16.5, 1.2),
        spo2=min(97.0, expected_spo2(altitude_m, is_male=is_male) + rng.gauss(-0.8, 1.2)),
        bedtime_h=rng.uniform(20.5, 23.0),
        sleep_h=rng.uniform(7.0, 9.5),
        toilet_h=tuple(sorted(rng.uniform(1.0, 7.0) for _ in range(rng.randint(0, 2)))),
        toilet_min=rng.uniform(5, 14),
        phases=(rng.uniform(0, math.tau), rng.uniform(0, math.tau), rng.uniform(0, math.tau)),
    )


def vitals_at(body: Body, at: datetime) -> Vitals:
    """What the body does at this moment (aware time)."""
    local = at.astimezone(_XINING)
    hour = local.hour + local.minute / 60 + local.second / 3600
    night_h = (hour - body.bedtime_h) % 24
    asleep = night_h < body.sleep_h
    if asleep and any(0 <= night_h - start < body.toilet_min / 60 for start in body.toilet_h):
        return Vitals(in_bed=False, movement=0.0)
    if not asleep and not _NAP[0] <= hour < _NAP[1]:
        return Vitals(in_bed=False, movement=0.0)
    # Deepest in the first half of the night, when slow-wave sleep prevails.
    depth = math.sin(math.pi * min(1.0, night_h / body.sleep_h)) if asleep else 0.3
    return vitals_in_bed(body, at.timestamp(), depth)


def vitals_in_bed(body: Body, moment_s: float, depth: float) -> Vitals:
    """What the body does in bed at a moment (Unix time); `depth` of sleep from 0, awake, to 1."""
    slow, breath, quick = (
        _wave(moment_s, period, phase) for period, phase in zip(_PERIODS_S, body.phases, strict=True)
    )
    return Vitals(
        in_bed=True,
        movement=round(max(0.0, 0.08 * (1 - depth) + 0.06 * quick + 0.05 * slow), 2),
        heart_rate=round(body.heart_rate + _TEMPO_OF_HEART * depth + 2.5 * slow + 1.5 * quick),
        respiratory_rate=round(body.respiratory_rate + _TEMPO_OF_BREATH * depth + 0.8 * breath + 0.4 * quick, 1),
        spo2=round(min(99.0, body.spo2 + _SPO2_ASLEEP * depth + 0.8 * breath), 1),
    )


# Periods that share no small multiple, so that the pattern does not repeat within a night.
_PERIODS_S = (1370.0, 211.0, 47.0)


def _wave(seconds: float, period_s: float, phase: float) -> float:
    return math.sin(math.tau * seconds / period_s + phase)
