"""Bluetooth measurements as their characteristics carry them: blood pressure and pulse oximetry (pure).

Blood Pressure Service 1.1 (characteristic 0x2A35) and Pulse Oximeter Service 1.0.1 (0x2A5E spot check, 0x2A5F
continuous), Bluetooth SIG; values are IEEE 11073-20601 SFLOATs: 12 bits of mantissa and 4 of a decimal exponent.
"""

import struct
from dataclasses import dataclass

MMHG_PER_KPA = 7.50062
# SFLOAT's reserved mantissas: NaN, not at this resolution, + and - infinity, reserved.
_RESERVED = frozenset({0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801})
_TIME_BYTES = 7
_CUFF_UNUSABLE = 0b100011  # body moved, cuff too loose, wrong position
# Demonstration, testing, calibration, unavailable, questionable, invalid: bits 10 to 15 of the measurement status.
_OXIMETER_UNUSABLE = 0b1111_1100_0000_0000
_OXIMETER_STORED = 1 << 9


class Broken(ValueError):  # noqa: N818 - says what is the matter with a frame
    """A frame that does not hold what its flags promise."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Readings by quantity, None for what the device could not tell; `why_not` where it says not to use them."""

    readings: dict[str, float | None]
    why_not: str | None = None


def read_blood_pressure(data: bytes) -> Frame:
    """0x2A35. Raises `Broken` for a frame that is too short."""
    flags = _byte(data, 0)
    scale = MMHG_PER_KPA if flags & 1 else 1.0
    systolic, diastolic, _mean = (_sfloat(data, place) for place in (1, 3, 5))
    place = 7 + (_TIME_BYTES if flags & 2 else 0)
    readings = {"systolic_pressure": _times(systolic, scale), "diastolic_pressure": _times(diastolic, scale)}
    if flags & 4:
        readings["heart_rate"] = _sfloat(data, place)
        place += 2
    place += 1 if flags & 8 else 0
    status = _u16(data, place) if flags & 16 else 0
    return Frame(readings, "cuff moved, loose or in a wrong position" if status & _CUFF_UNUSABLE else None)


def read_spot_check(data: bytes) -> Frame:
    """0x2A5E. Raises `Broken` for a frame that is too short."""
    flags = _byte(data, 0)
    place = 5 + (_TIME_BYTES if flags & 1 else 0)
    return Frame(_oxygen(data), _oximeter_fault(_u16(data, place) if flags & 2 else 0))


def read_continuous(data: bytes) -> Frame:
    """0x2A5F. Raises `Broken` for a frame that is too short."""
    flags = _byte(data, 0)
    place = 5 + (4 if flags & 1 else 0) + (4 if flags & 2 else 0)
    return Frame(_oxygen(data), _oximeter_fault(_u16(data, place) if flags & 4 else 0))


READERS = {"2a35": read_blood_pressure, "2a5e": read_spot_check, "2a5f": read_continuous}


def _oxygen(data: bytes) -> dict[str, float | None]:
    return {"spo2": _sfloat(data, 1), "heart_rate": _sfloat(data, 3)}


def _oximeter_fault(status: int) -> str | None:
    if status & _OXIMETER_UNUSABLE:
        return f"measurement status 0x{status:04x}"
    return "from the device's store, without a time zone" if status & _OXIMETER_STORED else None


def _sfloat(data: bytes, place: int) -> float | None:
    raw = _u16(data, place)
    mantissa, exponent = raw & 0x0FFF, raw >> 12
    if mantissa in _RESERVED:
        return None
    mantissa -= 0x1000 if mantissa & 0x0800 else 0
    exponent -= 16 if exponent & 8 else 0
    return float(mantissa * 10.0**exponent)


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else round(value * scale, 1)


def _byte(data: bytes, place: int) -> int:
    if place >= len(data):
        raise Broken(f"{len(data)} bytes, {place + 1} wanted")
    return data[place]


def _u16(data: bytes, place: int) -> int:
    if place + 2 > len(data):
        raise Broken(f"{len(data)} bytes, {place + 2} wanted")
    value: int = struct.unpack_from("<H", data, place)[0]
    return value
