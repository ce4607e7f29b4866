"""Travel time from a responder to a bed: one interface, several sources, every answer labelled with its basis."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, WGS-84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class TravelTime:
    """Seconds from setting out to the door (median and 90th percentile), metres, and what the answer rests on."""

    p50_s: int
    p90_s: int
    distance_m: int
    basis: str


class TravelTimes(Protocol):
    """A source of travel times; asked for many origins and one bed."""

    def to_bed(self, origins: list[tuple[Place, str]], bed: Place, terrain: str) -> list[TravelTime]:
        """One answer for each (place, travel mode), in order."""
        ...
