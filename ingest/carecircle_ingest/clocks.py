"""Clocks: the time under which a message is kept when its device's own clock cannot be right (pure).

A correction, once made for a device and a boot, is used again and never changed: a message that comes twice must get
the same time twice, because the time is part of the key under which it counts once.
"""

from collections.abc import Iterable
from typing import NamedTuple

from carecircle.device_clock import AHEAD, OLDEST_HISTORY
from carecircle.rejected import Reason, Rejected

_AHEAD_MS = int(AHEAD.total_seconds() * 1000)
_OLDEST_MS = int(OLDEST_HISTORY.total_seconds() * 1000)
_MOST = 16  # corrections of one boot; a clock that jumps more often is no clock


class Correction(NamedTuple):
    """`offset_ms` is added to the clock of a device in one boot, for what it says from `from_at_ms` on (its own time).

    A clock that was ahead and is set right in the same boot is corrected until that boot ends, because its repeats
    cannot be told from its new messages; the mark on the rows shows it.
    """

    bed: str
    device: str
    boot: int
    from_at_ms: int
    offset_ms: int


def is_plausible(lag_ms: int) -> bool:
    """Whether a message may come this long after its measurement, as the device's clock tells it."""
    return -_AHEAD_MS <= lag_ms <= _OLDEST_MS


class Clocks:
    """The corrections in force. New ones wait in `unsaved` until the batch that made them is committed."""

    def __init__(self, known: Iterable[Correction] = ()) -> None:
        self._corrections: dict[tuple[str, str, int], list[Correction]] = {}
        self.unsaved: list[Correction] = []
        for correction in known:
            self._add(correction)

    def offset_ms(self, bed: str, device: str, boot: int, at_ms: int, received_ms: int) -> int | Rejected | None:
        """What to add to `at_ms`; None where the device's clock is believed."""
        lag_ms = received_ms - at_ms
        corrections = self._corrections.get((bed, device, boot)) if self._corrections else None
        if corrections is None:
            if -_AHEAD_MS <= lag_ms <= _OLDEST_MS:
                return None
            corrections = []
        for one in corrections:
            if at_ms >= one.from_at_ms and is_plausible(lag_ms - one.offset_ms):
                return one.offset_ms
        if is_plausible(lag_ms):
            return None
        if len(corrections) >= _MOST:
            return Rejected(Reason.WILD_CLOCK, f"the device's clock was wrong in {_MOST} ways since its start")
        correction = Correction(bed, device, boot, at_ms, lag_ms)
        self._add(correction)
        self.unsaved.append(correction)
        return lag_ms

    def saved(self, corrections: Iterable[Correction]) -> None:
        """These are committed."""
        done = set(corrections)
        self.unsaved = [one for one in self.unsaved if one not in done]

    def _add(self, correction: Correction) -> None:
        self._corrections.setdefault(correction[:3], []).append(correction)
