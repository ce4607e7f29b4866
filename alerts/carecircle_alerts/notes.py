"""Notes: offers, timers, audit rows and messages to relatives of decisions, written together at their end (I/O)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from carecircle_alerts.incident import Verification
from carecircle_alerts.store import Connection, as_rows, run

# Without a receipt for this long the next contact of a relative or a dispatcher is tried (engineering proposal).
NO_RECEIPT_S = 60

_OFFER = (
    "incident_ids", "ids", "responder_ids", "waves", "ranks", "p50s", "p90s", "bases", "versions", "distances",
    "expire", "forced", "tracks",
)  # fmt: skip


class Timer(Struct):
    """A timer; one that is alone of its kind ends those of its incident that were set before."""

    incident_id: UUID
    due_at: datetime
    epoch: int
    kind: str
    subject: UUID | None
    is_alone: bool


class Entry(Struct):
    """An audit row."""

    incident_id: UUID
    at: datetime
    epoch: int
    step: str
    actor: str
    reason: str
    detail: Mapping[str, object]


class ToFamily(Struct):
    """A message to whoever of a bed's relatives may be told."""

    incident_id: UUID
    bed_id: str
    at: datetime
    step: str
    content: Mapping[str, object]
    is_urgent: bool


@dataclass(slots=True)
class Notes:
    """What the decision about one incident writes down; by itself each row would cost a statement.

    `offers` are in the order of `_OFFER`, `offered` has id, content and the seconds to wait for a receipt of each.
    """

    incident_id: UUID
    offers: list[tuple[object, ...]] = field(default_factory=list)
    offered: list[tuple[UUID, str, int]] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    to_family: list[ToFamily] = field(default_factory=list)
    verification: Verification | None = None

    def carry_timers(self, epoch: int) -> None:
        """Timers that were set before a new epoch began go on in it."""
        for timer in self.timers:
            timer.epoch = epoch

    def drop_timers(self, kinds: set[str]) -> None:
        """Timers of these kinds that are to be set are not."""
        self.timers = [timer for timer in self.timers if timer.kind not in kinds]


async def write_down(connection: Connection, now: datetime, notes: Sequence[Notes]) -> None:
    """The offers, the new timers and the audit rows of these incidents, and what is known of whether they are real."""
    await write_offers(connection, now, notes)
    verified = [{"incident_id": one.incident_id, "verification": one.verification} for one in notes if one.verification]
    if verified:
        await run(connection, "verify_incidents", verified=as_rows(verified))
    if timers := [timer for one in notes for timer in one.timers]:
        await run(connection, "remind", timers=as_rows(timers))
    if entries := [entry for one in notes for entry in one.entries]:
        await run(connection, "add_entries", entries=as_rows(entries))
    for one in notes:
        one.timers, one.entries, one.verification = [], [], None


async def tell_families(connection: Connection, notes: Sequence[Notes]) -> None:
    """The messages to relatives."""
    if told := [message for one in notes for message in one.to_family]:
        await run(connection, "tell_family", told=as_rows(told), no_receipt_s=NO_RECEIPT_S)
    for one in notes:
        one.to_family = []


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
