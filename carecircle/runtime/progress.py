"""Progress: how a long set-up step tells whoever waits for it how far it is (pure)."""

from collections.abc import Callable
from dataclasses import dataclass

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """One report: what is being done, and where it is known how many bytes of how many."""

    step: str
    done_bytes: int | None = None
    total_bytes: int | None = None

    @property
    def percent(self) -> int | None:
        """Share of the step that is done, 0 to 100; None where the total is not known."""
        if self.done_bytes is None or not self.total_bytes:
            return None
        return min(100, self.done_bytes * 100 // self.total_bytes)

    def __str__(self) -> str:
        """The report as one short line, such as `downloading 12 of 53 MB (22 %)`."""
        if self.done_bytes is None:
            return self.step
        if not self.total_bytes:
            return f"{self.step} {self.done_bytes // _MEGABYTE} MB"
        total = round(self.total_bytes / _MEGABYTE)
        return f"{self.step} {self.done_bytes // _MEGABYTE} of {total} MB ({self.percent} %)"


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Report to nobody."""
    del progress
