"""Calls: a call for help becomes an incident, or joins the one that is open, once and whatever dies (I/O)."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from carecircle.clock import Clock
from carecircle.payloads import Command, Event, Received, encode_payload
from carecircle.topics import Kind, Topic
from carecircle_alerts.called import Called
from carecircle_alerts.commands import Record
from carecircle_alerts.escalation import opening, pressed_again
from carecircle_alerts.incident import PRIORITY
from carecircle_alerts.opening import ACTOR, Danger, open_or_join
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, run

# Below this each call is looked up by itself when it is answered.
_A_FEW = 3

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a home is to be told: this event is committed."""

    topic: Topic
    event: Event

    def command(self) -> tuple[str, bytes]:
        """Topic and payload of the command."""
        topic = Topic(self.topic.county, self.topic.bed, self.topic.device, Kind.COMMAND)
        received = Received(event=(self.event.boot, self.event.seq))
        return str(topic), encode_payload(Command(id=secrets.token_hex(8), received=received))


async def answer(connection: Connection, called: Called, rules_version: int, now: datetime) -> UUID:
    """Open an incident for a call, or add the call to the one that is open; a repeated message does nothing.

    `rules_version` is that of the settings by which the bed is watched. Returns the incident that holds the call,
    which may have ended since.
    """
    if known := await _known(connection, called):
        return known
    joined = await open_or_join(connection, _danger(called, now), now)
    if joined is None:
        return called.incident_id
    opened, case = joined
    # Whoever else reads the broker, as the lifeline does, may have committed this very call since we looked.
    if not opened and (case.incident.id == called.incident_id or await _known(connection, called)):
        return case.incident.id
    if called.event is not None:
        await run(
            connection, "add_signal", bed_id=called.topic.bed, device=called.topic.device, boot=called.event.boot,
            seq=called.event.seq, kind=called.call.kind.value, measured_at=called.call.pressed_at,
            received_at=called.received_at, incident_id=case.incident.id,
        )  # fmt: skip
    await run(
        connection, "add_call", bed_id=called.topic.bed, kind=called.call.kind.value, device=called.topic.device,
        priority=PRIORITY[called.call.kind], raised_at=called.call.pressed_at, now=now,
        why=Jsonb({"code": "call", "late": called.call.late}), incident_id=case.incident.id,
        version=rules_version,
    )  # fmt: skip
    saving = Saving.of(connection, case, ACTOR, now)
    if opened:
        await saving.run([Record("received", called.call.reason), *opening(case, now)])
    else:
        await saving.run(pressed_again(case, now))
    step = "incident_opened" if opened else "call_repeated"
    _log.info(step, incident=str(case.incident.id), kind=called.call.kind.value)
    return case.incident.id


async def answer_all(connection: Connection, calls: Sequence[Called], rules_version: int, clock: Clock) -> None:
    """Answer the calls of a batch, those of one bed in their order and different beds side by side.

    Their statements go to the database together: one after the other, fifty calls wait two hundred times for it, and in
    a storm each time for whatever else this process is doing.
    """
    of_bed: dict[str, list[Called]] = {}
    for called in calls:
        of_bed.setdefault(called.topic.bed, []).append(called)

    async def answer_bed(one: list[Called]) -> None:
        for called in one:
            # Each has its own moment, so that the queue shows them in their order.
            await answer(connection, called, rules_version, clock.now())

    # All of them are over before anything is raised: nothing may still run on a connection that is given back.
    for failed in await asyncio.gather(*map(answer_bed, of_bed.values()), return_exceptions=True):
        if failed is not None:
            raise failed


async def not_answered(connection: Connection, calls: Sequence[Called]) -> list[Called]:
    """Those of a batch that are no repetition, in their order: each message once, and none that was seen before.

    Homes repeat a call until its receipt comes. When receipts are slow most of a batch is repeats, and if each of them
    cost its own look the engine would fall behind further, and homes would repeat more.
    """
    first = {(one.topic.bed, one.evidence): one for one in reversed(calls)}
    fresh = [one for one in calls if first[one.topic.bed, one.evidence] is one]
    named = [(one.topic.bed, one.topic.device, one.event.boot, one.event.seq) for one in fresh if one.event is not None]
    if len(calls) < _A_FEW or not named:
        return fresh
    beds, devices, boots, seqs = map(list, zip(*named, strict=True))
    rows = await fetch(connection, "known_signals", beds=beds, devices=devices, boots=boots, seqs=seqs)
    known = {(row["bed_id"], row["device"], row["boot"], row["seq"]) for row in rows}
    return [
        one
        for one in fresh
        if one.event is None or (one.topic.bed, one.topic.device, one.event.boot, one.event.seq) not in known
    ]


async def _known(connection: Connection, called: Called) -> UUID | None:
    if called.event is None:
        return None
    found = await fetch(
        connection, "find_signal", bed_id=called.topic.bed, device=called.topic.device, boot=called.event.boot,
        seq=called.event.seq,
    )  # fmt: skip
    incident_id: UUID | None = found[0]["incident_id"] if found else None
    return incident_id


def _danger(called: Called, now: datetime) -> Danger:
    topic, call, event = called.topic, called.call, called.event
    return Danger(
        id=called.incident_id,
        bed_id=topic.bed,
        kind=call.kind,
        priority=PRIORITY[call.kind],
        device=topic.device,
        happened_at=call.pressed_at,
        # A late call has no chance of its 15 minutes any more; its clock starts when it is known.
        starts_at=now if call.late else call.pressed_at,
        late=call.late,
        event=(event.boot, event.seq) if event is not None else None,
    )
