"""Twins: the documents that the live path keeps of a bed, as the interface shows them (pure)."""

from datetime import UTC, datetime
from typing import Any

from carecircle_console.views import Capability, Protection, Whereabouts


def whereabouts_of(person: dict[str, Any]) -> Whereabouts | None:
    """None for a bed of which nothing was ever heard."""
    if not person:
        return None
    return Whereabouts(
        place=person["place"],
        asleep=person["asleep"],
        since=_moment(person.get("since")),
        seen_at=_moment(person.get("seen")),
    )


def protection_of(document: dict[str, Any]) -> Protection | None:
    """None for a bed of which nothing was ever heard."""
    if not document:
        return None
    at = _moment(document["at"])
    assert at is not None
    return Protection(
        state=document["state"],
        at=at,
        capabilities=tuple(
            Capability(
                capability=one["capability"],
                device=one["device"],
                holds=one["holds"],
                why=one["why"],
                heard_at=_moment(one["heard"]),
                valid_s=one["valid_s"],
            )
            for one in document["capabilities"]
        ),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
