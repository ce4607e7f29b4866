"""Notes: offers, timers and audit rows of decisions, written together at their end (I/O)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from carecircle_alerts.store import Connection, run

_OFFER = (
    "incident_ids", "ids", "responder_ids", "waves", "ranks", "p50s", "p90s", "bases", "versions", "distances",
    "expire", "forced", "tracks",
)  # fmt: skip


@dataclass(slots=True)
class Notes:
    """What the decision about one incident writes down; by itself each row would cost a statement.

    `offers` are in the order of `_OFFER`, `offered` has id, content and the seconds to wait for a receipt of each,
    `timers` due, epoch, kind and subject, `entries` actor, epoch, step, reason and detail.
    """

    incident_id: UUID
    offers: list[tuple[object, ...]] = field(default_factory=list)
    offered: list[tuple[UUID, str, int]] = field(default_factory=list)
    timers: list[tuple[datetime, int, str, str | None]] = field(default_factory=list)
    entries: list[tuple[str, int, str, str, str]] = field(default_factory=list)

    def carry_timers(self, epoch: int) -> None:
        """Timers that were set before a new epoch began go on in it."""
        self.timers = [(at, epoch, kind, subject) for at, _epoch, kind, subject in self.timers]


async def write_down(connection: Connection, now: datetime, notes: Sequence[Notes]) -> None:
    """The offers, the new timers and the audit rows of these incidents."""
    await write_offers(connection, now, notes)
    timers = [(one.incident_id, *timer) for one in notes for timer in one.timers]
    if timers:
        incident_ids, at, epochs, kinds, subjects = map(list, zip(*timers, strict=True))
        await run(connection, "remind", incident_ids=incident_ids, at=at, epochs=epochs, kinds=kinds, subjects=subjects)
    entries = [(one.incident_id, *entry) for one in notes for entry in one.entries]
    if entries:
        incident_ids, actors, epochs, steps, reasons, details = map(list, zip(*entries, strict=True))
        await run(
            connection, "add_entries", incident_ids=incident_ids, now=now, actors=actors, epochs=epochs, steps=steps,
            reasons=reasons, details=details,
        )  # fmt: skip
    for one in notes:
        one.timers, one.entries = [], []


async def write_offers(connection: Connection, now: datetime, notes: Sequence[Notes]) -> None:
    """The offers, and the messages that hand them to those who are asked."""
    offers = [offer for one in notes for offer in one.offers]
    if offers:
        columns = dict(zip(_OFFER, map(list, zip(*offers, strict=True)), strict=True))
        await run(connection, "make_offers", now=now, **columns)
        await tell_offers(connection, now, [told for one in notes for told in one.offered], "offer")
    for one in notes:
        one.offers, one.offered = [], []


async def tell_offers(connection: Connection, now: datetime, told: Sequence[tuple[UUID, str, int]], step: str) -> None:
    """Messages about offers: id, content, and the seconds to wait for a receipt of each."""
    offer_ids, contents, no_receipt_s = map(list, zip(*told, strict=True))
    await run(
        connection, "tell_offers", now=now, offer_ids=offer_ids, contents=contents, no_receipt_s=no_receipt_s, step=step
    )
