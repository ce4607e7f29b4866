"""Sensors: what mat, door, room and carbon monoxide alarm make of the truth (pure, with the generator handed in)."""

from dataclasses import dataclass
from random import Random

from carecircle.payloads import Readings
from carecircle_sim.device.firmware import Firmware
from carecircle_sim.life.resident import Resident

_MAT_QUALITY = 0.9
_MISSED_BREATHS = 0.01


def mat_readings(resident: Resident, mat: Firmware, moment_ms: int, rng: Random) -> tuple[Readings, float]:
    """What the mat measures, and how good the signal is; a worn mat feels less and says so."""
    vitals = resident.vitals_at(moment_ms)
    quality = round(max(0.1, min(1.0, _MAT_QUALITY * mat.gain + rng.gauss(0, 0.03))), 2)
    if not vitals.in_bed:
        return Readings(in_bed=False, movement=0.0), quality
    is_missed = rng.random() < _MISSED_BREATHS + (1 - mat.gain) * 0.3
    readings = Readings(
        in_bed=True,
        movement=round(vitals.movement * mat.gain, 2),
        heart_rate=vitals.heart_rate,
        respiratory_rate=None if is_missed else vitals.respiratory_rate,
        spo2=vitals.spo2,
    )
    return readings, quality


def room_readings(moment_ms: int, rng: Random, *, co_ppm: float, is_heated: bool = True) -> Readings:
    """Room climate: cooler before dawn; a home without heating in a power cut cools down."""
    hour = (moment_ms / 3600_000 + 8) % 24
    warmth = 18.5 if is_heated else 12.0
    return Readings(
        room_temperature=round(warmth + (1.5 if 9 < hour < 22 else 0) + rng.gauss(0, 0.2), 1),  # noqa: PLR2004 - hours
        humidity=round(min(100, max(5, 28 + rng.gauss(0, 2))), 1),
        carbon_monoxide=round(max(0.0, co_ppm + rng.gauss(0, 0.4)), 1),
    )


# EN 50291-1: at 50 ppm a domestic alarm sounds after 60 to 90 min, at 100 after 10 to 40, at 300 within 3; here midway.
_SOUNDS_AFTER_MIN = ((300.0, 2.0), (100.0, 25.0), (50.0, 75.0))


@dataclass(slots=True)
class CoAlarm:
    """Sums up the dose; the shares of the standard's times add up, and fresh air takes them back."""

    dose: float = 0.0
    has_sounded: bool = False

    def feel(self, co_ppm: float, minutes: float) -> bool:
        """Whether it begins to sound now."""
        after = next((limit for level, limit in _SOUNDS_AFTER_MIN if co_ppm >= level), None)
        self.dose = max(0.0, self.dose - minutes / 5) if after is None else self.dose + minutes / after
        if self.dose < 1.0:
            self.has_sounded = self.has_sounded and self.dose > 0
            return False
        begins = not self.has_sounded
        self.has_sounded = True
        return begins
