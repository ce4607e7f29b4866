"""Running: bed tests are opened, told, worked out and ended; what nobody calls a test in time becomes a call (I/O).

Any number of processes may run this. The first duty is `work`: a held press is looked at every quarter of a second,
and its call is opened in one transaction with the end of its test. `arrange` is the rest, and may be late.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4, uuid5

import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle.payloads import Command, PressTestOrder, encode_payload
from carecircle.topics import Kind, Topic
from carecircle_alerts.bed_tests.deciding import who_would_be_asked
from carecircle_alerts.bed_tests.holding import make_calls
from carecircle_alerts.bed_tests.judging import COMES_WITHIN
from carecircle_alerts.bed_tests.telling import TOLD_BY, TestTeller
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.drills.schedule import Rhythm, is_daytime
from carecircle_alerts.notify.channel import Channel
from carecircle_alerts.notify.traits import Limit
from carecircle_alerts.people.hours import BEIJING
from carecircle_alerts.store import Connection, fetch, run
from carecircle_alerts.travel import TravelTimes

TellHome = Callable[[str, bytes], bool]
WINDOW = timedelta(minutes=10)
"""How long a household has to press; the home box marks no press for longer (engineering proposal)."""
_HOME_BOX = "gateway"
_TOLD_AGAIN_AFTER = timedelta(seconds=15)
_PLANNED_AT_ONCE = 5

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BedTestRules:
    """The schedule: every so many days (0: never), at most so many a day, between these hours of Beijing time."""

    every_days: int = 0
    a_day: int = 20
    from_h: int = 9
    until_h: int = 18
    budgets: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)


class BedTestRunner:
    """Carries tests from step to step; each step is written down with its time."""

    def __init__(
        self, pool: AsyncConnectionPool[Connection], channels: Mapping[str, Channel], links: DrillLinks,
        travel: TravelTimes, clock: Clock, rules: BedTestRules, tell_home: TellHome,
    ) -> None:  # fmt: skip
        self._pool = pool
        self._travel = travel
        self._clock = clock
        self._rules = rules
        self._tell_home = tell_home
        self._teller = TestTeller(pool, channels, links, rules.budgets)

    async def work(self) -> int:
        """Make calls of held presses that are none of a test any more; returns how many."""
        return await make_calls(self._pool, self._clock)

    async def arrange(self) -> int:
        """All other steps that are due; returns how many were taken."""
        now = self._clock.now()
        done = await self._decide(now) + await self._open(now) + await self._invite(now) + await self._end(now)
        return done + await self._plan(now)

    async def _open(self, now: datetime) -> int:
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "bed_tests_to_open", now=now, again=_TOLD_AGAIN_AFTER)
            told = [row for row in rows if self._tell_home(*_order(row))]
            for row in told:
                await run(connection, "home_was_told", id=row["id"], now=now)
        return 0 if all(row["home_told_at"] for row in told) else len(told)

    async def _invite(self, now: datetime) -> int:
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "bed_tests_to_invite", now=now)
        for row in rows:
            await self._teller.invite(row, now)
        return len(rows)

    async def _decide(self, now: datetime) -> int:
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "bed_tests_to_decide", now=now)
        for row in rows:
            async with self._pool.connection() as connection:
                would = await who_would_be_asked(connection, row, self._travel, now)
                decided_at = self._clock.now()
                await run(connection, "write_bed_test_decision", id=row["id"], decision=Jsonb(would), now=decided_at)
            await self._teller.ask(row, would, decided_at)
        return len(rows)

    async def _end(self, now: datetime) -> int:
        async with self._pool.connection() as connection:
            return len(await fetch(connection, "end_missed_bed_tests", now=now, grace=2 * COMES_WITHIN))

    async def _plan(self, now: datetime) -> int:
        rules = self._rules
        rhythm = Rhythm(from_h=rules.from_h, until_h=rules.until_h)
        if not rules.every_days or not is_daytime(rhythm, now) or not is_daytime(rhythm, now + WINDOW):
            return 0
        midnight = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._pool.connection() as connection:
            (today,) = await fetch(connection, "bed_tests_planned_since", since=midnight)
            room = min(rules.a_day - int(today["planned"]), _PLANNED_AT_ONCE)
            if room <= 0:
                return 0
            rows = await fetch(connection, "bed_tests_overdue", now=now, days=rules.every_days, most=room)
            planned = [await plan_test(connection, row["id"], now, now + WINDOW, "", "", now) for row in rows]
        return sum(one is not None for one in planned)


async def plan_test(
    connection: Connection, bed_id: str, opens_at: datetime, closes_at: datetime, by_name: str, reason: str,
    now: datetime,
) -> object | None:  # fmt: skip
    """Announce a test of a bed; None where nobody can be told of it, or where one is not over."""
    found = await fetch(connection, "recipient_for_bed", bed_id=bed_id, channels=sorted(TOLD_BY))
    if not found:
        return None
    rows = await fetch(
        connection, "plan_bed_test", id=uuid4(), bed_id=bed_id, opens_at=opens_at, closes_at=closes_at,
        by_name=by_name, reason=reason, kind=found[0]["kind"], person=found[0]["id"], now=now,
    )  # fmt: skip
    return rows[0]["id"] if rows else None


def _order(row: Mapping[str, Any]) -> tuple[str, bytes]:
    until = int(row["closes_at"].timestamp() * 1000)
    command = Command(id=str(uuid5(row["id"], "order")), press_test=PressTestOrder(test=str(row["id"]), until=until))
    return str(Topic(row["county"], row["bed_id"], _HOME_BOX, Kind.COMMAND)), encode_payload(command)
