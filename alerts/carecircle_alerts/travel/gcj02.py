"""GCJ-02, the datum of Chinese maps: about 170 m east of WGS-84 at Xining; converted at the edges only (pure).

Everything is kept in WGS-84. The offset is the published one of the Chinese State Bureau of Surveying and Mapping as
map clients compute it; its inverse is found by fixed-point iteration, because the usual one-step inverses are off by up
to a metre. Outside of mainland China's rectangle both datums are the same.
"""

from math import cos, pi, radians, sin, sqrt

from carecircle_alerts.travel import Place

_AXIS_M = 6_378_245.0  # Krasovsky 1940
_FLATTENING_TERM = 0.006693421622965943
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
_CLOSE_DEG = 1e-13  # 1e-8 m; the iteration gains three digits a step
_MOST_STEPS = 20


def to_gcj02(place: Place) -> Place:
    """A WGS-84 place as Chinese maps write it."""
    if not (_SOUTH < place.lat < _NORTH and _WEST < place.lon < _EAST):
        return place
    north, east = _offset(place)
    return Place(place.lat + north, place.lon + east)


def from_gcj02(place: Place) -> Place:
    """A place of a Chinese map in WGS-84; the error is below a millionth of a metre."""
    guess = place
    for _ in range(_MOST_STEPS):
        there = to_gcj02(guess)
        lat, lon = place.lat - there.lat, place.lon - there.lon
        guess = Place(guess.lat + lat, guess.lon + lon)
        if abs(lat) < _CLOSE_DEG and abs(lon) < _CLOSE_DEG:
            break
    return guess


def _offset(place: Place) -> tuple[float, float]:
    x, y = place.lon - 105.0, place.lat - 35.0
    root = sqrt(abs(x))
    shared = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north_m += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north_m += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east_m += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east_m += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    lat = radians(place.lat)
    bulge = 1.0 - _FLATTENING_TERM * sin(lat) ** 2
    north = north_m * 180.0 / (_AXIS_M * (1.0 - _FLATTENING_TERM) / (bulge * sqrt(bulge)) * pi)
    east = east_m * 180.0 / (_AXIS_M / sqrt(bulge) * cos(lat) * pi)
    return north, east
