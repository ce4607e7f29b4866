"""Calibration: the corrections that count for the speeds of a source of travel times (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_VERSION = re.compile(r";cal-(\d+)$")


@dataclass(frozen=True, slots=True)
class Correction:
    """By how much the time on the way is multiplied, and its 90th percentile over the median (None: as assumed)."""

    factor: float = 1.0
    spread: float | None = None


UNCORRECTED = Correction()


@dataclass(frozen=True, slots=True)
class Group:
    """What is corrected together; an empty `terrain` and `hour_band` stand for all of them."""

    basis: str
    mode: str
    terrain: str = ""
    hour_band: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """One version of corrections; version 0 corrects nothing."""

    version: int = 0
    corrections: Mapping[Group, Correction] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """What is added to a version of travel times that were corrected by this."""
        return f";cal-{self.version}" if self.version else ""

    def of(self, basis: str, mode: str, terrain: str, hour_band: str) -> Correction:
        """The correction of the narrowest group that there is one for."""
        narrow = self.corrections.get(Group(basis, mode, terrain, hour_band))
        return narrow or self.corrections.get(Group(basis, mode)) or UNCORRECTED

    def least_factor(self, basis: str, mode: str) -> float:
        """The smallest factor by which times of a mode may be multiplied; 1 where nothing is corrected downwards."""
        factors = (one.factor for group, one in self.corrections.items() if (group.basis, group.mode) == (basis, mode))
        return min(1.0, *factors, 1.0)


def version_in(travel_version: str) -> int:
    """Which calibration a travel time was corrected by; 0 for none."""
    found = _VERSION.search(travel_version)
    return int(found[1]) if found else 0
