"""Alarms: what rules have found becomes rows, incidents and timers, in the transaction of the batch (I/O).

Nothing that a rule finds is dropped: what is put aside, part of a flood, or older than it may be to be told at once,
is written down as such, and comes back when the reason is over and the condition still stands. What is held back
because its device is in doubt is written down as well; the watch itself raises it anew once there is reason to.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from psycopg.types.json import Jsonb

from carecircle.identity import incident_id
from carecircle_alerts.commands import EVERY_TIMER, Close, Command, NewRound, Record
from carecircle_alerts.escalation import opening
from carecircle_alerts.incident import FAMILY, Family, Kind, OutcomeCode, State
from carecircle_alerts.opening import ACTOR, Danger, Held, open_or_join
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.words import explain
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run
from carecircle_alerts.watch.hold import Change

_NOBODY = "系统"
_LATE = timedelta(minutes=10)
"""What was found in readings older than this is told only if it still stands a minute later."""
_FLOOD, _FLOOD_SPAN = 10, timedelta(minutes=10)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Found:
    """A signal with the bed that it is about. `version` is that of the settings by which it was judged."""

    bed_id: str
    county: str
    signal: Signal
    version: int


async def note(connection: Connection, found: Found, now: datetime) -> bool:
    """Write down one signal and do what it asks for; whether an incident was opened or touched."""
    if found.signal.change is Change.CLEARED:
        return await _clear(connection, found, now)
    if found.signal.change is Change.WEIGHED:
        return await _weigh(connection, found, now)
    signal, raised_at = found.signal, _time(found.signal.at)
    if signal.change is Change.HELD:
        held_back: str | None = "doubtful"
    else:
        held_back = "late" if now - raised_at > _LATE else await _why_put_off(connection, found, now)
    rows = await fetch(
        connection, "add_alarm", bed_id=found.bed_id, kind=signal.kind.value, device=signal.device,
        priority=signal.priority, raised_at=raised_at, now=now, why=Jsonb(signal.why), held_back=held_back,
        version=found.version,
    )  # fmt: skip
    if not rows or held_back is not None:
        return False
    await _tell(connection, found, rows[0]["id"], now)
    return True


async def return_held_back(connection: Connection, now: datetime) -> int:
    """Tell what was held back and whose reason is over; returns how many."""
    told = 0
    for row in await fetch(connection, "held_back", now=now):
        signal = Signal(
            Kind(row["kind"]), Change.RAISED, row["raised_at"].timestamp(), row["priority"], row["device"], row["why"]
        )
        found = Found(row["bed_id"], row["county"], signal, 0)
        if await _why_put_off(connection, found, now) is not None:
            continue
        # The first incident of this alarm may have been closed when it was put aside: this is another one.
        await _tell(connection, found, row["id"], now, again=True)
        told += 1
    return told


async def _why_put_off(connection: Connection, found: Found, now: datetime) -> str | None:
    rows = await fetch(connection, "is_shelved", bed_id=found.bed_id, kind=found.signal.kind.value, now=now)
    if rows[0]["shelved"]:
        return "shelved"
    return "flood" if await _is_flooded(connection, found, now) else None


async def _is_flooded(connection: Connection, found: Found, now: datetime) -> bool:
    """Whether the desk has had enough: in a flood repairs wait, people never do."""
    if FAMILY[found.signal.kind] is not Family.TECHNICAL:
        return False
    rows = await fetch(connection, "recent_technical", county=found.county, since=now - _FLOOD_SPAN)
    return int(rows[0]["alarms"]) >= _FLOOD


async def _tell(connection: Connection, found: Found, alarm_id: int, now: datetime, *, again: bool = False) -> None:
    signal = found.signal
    reason = explain(signal.kind, signal.why, signal.device)
    evidence = f"{signal.device}/{signal.at:.0f}" + (f"/{now.timestamp():.0f}" if again else "")
    danger = Danger(
        id=incident_id(found.bed_id, signal.kind, evidence),
        bed_id=found.bed_id,
        kind=signal.kind,
        priority=signal.priority,
        device=signal.device,
        happened_at=_time(signal.at),
        noticed_at=now,
        starts_at=now,
    )
    held = (await open_or_join(connection, [danger]))[danger.id]
    if not isinstance(held, Held):
        # Closed by somebody between the two questions: what still stands in a minute is told then.
        await run(connection, "hold_back", id=alarm_id)
        return
    case = held.case
    saving = Saving.of(connection, case, ACTOR, now)
    if held.is_new:
        await saving.run([Record("received", reason), *opening(case, now)])
    else:
        await saving.run([Record("alarm_again", reason)])
        await run(connection, "condition_back", incident_id=case.incident.id, priority=signal.priority)
    await run(connection, "tie_alarm", id=alarm_id, incident_id=case.incident.id)
    _log.info("alarm_raised", incident=str(case.incident.id), kind=signal.kind.value, opened=held.is_new)


async def _clear(connection: Connection, found: Found, now: datetime) -> bool:
    signal, at = found.signal, _time(found.signal.at)
    rows = await fetch(
        connection, "clear_alarms", bed_id=found.bed_id, kind=signal.kind.value, device=signal.device, at=at
    )
    for incident in {row["incident_id"] for row in rows if row["incident_id"] is not None}:
        case = await load_case(connection, incident)
        gone = await fetch(connection, "is_condition_gone", incident_id=incident)
        if case.is_ended() or not gone[0]["gone"]:
            continue
        await run(connection, "condition_gone", incident_id=incident, at=at)
        saving = Saving.of(connection, case, ACTOR, now)
        await saving.run([Record("cleared", "已恢复")])
        ends_by_itself = case.incident.family in {Family.TECHNICAL, Family.BEHAVIOUR} and (
            case.incident.owner_account_id is None and case.incident.state is State.RECEIVED
        )
        if ends_by_itself:
            await saving.run(ended_by_itself())
    return bool(rows)


async def _weigh(connection: Connection, found: Found, now: datetime) -> bool:
    confidence = str(found.signal.why["code"])
    rows = await fetch(connection, "set_confidence", bed_id=found.bed_id, confidence=confidence)
    for row in rows:
        case = await load_case(connection, row["id"])
        reason = explain(found.signal.kind, found.signal.why)
        await Saving.of(connection, case, ACTOR, now).run([Record("weighed", reason)])
    return bool(rows)


def ended_by_itself() -> list[Command]:
    """The end of what nobody has taken and what is over; never a call for help, which the database refuses as well."""
    return [NewRound(EVERY_TIMER), Close(OutcomeCode.CLEARED, _NOBODY, "情况已自行恢复，无人处理")]


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
