"""Illness: how it develops over days and what it does to the body (pure).

Shapes, not predictions: the end points are those at which NEWS2 (Royal College of Physicians 2017) reaches its highest
scores, so that a rule has something to find. They need clinical sign-off before anybody reads more into them.
"""

from dataclasses import dataclass
from math import exp

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to heart rate and breaths per minute, oxygen in percent and temperature in degrees Celsius."""

    heart_rate: float = 0.0
    respiratory_rate: float = 0.0
    spo2: float = 0.0
    temperature: float = 0.0

    def scaled(self, share: float) -> "Change":
        """A share of it."""
        return Change(*(share * part for part in (self.heart_rate, self.respiratory_rate, self.spo2, self.temperature)))


PNEUMONIA = Change(heart_rate=28, respiratory_rate=11, spo2=-9, temperature=2.0)
# Carboxyhaemoglobin reads as oxygen on an ordinary oximeter, so the percentage hardly moves.
CARBON_MONOXIDE = Change(heart_rate=35, respiratory_rate=6, spo2=-1)


@dataclass(frozen=True, slots=True)
class Illness:
    """Begins at `begin_s` (Unix time) and is at half of its worst after `half_days`."""

    begin_s: float
    half_days: float
    worst: Change = PNEUMONIA

    def severity(self, moment_s: float) -> float:
        """From 0 before it begins to nearly 1; slow, then fast, then slow."""
        days = (moment_s - self.begin_s) / DAY_S
        if days <= 0:
            return 0.0
        steep = 5.0 / self.half_days
        start = 1 / (1 + exp(5.0))
        return max(0.0, (1 / (1 + exp(-steep * (days - self.half_days))) - start) / (1 - start))

    def change(self, moment_s: float) -> Change:
        """What it does to the body at a moment."""
        return self.worst.scaled(self.severity(moment_s))
