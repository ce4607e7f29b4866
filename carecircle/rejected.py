"""Why a message is not in history: the named reasons, under all but one of which quarantine keeps it (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A stable name for each way in which a message can be unreadable; of an erased bed nothing is kept at all."""

    WRONG_TOPIC = "wrong_topic"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    UNKNOWN_BED = "unknown_bed"
    WRONG_COUNTY = "wrong_county"
    ERASED_BED = "erased_bed"
    WILD_CLOCK = "wild_clock"
    NOT_STORABLE = "not_storable"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that was not understood: the reason by name and a sentence for the person who looks into it."""

    reason: Reason
    detail: str
