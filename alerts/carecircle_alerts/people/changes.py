"""Changes: duty and consent of one person, with what that means for offers they hold, in one transaction (I/O)."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from carecircle.errors import Conflict, NotFound
from carecircle_alerts import answers
from carecircle_alerts.commands import Audience, Command, Record, Tell
from carecircle_alerts.people.waking import wake_around
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, how the audit trail writes them, and why."""

    actor: str
    name: str
    reason: str = ""


async def record(
    connection: Connection, change: str, by: By, now: datetime, *, responder: str | None = None,
    provider: str | None = None, **detail: object,
) -> None:  # fmt: skip
    """One audit row about a responder or a provider."""
    await run(
        connection, "add_people_change", now=now, actor=by.actor, name=by.name, responder_id=responder,
        provider_id=provider, change=change, detail=Jsonb(detail), reason=by.reason,
    )  # fmt: skip


async def set_duty(connection: Connection, responder_id: str, by: By, now: datetime, *, on_duty: bool) -> None:
    """Go on duty or off.

    Who goes off declines what they are being asked, so that somebody else is asked at once; for who comes on, incidents
    around that have nobody look round at once and not at their next turn.
    """
    if not await fetch(connection, "set_duty", id=responder_id, on_duty=on_duty, now=now):
        raise NotFound("没有这位服务人员")
    await record(connection, "on_duty" if on_duty else "off_duty", by, now, responder=responder_id)
    if on_duty:
        await wake_around(connection, [responder_id], now)
    else:
        await _let_go(connection, responder_id, "已下岗", by, now)


async def withdraw_consent(
    connection: Connection, responder_id: str, by: By, now: datetime, how: str | None = None
) -> None:
    """From now on they are asked nothing, and their position is forgotten; what they are on, the centre is told of."""
    rows = await fetch(connection, "withdraw_consent", id=responder_id, now=now)
    if not rows:
        raise Conflict("没有可撤回的同意")
    await record(connection, "consent_withdrawn", by, now, responder=responder_id)
    await _write_into_ledger(connection, responder_id, by, now, now, how, None, given=False)
    await _let_go(connection, responder_id, "已撤回接单同意", by, now)
    for row in await fetch(connection, "active_assignments_of", responder_id=responder_id):
        case = await load_case(connection, row["incident_id"])
        reason = f"{rows[0]['name']}已撤回同意，当前任务请调度台确认是否继续"
        told: list[Command] = [Record("consent_withdrawn", reason)]
        told.append(Tell(Audience.DISPATCHER, f"consent_{row['id']}"))
        await Saving.of(connection, case, by.actor, now, by.name).run(told)


async def give_consent(
    connection: Connection, responder_id: str, consented_at: datetime, by: By, now: datetime,
    text_version: int | None = None, how: str | None = None,
) -> None:  # fmt: skip
    """They have agreed, on paper or otherwise, at a time that may be earlier than now but not later."""
    if consented_at > now:
        raise Conflict("同意时间不能晚于现在")
    if not await fetch(connection, "give_consent", id=responder_id, at=consented_at):
        raise NotFound("没有这位服务人员")
    at = consented_at.isoformat()
    await record(connection, "consent_given", by, now, responder=responder_id, consented_at=at)
    await _write_into_ledger(connection, responder_id, by, now, consented_at, how, text_version, given=True)
    await wake_around(connection, [responder_id], now)


async def _write_into_ledger(
    connection: Connection, responder_id: str, by: By, now: datetime, since: datetime, how: str | None,
    text_version: int | None, *, given: bool,
) -> None:  # fmt: skip
    # Without other word: a responder says it on their own phone, the centre writes down what it was told on another.
    how = how or ("own_device" if by.actor.startswith("responder:") else "phone")
    await run(
        connection, "add_responder_consent", now=now, id=responder_id, given=given, since=since, how=how,
        text_version=text_version, actor=by.actor, name=by.name, note=by.reason[:500],
    )  # fmt: skip


async def _let_go(connection: Connection, responder_id: str, reason: str, by: By, now: datetime) -> None:
    # In the order of the incidents' ids, as everywhere where several are held.
    for row in await fetch(connection, "open_offers_of", responder_id=responder_id):
        case = await load_case(connection, row["incident_id"])
        commands = answers.decline(case, row["id"], reason, now)
        await Saving.of(connection, case, by.actor, now, by.name).run(commands)
