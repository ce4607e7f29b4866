"""Stretch: which time of a bed late messages speak of, and until when it was judged without them (pure)."""

from dataclasses import dataclass

from carecircle_alerts.watch.seen import Seen


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the first late measurement until the last late arrival (Unix seconds); `device` and `key` name the last."""

    begin: float
    until: float
    device: str
    key: tuple[int, int]


def with_late(before: Stretch | None, seen: Seen) -> Stretch:
    """The stretch with one more late message."""
    if before is None:
        return Stretch(seen.at, seen.received, seen.device, seen.key)
    begin = min(before.begin, seen.at)
    if seen.received < before.until:
        return Stretch(begin, before.until, before.device, before.key)
    return Stretch(begin, seen.received, seen.device, seen.key)
