"""Escalating along channels: who has not been reached in one way is told in the next (I/O)."""

from datetime import datetime
from uuid import UUID

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.commands import Record
from carecircle_alerts.notify.traits import traits_of
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, deciding, fetch, read_case, run

ACTOR = "notify"
_MOST_AT_ONCE = 100
# As long as an offer stands there, nobody knows whether its responder has it.
_UNHEARD = frozenset({"QUEUED", "SENT"})
_UNPROVED = frozenset({"PENDING", "LEASED", "FAILED_TEMP", "PROVIDER_OK"})

_log = structlog.get_logger()


async def try_next_contact(connection: Connection, message_id: UUID, now: datetime) -> str | None:
    """Queue the message for the person's next contact; its channel, or None when all were tried.

    The caller holds the incident's lock.
    """
    await run(connection, "stop_escalating", id=message_id)
    rows = await fetch(connection, "tell_by_next_contact", id=message_id, now=now)
    return str(rows[0]["channel"]) if rows else None


async def escalate_silent(pool: AsyncConnectionPool[Connection], now: datetime) -> int:
    """Send on what has been silent for too long; returns how many messages were looked at.

    One whose incident is being worked on is left for the next round.
    """
    async with deciding(pool) as connection:
        silent = await fetch(connection, "silent_messages", now=now, limit=_MOST_AT_ONCE)
    looked_at = 0
    for row in silent:
        async with deciding(pool) as connection:
            if await fetch(connection, "lock_free_incident", incident_id=row["incident_id"]):
                await _escalate(connection, row["id"], now)
                looked_at += 1
    return looked_at


async def _escalate(connection: Connection, message_id: UUID, now: datetime) -> None:
    (fate,) = await fetch(connection, "message_fate", id=message_id)
    if fate["escalate_at"] is None or fate["escalate_at"] > now:
        return  # somebody else was first
    is_unheard = fate["audience"] != "offer" or fate["offer_state"] in _UNHEARD
    if fate["state"] not in _UNPROVED or not is_unheard:
        await run(connection, "stop_escalating", id=message_id)
        return
    channel = await try_next_contact(connection, message_id, now)
    if channel is None:
        return
    case = await read_case(connection, fate["incident_id"])
    why = f"{traits_of(fate['channel']).name}未确认送达，改用{traits_of(channel).name}"
    await Saving.of(connection, case, ACTOR, now).run([Record("next_channel", why)])
    _log.info("next_channel", message=str(message_id), channel=channel)
