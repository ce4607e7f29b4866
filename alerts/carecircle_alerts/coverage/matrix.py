"""Matrix: travel times from many posts to many beds at once, and who can give them (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.travel import Origin, Place

Seconds = NDArray[np.float32]
"""Travel times; infinite where there is no way."""
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

ESTIMATES = frozenset({"straight_line_model"})
"""Bases that guess a road from the air: good enough to send somebody, never published as coverage."""


def is_estimate(basis: str) -> bool:
    """Whether times of this basis are shown as estimates only and never counted."""
    return basis in ESTIMATES


@dataclass(frozen=True, slots=True)
class Ground:
    """A place to be reached, and the terrain around it (`city`, `valley`, `mountain`), which only estimates need."""

    place: Place
    terrain: str


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Seconds from the alarm on the phone to the door: rows are posts, columns are beds, in the order of the question.

    `p50_s` is the median, `p90_s` what nine of ten journeys need; both are infinite where there is no way. `basis` and
    `version` say what the times rest on, as in `TravelTime`.
    """

    p50_s: Seconds
    p90_s: Seconds
    basis: str
    version: str

    def columns(self, chosen: Indices | Flags) -> "Matrix":
        """The same for some of the beds."""
        return Matrix(self.p50_s[:, chosen], self.p90_s[:, chosen], self.basis, self.version)


class MatrixSource(Protocol):
    """A source of travel times for coverage."""

    @property
    def basis(self) -> str:
        """What the times rest on."""
        ...

    @property
    def version(self) -> str:
        """Which parameters or roads they were computed with."""
        ...

    def matrix(self, origins: Sequence[Origin], beds: Sequence[Ground], at: datetime) -> Matrix:
        """The times for setting out at `at` (UTC)."""
        ...

    def band(self, at: datetime) -> str:
        """The hours in which roads are equally fast have one name, so that they are computed once."""
        ...

    def farthest_m(self, mode: str, seconds: float) -> float:
        """An upper bound of how far by air somebody gets in this time."""
        ...
