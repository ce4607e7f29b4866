"""Outcome: what a routing service said of one way, turned into a travel time of the platform's kind (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carecircle_alerts.travel import Origin, TravelTime
from carecircle_alerts.travel.calibration import Calibration
from carecircle_alerts.travel.roads.off_road import OFF_ROAD_LIMIT_M, off_road_s
from carecircle_alerts.travel.roads.speeds import hour_band, p90_of, spread_of
from carecircle_alerts.travel.straight_line import TURN_OUT_S

# No way of another service is done faster; its speeds are not ours to know. 120 km/h is China's limit on motorways.
FASTEST_M_PER_S = {"car": 120 / 3.6, "e_bike": 30 / 3.6, "walk": 8 / 3.6}


@dataclass(frozen=True, slots=True)
class Leg:
    """Seconds and metres on the way, and how far its ends are off the road where the service tells."""

    way_s: float
    distance_m: float
    off_road_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question to a service was about; everything that its answers depend on besides the way itself."""

    basis: str
    version: str
    terrain: str
    at: datetime
    calibration: Calibration

    def times(self, origins: Sequence[Origin], legs: Sequence[Leg | None]) -> list[TravelTime | None]:
        """Travel times for legs, in order; None for what the service did not know, and for what is far off the road."""
        return [
            None if leg is None else self._time(origin.mode, leg) for origin, leg in zip(origins, legs, strict=True)
        ]

    def _time(self, mode: str, leg: Leg) -> TravelTime | None:
        if leg.off_road_m > OFF_ROAD_LIMIT_M:
            return None
        band = hour_band(self.at)
        found = self.calibration.of(self.basis, mode, self.terrain, band)
        way_s = leg.way_s * found.factor + off_road_s(leg.off_road_m)
        p90_s = p90_of(way_s, found.spread or spread_of(mode, self.terrain, band))
        return TravelTime(
            round(TURN_OUT_S + way_s),
            round(p90_s),
            round(leg.distance_m + leg.off_road_m),
            self.basis,
            self.version + self.calibration.suffix,
        )
