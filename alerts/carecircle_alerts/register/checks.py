"""Checks of what is filled in about homes and providers: numbers, places, texts (pure).

Each returns an `Invalid` or None, so that a whole form, or a row of a file, can be told everything that is wrong at
once.
"""

import re
from dataclasses import dataclass
from math import isfinite

from carecircle.errors import Invalid
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.straight_line import air_distance_m

# Mobile numbers, landlines with their area code, service numbers such as 12349 (national numbering plan of the MIIT).
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|[1-9]\d{2,5}|400\d{7}|800\d{7}", re.ASCII)
PHONE_MALFORMED = ("phone_malformed", "电话号码有误：请填11位手机号，或带区号的座机号")
_BETWEEN = re.compile(r"[\s()（）-]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
# The country's extent, rounded outwards; a place outside it is a slip of the pen.
_LAT, _LON = (17.0, 54.0), (73.0, 136.0)
# Half of the longest way across the largest county, rounded up; a place farther from everything that is known in its
# county is a slip of the pen (engineering proposal).
FAR_M = 300_000.0
# Aydingkol lies at -154 m, the highest villages at 5,100 m; a margin for both.
_ALTITUDE_M = (-160, 5_600)


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in WGS-84 degrees, or none."""

    lat: float | None
    lon: float | None


def plain_phone(text: str | None) -> str | None:
    """A number without spaces, dashes and country code; None where there is none."""
    number = _BETWEEN.sub("", text or "")
    return re.sub(r"^(\+86|0086)", "", number) or None


def is_phone(plain: str) -> bool:
    """Whether a plain number is one of this country."""
    return _PHONE.fullmatch(plain) is not None


def phone_fault(field: str, text: str | None) -> Invalid | None:
    """A number that nobody can be called at."""
    number = plain_phone(text)
    return None if number is None or is_phone(number) else Invalid(field, *PHONE_MALFORMED)


def email_fault(field: str, text: str) -> Invalid | None:
    """An address that no mail reaches."""
    return None if _EMAIL.fullmatch(text) else Invalid(field, "email_malformed", "邮箱地址有误")


def length_fault(field: str, text: str | None, label: str, most: int, least: int = 0) -> Invalid | None:
    """A text that is missing or does not fit."""
    signs = len((text or "").strip())
    if least <= signs <= most:
        return None
    if signs < least:
        return Invalid(field, "needed", f"请填写{label}")
    return Invalid(field, "too_long", f"{label}最多{most}个字", most=str(most))


def position_fault(spot: Spot) -> Invalid | None:
    """A position that is half there, outside the country, or has its two numbers the wrong way round."""
    if spot.lat is None or spot.lon is None:
        is_none = spot.lat is None and spot.lon is None
        return None if is_none else Invalid("lat", "position_half", "纬度和经度须同时填写，或都留空")
    if not (isfinite(spot.lat) and isfinite(spot.lon)):
        return Invalid("lat", "position_outside", "经纬度有误")
    if _is_in(spot.lat, _LAT) and _is_in(spot.lon, _LON):
        return None
    if _is_in(spot.lon, _LAT) and _is_in(spot.lat, _LON):
        return Invalid("lat", "position_swapped", "纬度和经度可能填反了")
    return Invalid("lat", "position_outside", "这个位置不在国内，请检查经纬度")


def far_fault(spot: Spot, known: Spot) -> Invalid | None:
    """A position far from what is known in the same county; `known` is the middle of that, or nothing."""
    if spot.lat is None or spot.lon is None or known.lat is None or known.lon is None:
        return None
    away_m = air_distance_m(Place(spot.lat, spot.lon), Place(known.lat, known.lon))
    if away_m <= FAR_M:
        return None
    km = f"{away_m / 1000:.0f}"
    return Invalid("lat", "position_far", f"这个位置离该县（区）其他床位约{km}公里，请检查经纬度和区域", km=km)


def altitude_fault(altitude_m: int) -> Invalid | None:
    """A height at which nobody lives."""
    low, high = _ALTITUDE_M
    if low <= altitude_m <= high:
        return None
    said = f"海拔应在{low}至{high}米之间"
    return Invalid("altitude_m", "altitude_outside", said, low=str(low), high=str(high))


def _is_in(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
