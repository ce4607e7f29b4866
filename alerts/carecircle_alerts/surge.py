"""Surge: when incidents pile up, each decision looks at the others around it and leaves them their people (I/O)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from psycopg.rows import DictRow

from carecircle_alerts.in_steps import Steps
from carecircle_alerts.incident import Case, Family, State
from carecircle_alerts.nearby import Looking, Picture
from carecircle_alerts.ranking import Candidate
from carecircle_alerts.store import fetch
from carecircle_alerts.travel import TravelTimes

# So many incidents are looked at together, beside the first: those that are decided, and of the others the most urgent.
# More would cost each decision more than they change.
MOST_OTHERS = 50
_LEAST_OTHERS = 10
_UNCOMMITTED = frozenset({State.RECEIVED, State.SEARCHING, State.UNCOVERED})
# Who has so many offers out waits for answers and asks nobody now.
_ENOUGH_OFFERS = 2

# Whoever needs it meanwhile waits for the same reading, which then pauses no more.
_QUIETLY = Steps()

ShareAmong = Callable[[Picture, Sequence[Looking], Sequence[DictRow], TravelTimes], Awaitable[list[list[Candidate]]]]


async def share_out(picture: Picture, each: Sequence[Looking], travel: TravelTimes) -> list[list[Candidate]]:
    """The candidates of each as they are while few incidents are open; above `joint_above` those who are left to it."""
    found = [candidates for _case, candidates in each]
    able = [
        number
        for number, (_case, candidates) in enumerate(each)
        if any(one.rank is not None and one.travel is not None for one in candidates)
    ]
    if not able:
        return found
    ids = [each[number][0].incident.id for number in able]
    most = max(_LEAST_OTHERS, MOST_OTHERS + 1 - len(ids))
    rows = await fetch(picture.connection, "competing", incident_ids=ids, most=most, now=picture.now)
    if len(ids) == 1 and not rows:
        return found
    cells = await fetch(picture.connection, "cells_of", incident_ids=ids)
    rivals = _Rivals([each[number][0] for number in able], {row["id"]: row for row in cells}, rows, picture)
    count = {number: rivals.of(each[number][0]) for number in able}
    if not any(many >= each[number][0].incident.plan.joint_above for number, many in count.items()):
        if any(count.values()):
            read_ahead()
        return found
    _QUIETLY.hurry()
    share_among = await asyncio.to_thread(_joint)
    # Whoever has few rivals is a rival of those who have many, and takes part; who has none goes by itself.
    joint = [number for number, many in count.items() if many]
    shared = await share_among(picture, [each[number] for number in joint], rows, travel)
    for number, left in zip(joint, shared, strict=True):
        found[number] = left
    return found


class _Rivals:
    """Which incidents ask for the same people: those around each other to which nobody is going yet."""

    def __init__(
        self, cases: Sequence[Case], cells: Mapping[UUID, DictRow], others: Sequence[DictRow], picture: Picture
    ) -> None:
        self._cells = cells
        self._others = [row["cell"] for row in others]
        self._own = [case for case in cases if _competes(case, picture) and case.incident.id in cells]

    def of(self, case: Case) -> int:
        """How many surround this incident."""
        about = self._cells.get(case.incident.id)
        if about is None:
            return 0
        around = set(about["around"])
        mates = [self._cells[one.incident.id]["cell"] for one in self._own if one is not case]
        return sum(cell in around for cell in [*self._others, *mates])


def _competes(case: Case, picture: Picture) -> bool:
    waiting = sum(offer.expires_at > picture.now for offer in case.open_offers())
    incident = case.incident
    return incident.family is Family.HELP and incident.state in _UNCOMMITTED and waiting < _ENOUGH_OFFERS


def _joint() -> ShareAmong:
    """The joint assignment. Only a surge needs its scipy, half of the time and the memory that a start would take.

    In a thread, because reading it takes a second, in which the engine has others to listen to.
    """
    from carecircle_alerts.crowd import share_among

    return share_among


def read_ahead() -> None:
    """Read the joint assignment as soon as there are two incidents at all, so that the surge itself does not wait."""
    _QUIETLY.hurry()
    asyncio.get_running_loop().run_in_executor(None, _joint)


async def prepare() -> None:
    """Read the joint assignment in a quiet minute, before there is any incident, and leave pauses for others."""
    await asyncio.to_thread(_QUIETLY.read, _joint)
