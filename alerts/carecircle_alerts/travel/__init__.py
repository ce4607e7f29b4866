"""Travel time from a responder to a bed: one interface, several sources, every answer labelled with its basis.

Places and times are tuples, because a search makes and looks up some hundreds of each.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

# The basis of an offer where nobody can say how long the way is, because the bed has no position.
UNKNOWN = "unknown"


class Place(NamedTuple):
    """A point on the earth, WGS-84 degrees."""

    lat: float
    lon: float


class Origin(NamedTuple):
    """From where somebody sets out, and how: `walk`, `e_bike` or `car`."""

    place: Place
    mode: str


class TravelTime(NamedTuple):
    """Seconds from the alarm on the phone to the door (median and 90th percentile), metres, and what it rests on.

    `version` names the parameters, or the road extract, by which it was computed.
    """

    p50_s: int
    p90_s: int
    distance_m: int
    basis: str
    version: str = ""


class TravelTimes(Protocol):
    """A source of travel times; asked for many origins and one bed."""

    async def to_bed(self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime) -> list[TravelTime]:
        """One answer for each origin, in order, for setting out at `at` (UTC); never raises, never hangs."""
        ...

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:
        """Metres by air in a second that no answer outruns; what proves that nobody nearer was left out."""
        ...

    def is_fallback(self, basis: str) -> bool:
        """Whether an answer on this basis means that better sources are set up and none of them has answered."""
        ...
