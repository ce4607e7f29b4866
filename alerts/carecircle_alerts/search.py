"""Search: what a due timer asks for, on the people who are there, alone or jointly, and nobody asked by two (I/O)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from carecircle_alerts.commands import Command, DueKind, MakeOffer
from carecircle_alerts.escalation import NEEDS_RANKING, decide
from carecircle_alerts.incident import Case
from carecircle_alerts.ranking import Candidate, WhyNot
from carecircle_alerts.store import Connection, fetch_each, rank_for
from carecircle_alerts.surge import share_out
from carecircle_alerts.travel import TravelTimes


async def answer(
    connection: Connection, case: Case, kind: DueKind, subject: UUID | None, travel: TravelTimes, now: datetime, *,
    by_list: bool = False,
) -> list[Command]:  # fmt: skip
    """What is to be done; everybody who is to be asked is claimed until the transaction ends.

    The caller holds the incident. Other incidents are never waited for: whom another one is asking at this moment is
    left to it, and the decision is made anew without them. `by_list` and `IndexFailed` are those of `rank_for`.
    """
    if kind not in NEEDS_RANKING:
        return decide(case, kind, subject, [], now)
    candidates = await rank_for(connection, case, travel, now, by_list=by_list)
    candidates = await share_out(connection, case, candidates, travel, now)
    while True:
        commands = decide(case, kind, subject, candidates, now)
        wanted = [one.candidate.responder.id for one in commands if isinstance(one, MakeOffer)]
        lost = await claim(connection, case.incident.id, wanted, now)
        if not lost:
            return commands
        candidates = [_lost(one) if one.responder.id in lost else one for one in candidates]


async def claim(connection: Connection, incident_id: UUID, ids: list[str], now: datetime) -> set[str]:
    """Claim these people; returns those whom somebody else asks or has asked since they were looked at.

    First the claims, then a second look: whoever asked one of them before has committed by then, and whoever comes
    later finds the claim. A claim is tried and never waited for, so that no two decisions can wait for each other.
    """
    if not ids:
        return set()
    about = {"ids": ids, "incident_id": incident_id, "now": now}
    # One after the other all the same: the second look sees what is committed by then.
    claimed, taken = await fetch_each(connection, ("claim", about), ("taken", about))
    return set(ids) - {row["id"] for row in claimed} | {row["id"] for row in taken}


def _lost(one: Candidate) -> Candidate:
    return replace(one, rank=None, in_circle=False, why_not=WhyNot.BUSY, why=WhyNot.BUSY.value)
