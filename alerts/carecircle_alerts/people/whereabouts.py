"""Whereabouts: from where somebody would set out, and how that is known (pure).

A position counts only while it is fresh: somebody who was at a door yesterday is not there now. With an old one, or
none, they are looked for where they usually are: at their base, or, for staff, at their provider. That is said with the
offer and in the console, because it is a likelihood and not a measurement. Who has no such place is not asked.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from carecircle_alerts.travel import Place


class PlaceFrom(StrEnum):
    """How it is known where somebody is."""

    POSITION = "position"
    BASE = "base"
    PROVIDER = "provider"


class Known(NamedTuple):
    """All that is known of where somebody may be."""

    position: Place | None = None
    position_at: datetime | None = None
    base: Place | None = None
    provider: Place | None = None


class Whereabouts(NamedTuple):
    """From where somebody would set out; `age_s` is that of the position, however old, None where there is none.

    `is_stale` says that a position is known and too old, whether something else stands in for it or not.
    """

    place: Place | None
    known_by: PlaceFrom | None
    age_s: int | None
    is_stale: bool


def whereabouts(known: Known, valid_s: int, now: datetime) -> Whereabouts:
    """The freshest place there is; a position whose clock runs ahead of ours counts as new."""
    age = None
    if known.position is not None and known.position_at is not None:
        age = max(timedelta(), now - known.position_at)
        if age <= timedelta(seconds=valid_s):
            return Whereabouts(known.position, PlaceFrom.POSITION, int(age.total_seconds()), is_stale=False)
    age_s = int(age.total_seconds()) if age is not None else None
    is_stale = known.position is not None
    for place, known_by in ((known.base, PlaceFrom.BASE), (known.provider, PlaceFrom.PROVIDER)):
        if place is not None:
            return Whereabouts(place, known_by, age_s, is_stale)
    return Whereabouts(None, None, age_s, is_stale)
