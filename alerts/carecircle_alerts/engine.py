"""Engine: takes timers that are due and does what they ask for, a few incidents a transaction (I/O).

Any number of workers may run: an incident is locked by one of them, the others skip it. A worker that dies leaves its
timers behind, because they are taken in the transaction that answers them. What is due at the same moment is answered
together: people are read once for all of it, and when many press at once the search of each costs a fraction.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.commands import DueKind
from carecircle_alerts.nearby import IndexFailed, Picture
from carecircle_alerts.save import Saving, save_all
from carecircle_alerts.search import Question, answer
from carecircle_alerts.store import Connection, DueTimer, deciding, is_more_due, read_cases, take_due
from carecircle_alerts.travel import TravelTimes

ACTOR = "engine"
_LEFT_ALONE_S = 30.0
# Together they are held for a few tenths of a second, for which a dispatcher's word on one of them may have to wait.
_AT_ONCE = 32

_log = structlog.get_logger()


@dataclass(slots=True)
class PeopleIndex:
    """Whether the index of people is asked; after it has failed, last night's lists stand in for a while."""

    left_alone_until: float = 0.0

    def is_left_alone(self) -> bool:
        """Whether lists stand in."""
        return time.monotonic() < self.left_alone_until

    def failed(self) -> None:
        """It has failed or took too long."""
        self.left_alone_until = time.monotonic() + _LEFT_ALONE_S


async def run_due(
    pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime, index: PeopleIndex | None = None
) -> int:
    """Answer everything that is due at `now`; returns how many incidents had something due."""
    answered, is_more, index = 0, True, index or PeopleIndex()
    while is_more:
        done, is_more = await answer_some(pool, travel, now, index)
        answered += done
    return answered


async def answer_some(
    pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime, index: PeopleIndex
) -> tuple[int, bool]:
    """Answer those that have waited longest; how many incidents they were, and whether another one may be waiting."""
    if not index.is_left_alone():
        try:
            return await _answer(pool, travel, now, by_list=False)
        except IndexFailed as error:
            # Nothing of it is committed: whoever was due still is.
            index.failed()
            _log.error("people_index_failed", error=type(error.__cause__).__name__)
    return await _answer(pool, travel, now, by_list=True)


async def _answer(
    pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime, *, by_list: bool
) -> tuple[int, bool]:
    async with deciding(pool) as connection:
        due = await take_due(connection, now, _AT_ONCE)
        if not due:
            return 0, False
        picture = Picture(connection, now)
        # Of each incident one timer after the other: what the first one does may be the end of the second.
        for timers in zip_longest(*due.values()):
            wanted = {incident: timer for incident, timer in zip(due, timers, strict=True) if timer is not None}
            await _answer_each(picture, wanted, travel, by_list=by_list)
        is_more = await is_more_due(connection, now)
    return len(due), is_more


async def _answer_each(
    picture: Picture, wanted: Mapping[UUID, DueTimer], travel: TravelTimes, *, by_list: bool
) -> None:
    """Answer one timer of each of these incidents, which are held since their timers were taken."""
    questions = []
    for case in await read_cases(picture.connection, list(wanted)):
        timer = wanted[case.incident.id]
        if timer.epoch == case.incident.epoch and not case.is_ended():
            questions.append(Question(case, DueKind(timer.kind), timer.subject))
    answers = await answer(picture, questions, travel, by_list=by_list)
    decided = [
        (Saving.of(picture.connection, one.case, ACTOR, picture.now), commands)
        for one, commands in zip(questions, answers, strict=True)
    ]
    await save_all(picture.connection, decided)
    for one, commands in zip(questions, answers, strict=True):
        _log.info("timer_answered", incident=str(one.case.incident.id), timer=one.kind.value, commands=len(commands))
