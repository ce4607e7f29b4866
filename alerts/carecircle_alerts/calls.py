"""Calls: a call for help becomes an incident, or joins the one that is open, once and whatever dies (I/O)."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from carecircle.payloads import Command as HomeCommand
from carecircle.payloads import Event, Received, encode_payload
from carecircle.topics import Kind as TopicKind
from carecircle.topics import Topic
from carecircle_alerts.called import Called
from carecircle_alerts.commands import Command, Record
from carecircle_alerts.escalation import opening, pressed_again
from carecircle_alerts.incident import PRIORITY, Kind
from carecircle_alerts.opening import ACTOR, Danger, Held, known_of, known_question, open_or_join
from carecircle_alerts.save import Saving, save_all
from carecircle_alerts.store import Connection, as_rows, fetch, run

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
        topic = Topic(self.topic.county, self.topic.bed, self.topic.device, TopicKind.COMMAND)
        received = Received(event=(self.event.boot, self.event.seq))
        return str(topic), encode_payload(HomeCommand(id=secrets.token_hex(8), received=received))


@dataclass(frozen=True, slots=True)
class _Heard:
    called: Called
    danger: Danger


async def answer(connection: Connection, called: Called, rules_version: int, now: datetime) -> UUID:
    """Answer one call as `answer_all` does; returns the incident that holds it, which may have ended since."""
    answered = await answer_all(connection, [called], rules_version, lambda: now)
    return answered[called.incident_id]


async def answer_all(
    connection: Connection, calls: Sequence[Called], rules_version: int, now: Callable[[], datetime]
) -> Mapping[UUID, UUID]:
    """Open an incident for each call, or add it to the one that is open; a repeated message does nothing.

    `rules_version` is that of the settings by which the beds are watched. Returns the incidents that hold the calls,
    by `incident_id` of the calls. However many call at once, each kind of row is written in one statement: one after
    the other, fifty calls wait two hundred times for the database.
    """
    # Each has its own moment, so that the queue shows them in their order.
    left = {called.incident_id: _Heard(called, _danger(called, now())) for called in calls}
    answered: dict[UUID, UUID] = {}
    while left:
        answered |= await _answer_some(connection, left.values(), rules_version)
        left = {name: one for name, one in left.items() if name not in answered}
    return answered


async def _answer_some(connection: Connection, heard: Collection[_Heard], rules_version: int) -> dict[UUID, UUID]:
    """Answer the first call of each bed and kind, and of those that are part of one incident the first.

    What comes after it finds the incident as this one has left it.
    """
    first: dict[tuple[str, Kind], _Heard] = {}
    for one in heard:
        first.setdefault((one.danger.bed_id, one.danger.kind), one)
    opened = await open_or_join(connection, [one.danger for one in first.values()])
    answered: dict[UUID, UUID] = {}
    held: dict[UUID, tuple[_Heard, Held]] = {}
    for one in first.values():
        name, incident = one.danger.id, opened[one.danger.id]
        if isinstance(incident, UUID):
            answered[name] = incident
        elif incident.case.incident.id == name and not incident.is_new:
            answered[name] = name  # whoever else reads the broker has opened it for this very call
        elif incident.case.incident.id not in held:
            answered[name] = incident.case.incident.id
            held[incident.case.incident.id] = one, incident
    if held:
        rows = [_row(one, incident_id) for incident_id, (one, _incident) in held.items()]
        await run(connection, "add_calls", calls=as_rows(rows), version=rules_version)
        await save_all(connection, [_decide(connection, one, incident) for one, incident in held.values()])
    return answered


def _decide(connection: Connection, one: _Heard, held: Held) -> tuple[Saving, list[Command]]:
    now, incident = one.danger.noticed_at, held.case.incident
    step = "incident_opened" if held.is_new else "call_repeated"
    _log.info(step, incident=str(incident.id), kind=one.danger.kind.value)
    saving = Saving.of(connection, held.case, ACTOR, now)
    if held.is_new:
        return saving, [Record("received", one.called.call.reason), *opening(held.case, now)]
    return saving, pressed_again(held.case, now)


async def not_answered(connection: Connection, calls: Sequence[Called]) -> list[Called]:
    """Those of a batch that are no repetition, in their order: each message once, and none that was seen before.

    Homes repeat a call until its receipt comes. When receipts are slow most of a batch is repeats, and if each of them
    cost its own look the engine would fall behind further, and homes would repeat more.
    """
    first = {(one.topic.bed, one.evidence): one for one in reversed(calls)}
    fresh = [one for one in calls if first[one.topic.bed, one.evidence] is one]
    named = {one.message for one in fresh if one.message is not None}
    if len(calls) < _A_FEW or not named:
        return fresh
    query, about = known_question(named)
    known = known_of(await fetch(connection, query, **about))
    return [one for one in fresh if one.message not in known]


def _row(one: _Heard, incident_id: UUID) -> dict[str, object]:
    """What is remembered of a call: a signal, where its message could be read, and an alarm."""
    danger, event = one.danger, one.called.event
    return {
        "bed_id": danger.bed_id, "device": danger.device, "boot": event.boot if event else None,
        "seq": event.seq if event else None, "kind": danger.kind, "priority": danger.priority,
        "pressed_at": danger.happened_at, "received_at": one.called.received_at, "noted_at": danger.noticed_at,
        "why": {"code": "call", "late": danger.late}, "incident_id": incident_id,
    }  # fmt: skip


def _danger(called: Called, now: datetime) -> Danger:
    call = called.call
    return Danger(
        id=called.incident_id,
        bed_id=called.topic.bed,
        kind=call.kind,
        priority=PRIORITY[call.kind],
        device=called.topic.device,
        happened_at=call.pressed_at,
        noticed_at=now,
        # A late call has no chance of its 15 minutes any more; its clock starts when it is known.
        starts_at=now if call.late else call.pressed_at,
        late=call.late,
        message=called.message,
    )
