"""Waking: whoever changes what makes people eligible has incidents that found nobody look round at once (I/O).

Part of the change's own transaction, so that nothing is woken by what does not come true. Whom time alone makes
eligible, `begins` looks for. Every way and what it wakes stands in `alerts/README.md`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from carecircle_alerts.store import Connection, fetch, run

# One person helps one incident; a few more than the gravest may be nearer to them (engineering proposal).
_WOKEN_AT_MOST = 10
# In a storm more run out of time in a second than can be looked at beside what else is due (engineering proposal).
RUN_OUT_AT_MOST = 50
# Everybody's early shift begins at once, in every county (engineering proposal).
WOKEN_BY_MANY = 200


async def wake_around(connection: Connection, ids: Sequence[str], now: datetime) -> int:
    """These people may be asked now as they could not before; how many incidents look round."""
    if not ids:
        return 0
    most = _WOKEN_AT_MOST if len(ids) == 1 else WOKEN_BY_MANY
    return len(await fetch(connection, "wake_around", ids=list(ids), now=now, most=most))


async def wake_for_run_out(connection: Connection, offer_ids: Sequence[UUID], now: datetime) -> int:
    """Nobody has answered these offers in time: how many others look round, who have not asked these people so far."""
    if not offer_ids:
        return 0
    # Two for one person, as where somebody declines; in a storm one for each, so that there is time for what is due.
    most = max(len(offer_ids), min(2 * len(offer_ids), _WOKEN_AT_MOST))
    return len(await fetch(connection, "wake_those_unasked", ids=list(offer_ids), now=now, most=most))


async def wake_incidents(connection: Connection, ids: Sequence[UUID], now: datetime) -> None:
    """These incidents may ask somebody now whom they could not ask before."""
    if ids:
        await run(connection, "wake_incidents", ids=list(ids), now=now)


async def wake_for_provider(connection: Connection, provider_id: str, now: datetime) -> None:
    """A provider may send people, or more of them, or from elsewhere, than before."""
    rows = await fetch(connection, "staff_of", provider_id=provider_id)
    await wake_around(connection, [row["id"] for row in rows], now)


async def wake_for_release(connection: Connection, responder_ids: Sequence[str], now: datetime) -> None:
    """These people have come back from a visit: they, and colleagues of whom no more were allowed to go out."""
    rows = await fetch(connection, "may_go_out", ids=list(responder_ids))
    await wake_around(connection, [row["id"] for row in rows], now)


async def wake_for_beds(connection: Connection, bed_ids: Sequence[str], now: datetime) -> None:
    """It is known by now where these beds are, or another provider answers for them."""
    if not bed_ids:
        return
    await run(connection, "wake_beds", ids=list(bed_ids), now=now)
