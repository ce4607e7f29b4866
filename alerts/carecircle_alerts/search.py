"""Search: what due timers ask for, on the people who are there, alone or jointly, and nobody asked by two (I/O)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from carecircle_alerts.commands import Command, DueKind, MakeOffer
from carecircle_alerts.escalation import NEEDS_RANKING, decide
from carecircle_alerts.incident import Case
from carecircle_alerts.nearby import Looking, Picture, rank_for
from carecircle_alerts.ranking import Candidate, WhyNot
from carecircle_alerts.store import fetch_each
from carecircle_alerts.surge import share_out
from carecircle_alerts.travel import TravelTimes


@dataclass(frozen=True, slots=True)
class Question:
    """A timer of an incident that is due."""

    case: Case
    kind: DueKind
    subject: UUID | None = None


async def answer(
    picture: Picture, questions: Sequence[Question], travel: TravelTimes, *, by_list: bool = False
) -> list[list[Command]]:
    """What is to be done about each, at most one question an incident; who is to be asked is claimed until the commit.

    The caller holds these incidents. Others are never waited for: whom another one is asking at this moment is left to
    it, and the decision is made anew without them. `by_list` and `IndexFailed` are those of `rank_for`.
    """
    candidates = await _candidates(picture, questions, travel, by_list=by_list)
    lost: set[str] = set()
    while True:
        answers, wanted = _decide_in_turn(questions, candidates, lost, picture.now)
        if not (taken := await _claim(picture, wanted)):
            for who, incident_id in wanted.items():
                picture.asks(incident_id, who)
            return answers
        lost |= taken


async def _candidates(
    picture: Picture, questions: Sequence[Question], travel: TravelTimes, *, by_list: bool
) -> dict[UUID, list[Candidate]]:
    """Of those whose answer depends on who is there, by incident."""
    cases = [one.case for one in questions if one.kind in NEEDS_RANKING]
    if not by_list:
        await picture.look_ahead(cases)
    # At once, because each may wait for a map service; all of them are over before anything is raised.
    found = await asyncio.gather(
        *(rank_for(picture, case, travel, by_list=by_list) for case in cases), return_exceptions=True
    )
    each: list[Looking] = []
    for case, ranked in zip(cases, found, strict=True):
        if isinstance(ranked, BaseException):
            raise ranked
        each.append((case, ranked))
    shared = await share_out(picture, each, travel)
    return {case.incident.id: candidates for case, candidates in zip(cases, shared, strict=True)}


def _decide_in_turn(
    questions: Sequence[Question], candidates: Mapping[UUID, list[Candidate]], lost: set[str], now: datetime
) -> tuple[list[list[Command]], dict[str, UUID]]:
    """The answers, none of which asks anybody of `lost` or whom one before it asks; and who is asked about which."""
    answers: list[list[Command]] = []
    wanted: dict[str, UUID] = {}
    for one in questions:
        incident_id = one.case.incident.id
        gone = lost | wanted.keys()
        free = [
            each.not_asked(WhyNot.BUSY) if each.responder.id in gone else each
            for each in candidates.get(incident_id, [])
        ]
        commands = decide(one.case, one.kind, one.subject, free, now)
        wanted |= {each.candidate.responder.id: incident_id for each in commands if isinstance(each, MakeOffer)}
        answers.append(commands)
    return answers, wanted


async def _claim(picture: Picture, wanted: Mapping[str, UUID]) -> set[str]:
    """Claim these people; returns those whom somebody else asks or has asked since they were looked at.

    First the claims, then a second look: whoever asked one of them before has committed by then, and whoever comes
    later finds the claim. A claim is tried and never waited for, so that no two decisions can wait for each other.
    """
    if not wanted:
        return set()
    about = {"ids": list(wanted), "incident_ids": list(wanted.values()), "now": picture.now}
    # One after the other all the same: the second look sees what is committed by then.
    claimed, taken = await fetch_each(picture.connection, ("claim", about), ("taken", about))
    return wanted.keys() - {row["id"] for row in claimed} | {row["id"] for row in taken}
