"""Places of the demo: divisions and townships around Xining, read from the package's own file (I/O at first use)."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Literal

_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Position:
    """A point in degrees, WGS-84."""

    lat: float
    lon: float

    def moved(self, north_m: float, east_m: float) -> "Position":
        """The point so many metres away; the flat-earth error is below a metre within 10 km."""
        lat = self.lat + north_m / _METRES_PER_DEGREE
        lon = self.lon + east_m / (_METRES_PER_DEGREE * math.cos(math.radians(self.lat)))
        return Position(round(lat, 6), round(lon, 6))

    def scattered(self, rng: Random, *, least_m: float, most_m: float) -> "Position":
        """A point between `least_m` and `most_m` away, evenly spread over that ring."""
        distance = math.sqrt(rng.uniform(least_m**2, most_m**2))
        bearing = rng.uniform(0, 2 * math.pi)
        return self.moved(distance * math.cos(bearing), distance * math.sin(bearing))


def distance_m(a: Position, b: Position) -> float:
    """Metres between two points by air; good to 0.1 % within 50 km."""
    north = (b.lat - a.lat) * _METRES_PER_DEGREE
    east = (b.lon - a.lon) * _METRES_PER_DEGREE * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(north, east)


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division by its code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Township:
    """A subdistrict or township with the position of its centre; `altitude_m` is rounded."""

    code: str
    name: str
    centre: Position
    altitude_m: int
    terrain: Literal["city", "valley", "mountain"]
    is_herding: bool = False

    @property
    def county(self) -> str:
        """Its county's code."""
        return self.code[:6]

    @property
    def is_urban(self) -> bool:
        """Whether the urban call-service circle serves it."""
        return self.terrain == "city"

    @property
    def circle(self) -> Literal["urban", "rural", "herding"]:
        """Which kind of service circle serves it; in herding areas local people are the service."""
        if self.is_herding:
            return "herding"
        return "urban" if self.is_urban else "rural"


@dataclass(frozen=True, slots=True)
class Places:
    """The divisions down to the county, and the townships below them, both by code."""

    divisions: tuple[Division, ...]
    townships: tuple[Township, ...]

    def name_of(self, code: str) -> str:
        """The name of a division; raises `KeyError` for a code that is not among them."""
        return {division.code: division.name for division in self.divisions}[code]


@cache
def load_places() -> Places:
    """Read places.json; source and licence stand in the file."""
    document = json.loads(files("carecircle_sim").joinpath("places.json").read_text(encoding="utf-8"))
    return Places(
        divisions=tuple(Division(row["code"], row["name"]) for row in document["divisions"]),
        townships=tuple(
            Township(
                row["code"],
                row["name"],
                Position(row["lat"], row["lon"]),
                row["altitude_m"],
                row["terrain"],
                is_herding=row.get("herding", False),
            )
            for row in document["townships"]
        ),
    )
