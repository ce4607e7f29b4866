"""The straight-line model: the last resort of travel times, and always labelled as such (pure).

Road over air distance and speeds were measured on four real road networks and in published field means (DOMAIN: city
1.4 to 1.6 below 2 km, valley 1.9/1.5, mountain 2.8/2.2; e-bike 16 km/h, Hangzhou field mean 17.1; car 24 km/h in peak
hours). The nearest by air is the truly nearest by road for only 60 to 70 % of beds.
"""

from collections.abc import Sequence
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from carecircle_alerts.travel import Origin, Place, TravelTime

BASIS = "straight_line_model"
VERSION = "1"

_EARTH_RADIUS_M = 6_371_008.8
_NEAR_M = 2000
_DETOUR: dict[str, tuple[float, float]] = {"city": (1.5, 1.4), "valley": (1.9, 1.5), "mountain": (2.8, 2.2)}
_SPREAD: dict[str, float] = {"city": 1.3, "valley": 1.8, "mountain": 1.8}
_SPEED_KMH: dict[str, dict[str, float]] = {
    "city": {"walk": 4.2, "e_bike": 16, "car": 24},
    "valley": {"walk": 4.2, "e_bike": 16, "car": 40},
    "mountain": {"walk": 4.2, "e_bike": 15, "car": 15},
}
TURN_OUT_S = 120  # 90 to 180 s to put on a coat, leave, and reach the door


def air_distance_m(one: Place, other: Place) -> float:
    """Great-circle distance in metres (haversine, mean earth radius)."""
    lat_1, lat_2 = radians(one.lat), radians(other.lat)
    half = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * asin(sqrt(half))


class StraightLine:
    """Travel times from air distance, a detour factor and a speed."""

    name = BASIS
    is_remote = False

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:
        """Metres by air a second at best: the speed over the smaller detour factor."""
        return _SPEED_KMH[terrain][mode] / 3.6 / min(_DETOUR[terrain])

    def is_fallback(self, basis: str) -> bool:  # noqa: ARG002 - it is all that there is
        """Never: nothing better is set up."""
        return False

    async def to_bed(self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime) -> list[TravelTime]:  # noqa: ARG002
        """One answer for each origin, in order."""
        return [estimate(origin, bed, terrain) for origin in origins]

    async def answer(self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime) -> list[TravelTime]:
        """The same, as a source of the chain."""
        return await self.to_bed(origins, bed, terrain, at)


def estimate(origin: Origin, bed: Place, terrain: str) -> TravelTime:
    """The time of one way."""
    air_m = air_distance_m(origin.place, bed)
    near, far = _DETOUR[terrain]
    road_m = air_m * (near if air_m < _NEAR_M else far)
    p50_s = TURN_OUT_S + road_m / (_SPEED_KMH[terrain][origin.mode] / 3.6)
    return TravelTime(round(p50_s), round(p50_s * _SPREAD[terrain]), round(road_m), BASIS, VERSION)
