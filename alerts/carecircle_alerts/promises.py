"""Promises: looks every 15 s for what must never be, puts right what it can, and says so to whoever watches (I/O).

Any number of processes may look; one of them does at a time. What it finds stands in the pulse `promises`, which the
console's light and its health page read. An outside watch (a "dead man's switch") is pinged only while all is well, so
that silence of this check, of the engine and of the database is an alarm somewhere else.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.bed_tests.holding import make_call
from carecircle_alerts.escalation import nobody_is_there
from carecircle_alerts.http_client import HttpClient, NotAnAddressError, UnansweredError
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run

ACTOR = "promises"
EVERY_S = 15.0
# A timer is answered, and a held test press ended, within a quarter of a second; 5 s late means that nobody answers.
_LATE_S = 5.0
# A lease lasts 30 s and a pause between tries 60 s at most: what is later than this is forgotten.
_STUCK_S = 120.0
_LOCK = 0x0CA2E15
_PING_TIMEOUT_S = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many cases of each broken promise there are; `by_promise` is empty when all are kept."""

    by_promise: dict[str, int]

    @property
    def is_kept(self) -> bool:
        """Whether nothing is broken."""
        return not self.by_promise


async def check_promises(pool: AsyncConnectionPool[Connection], now: datetime) -> Verdict | None:
    """Look once, heal, and leave the pulse; None when another process is looking."""
    async with pool.connection() as connection:
        (held,) = await fetch(connection, "try_check_lock", lock=_LOCK)
        if not held["held"]:
            return None
        broken = await fetch(connection, "broken_promises", now=now, late_s=_LATE_S, stuck_s=_STUCK_S)
        found: dict[str, list[str]] = {}
        for row in broken:
            found.setdefault(row["promise"], []).append(row["subject"])
        verdict = Verdict({promise: len(subjects) for promise, subjects in sorted(found.items())})
        await run(connection, "pulse", service="promises", now=now, detail=Jsonb({"broken": verdict.by_promise}))
    for promise, subjects in found.items():
        _log.error("promise_broken", promise=promise, count=len(subjects), first=subjects[0])
    for subject in found.get("unattended", ()):
        await _attend(pool, UUID(subject), now)
    for _press in found.get("held_press_overdue", ()):
        if not await make_call(pool, now):
            break  # somebody else has it in hand
    return verdict


async def _attend(pool: AsyncConnectionPool[Connection], incident_id: UUID, now: datetime) -> None:
    """An open incident that nothing and nobody would come back to is offered to the centre anew."""
    async with pool.connection() as connection:
        case = await load_case(connection, incident_id)
        if not case.is_ended():
            await Saving.of(connection, case, ACTOR, now).run(nobody_is_there(now))


async def ping(client: HttpClient, url: str) -> None:
    """Tell the outside watch that all is well; it is somebody else's, so that no answer is no reason to stop."""
    try:
        async with asyncio.timeout(_PING_TIMEOUT_S):
            answer = await client.get(url)
    except (UnansweredError, NotAnAddressError, TimeoutError) as error:
        _log.warning("deadman_unreachable", error=type(error).__name__)
        return
    if not answer.is_success:
        _log.warning("deadman_refuses", status=answer.status)
