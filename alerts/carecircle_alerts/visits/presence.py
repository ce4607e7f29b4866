"""Presence: what shows that a helper is at the bed: their phone's place, the code at the bed, or their word (pure)."""

from dataclasses import dataclass
from enum import StrEnum

from carecircle_alerts.travel import Place
from carecircle_alerts.travel.straight_line import air_distance_m

# A large housing block, and what positions of phones between houses are off by (engineering proposal).
NEAR_M = 150
# A phone that does not know where it is could otherwise be anywhere (engineering proposal).
COUNTED_ACCURACY_M = 100


class Proof(StrEnum):
    """What shows that somebody is there."""

    GEOFENCE = "geofence"
    BED_CODE = "bed_code"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone believes to be, WGS-84, and by how many metres it may be wrong."""

    place: Place
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Presence:
    """How sure it is that somebody is there; `distance_m` by air, where a position was given."""

    proof: Proof
    distance_m: int | None = None
    accuracy_m: int | None = None

    @property
    def sentence(self) -> str:
        """As the timeline says it."""
        match self.proof:
            case Proof.BED_CODE:
                return "已到门口（床旁编码核对无误）"
            case Proof.GEOFENCE:
                return f"已到门口（定位距床位{distance_words(self.distance_m or 0)}）"
            case Proof.SAID if self.distance_m is not None:
                return f"已到门口（本人说明，定位距床位{distance_words(self.distance_m)}）"
            case Proof.SAID:
                return "已到门口（本人说明，未经核实）"


@dataclass(frozen=True, slots=True)
class TooFar:
    """The phone is somewhere else."""

    distance_m: int


def judge_position(position: Position, bed: Place | None, *, insists: bool) -> Presence | TooFar:
    """Whether a phone's place is at the bed; who insists is believed, and it is written down as their word.

    A bed without a position cannot speak for anybody: then it is their word as well.
    """
    accuracy_m = round(position.accuracy_m)
    if bed is None:
        return Presence(Proof.SAID, None, accuracy_m)
    distance_m = round(air_distance_m(position.place, bed))
    if distance_m - min(accuracy_m, COUNTED_ACCURACY_M) <= NEAR_M:
        return Presence(Proof.GEOFENCE, distance_m, accuracy_m)
    return Presence(Proof.SAID, distance_m, accuracy_m) if insists else TooFar(distance_m)


def distance_words(metres: int) -> str:
    """A distance as people say it."""
    return f"约{max(10, round(metres, -1))}米" if metres < 1000 else f"约{metres / 1000:.1f}公里"  # noqa: PLR2004
