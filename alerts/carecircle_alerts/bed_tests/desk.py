"""Test desk: people announce bed tests, call them off, and say of a held press what it was (I/O)."""

from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Forbidden, NotFound
from carecircle_alerts.bed_tests.judging import OVER_UNPRESSED, BedTest, TestState, Why, may_confirm
from carecircle_alerts.bed_tests.running import WINDOW, plan_test
from carecircle_alerts.bed_tests.taking import read_test
from carecircle_alerts.drills.links import is_drill_token
from carecircle_alerts.people.changes import By
from carecircle_alerts.store import Connection, fetch, run

LONGEST_AHEAD = timedelta(days=31)
_MOST_SHOWN = 500
HOUSEHOLD = "住户（链接确认）"


class BedTestDesk:
    """Commands about bed tests. Whether somebody may give one is the caller's to check; a link speaks for itself."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def announce(self, bed_id: str, area: str, opens_at: datetime | None, by: By) -> UUID:
        """Announce a test for now or for a time to come. Raises `NotFound`, and `Conflict` where it cannot be."""
        now = self._clock.now()
        begins = max(now, opens_at or now)
        if begins - now > LONGEST_AHEAD:
            raise Conflict("最多可提前31天安排")
        async with self._pool.connection() as connection:
            if not await fetch(connection, "bed_of_area", bed_id=bed_id, area=area):
                raise NotFound("没有这个床位，或不在您的可见范围内")
            (calling,) = await fetch(connection, "is_calling", bed_id=bed_id)
            if calling["calling"]:
                raise Conflict("该床位有未结束的求助，不能测试")
            made = await plan_test(connection, bed_id, begins, begins + WINDOW, by.name, by.reason, now)
        if not isinstance(made, UUID):
            raise Conflict("该床位已有未结束的测试，或没有同意接收消息且可收到链接的联系人")
        return made

    async def shown(self, area: str, bed_id: str | None) -> list[DictRow]:
        """Tests of an area or of one bed with their steps; those that are not over first."""
        async with self._pool.connection() as connection:
            return await fetch(connection, "shown_bed_tests", area=area, bed_id=bed_id, most=_MOST_SHOWN)

    async def cancel(self, test_id: UUID, area: str, by: By) -> None:
        """Call a test off before anybody pressed; a press that comes all the same is a call."""
        async with self._pool.connection() as connection:
            await self._of_area(connection, test_id, area)
            if not await fetch(connection, "cancel_bed_test", id=test_id, now=self._clock.now(), by=by.name):
                raise Conflict("已有人按键或测试已结束，不能取消")

    async def confirm(self, test_id: UUID, area: str, by: By) -> None:
        """Somebody of the centre has heard from the household that it was the test."""
        async with self._pool.connection() as connection:
            await self._of_area(connection, test_id, area)
            await self._confirm(connection, test_id, by.name)

    async def call(self, test_id: UUID, area: str) -> None:
        """Somebody of the centre says that the press was meant; it is a call within a moment."""
        async with self._pool.connection() as connection:
            await self._of_area(connection, test_id, area)
            await self._call(connection, test_id)

    async def look(self, test_id: UUID, token: str, secret: str) -> TestState:
        """Where a test stands, for whoever holds its link; raises `Forbidden`."""
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "bed_test_state", id=test_id)
        if not rows or not is_drill_token(secret, token, test_id, self._clock.now()):
            raise Forbidden("链接无效或已过期")
        return TestState(rows[0]["state"])

    async def household_says(self, test_id: UUID, token: str, secret: str, *, was_test: bool) -> None:
        """The household says what the press was. Raises `Forbidden`, and `Conflict` where it is a call already."""
        await self.look(test_id, token, secret)
        async with self._pool.connection() as connection:
            if was_test:
                await self._confirm(connection, test_id, HOUSEHOLD)
            else:
                await self._call(connection, test_id)

    async def _confirm(self, connection: Connection, test_id: UUID, by: str) -> None:
        test, now = await self._hold(connection, test_id), self._clock.now()
        if test.state is TestState.PASSED:
            return
        (open_call,) = await fetch(connection, "is_calling", bed_id=test.bed_id)
        if test.state in {TestState.ANNOUNCED, TestState.OPEN}:
            raise Conflict("尚未收到按键")
        if test.state in OVER_UNPRESSED:
            raise Conflict("测试已结束，未收到按键")
        if not may_confirm(test, now) or open_call["calling"]:
            raise Conflict("已按真实求助处理，请由调度台核实后结案")
        await run(connection, "bed_test_passed", id=test_id, by=by, now=now)

    async def _call(self, connection: Connection, test_id: UUID) -> None:
        test = await self._hold(connection, test_id)
        if test.state is TestState.REAL:
            return
        if test.state is TestState.PASSED:
            raise Conflict("已确认是测试；需要帮助请直接按呼叫按钮")
        if test.state is not TestState.PRESSED:
            raise Conflict("尚未收到按键；需要帮助请直接按呼叫按钮")
        await run(connection, "bed_test_said_real", id=test_id, now=self._clock.now(), why=Why.SAID_TO_BE_REAL.value)

    @staticmethod
    async def _hold(connection: Connection, test_id: UUID) -> BedTest:
        rows = await fetch(connection, "hold_bed_test", id=test_id)
        if not rows:
            raise NotFound("没有这次测试")
        return read_test(rows[0])

    @staticmethod
    async def _of_area(connection: Connection, test_id: UUID, area: str) -> None:
        if not await fetch(connection, "bed_test_of_area", id=test_id, area=area):
            raise NotFound("没有这次测试，或不在您的可见范围内")
