"""Figures: what each number of coverage means; this is the one place where they are defined (pure).

A **post** is a place from which help sets out, with how many people are there in each hour and how they travel. For a
day, staff stand at their station while it is open or they are on the roster, neighbours and volunteers stand where they
usually are; of a station that may send so many at once, no more are counted.

Of one bed in one hour, with the limit of its circle (`limits.py`: 15 min in town, 30 min in the country):
- **covered**: some post's 90th percentile is within the limit: nine of ten journeys arrive in time.
- **uncertain**: no post is that sure, but some post's median is within the limit.
- **not covered**: nobody's median is within the limit, or nobody is there at all, or no way is known to the bed.
- **estimated**: the travel times are straight-line estimates. The times are shown as such; whether the bed is covered
  is not said: the nearest by air is the truly nearest by road for only 60 to 70 % of beds (DOMAIN).
- **unlocated**: the bed has no coordinates; nobody can say how far it is.
- **people**: how many people are within the limit by their 90th percentile. **Backed up** (k = 2): at least two, so
  that the bed stays covered when one is sent elsewhere.
- **nearest**: of a covered bed the post with the smallest 90th percentile, of any other the one with the smallest
  median; **misses by**: its 90th percentile less the limit, in seconds, where that is above zero.

Of an area in one hour:
- **counted**: covered + uncertain + not covered + unlocated. A bed without coordinates counts and is never covered:
  leaving it out would let missing addresses look like good cover. An estimate is never counted.
- **share**: covered / counted; **backed-up share**: backed up / counted; none where no bed's way is known by road.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
"""The one time zone of the country; hours of coverage are its hours."""
LEVELS = (2, 4, 6, 9, 12)
"""Digits of a division code, by level."""
BACKUP_PEOPLE = 2
"""k: as many people within the limit make a bed backed up."""
MOST_PEOPLE = 3
"""People are counted up to here: whether it is three or thirty changes nothing that anybody does."""


class CoverState(StrEnum):
    """What is known of one bed in one hour."""

    COVERED = "covered"
    UNCERTAIN = "uncertain"
    NOT_COVERED = "not_covered"
    ESTIMATED = "estimated"
    UNLOCATED = "unlocated"


STATES = tuple(CoverState)
"""In the order of their codes in arrays."""
CODE: Mapping[CoverState, int] = {state: code for code, state in enumerate(STATES)}


@dataclass(frozen=True, slots=True)
class Counts:
    """Beds of an area in one hour, by state; `backed_up` of those that are covered."""

    covered: int = 0
    uncertain: int = 0
    not_covered: int = 0
    estimated: int = 0
    unlocated: int = 0
    backed_up: int = 0

    @property
    def beds(self) -> int:
        """All beds there are."""
        return self.counted + self.estimated

    @property
    def counted(self) -> int:
        """The beds of which something can be said."""
        return self.covered + self.uncertain + self.not_covered + self.unlocated

    @property
    def share(self) -> float | None:
        """Covered of counted, 0 to 1."""
        return self._of_counted(self.covered)

    @property
    def uncertain_share(self) -> float | None:
        """Uncertain of counted, 0 to 1."""
        return self._of_counted(self.uncertain)

    @property
    def backed_up_share(self) -> float | None:
        """Backed up of counted, 0 to 1."""
        return self._of_counted(self.backed_up)

    def __add__(self, other: Self) -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def _of_counted(self, part: int) -> float | None:
        return part / self.counted if self.counted > self.unlocated else None


def figures_of(counts: Counts) -> dict[str, Any]:
    """Counts and shares of one area, as a document."""
    found: dict[str, Any] = {"beds": counts.beds, "counted": counts.counted}
    found |= {state.value: getattr(counts, state.value) for state in STATES}
    return found | {
        "backed_up": counts.backed_up,
        "share": counts.share,
        "uncertain_share": counts.uncertain_share,
        "backed_up_share": counts.backed_up_share,
    }
