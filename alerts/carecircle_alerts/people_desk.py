"""People desk: rosters, duty, consent and opening hours as the centre sets them, each change on record (I/O)."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import psycopg
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Invalid, NotFound
from carecircle.faults import together
from carecircle_alerts.desk import Actor
from carecircle_alerts.people import changes
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.hours import Span, faults_of
from carecircle_alerts.people.waking import wake_around, wake_for_provider
from carecircle_alerts.store import Connection, fetch, run

LONGEST_SHIFT = timedelta(hours=24)
_WEEK = range(1, 8)
# What begins before this change is committed was looked for without it.
_BEGINS_NOW = timedelta(seconds=10)


class PeopleDesk:
    """Commands about people of an area. Raises `Conflict`, `Invalid`, or `NotFound` for whoever is not in that area.

    `area` is the division code that the caller answers for; whether they may do this at all is the caller's to check.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def set_duty(self, responder_id: str, area: str, reason: str, actor: Actor, *, on_duty: bool) -> None:
        """Somebody of the centre sets another person's switch."""
        async with self._about(responder_id, area) as connection:
            by = _by(actor, reason)
            await changes.set_duty(connection, responder_id, by, self._clock.now(), on_duty=on_duty)

    async def withdraw_consent(self, responder_id: str, area: str, reason: str, actor: Actor) -> None:
        """Somebody has told the centre that they do not want to be asked any more."""
        async with self._about(responder_id, area) as connection:
            await changes.withdraw_consent(connection, responder_id, _by(actor, reason), self._clock.now())

    async def give_consent(self, responder_id: str, area: str, at: datetime, reason: str, actor: Actor) -> None:
        """Somebody has agreed."""
        async with self._about(responder_id, area) as connection:
            await changes.give_consent(connection, responder_id, at, _by(actor, reason), self._clock.now())

    async def add_shift(
        self, responder_id: str, area: str, begins_at: datetime, ends_at: datetime, reason: str, actor: Actor
    ) -> int:
        """Put somebody on the roster; returns the shift's number. Shifts of one person do not overlap."""
        now = self._clock.now()
        if not timedelta() < ends_at - begins_at <= LONGEST_SHIFT:
            raise Conflict("班次须在24小时以内，且结束晚于开始", code="shift_span", field="ends_at")
        if ends_at <= now:
            raise Conflict("不能添加已结束的班次", code="shift_over", field="ends_at")
        async with self._about(responder_id, area) as connection:
            overlapping = await fetch(
                connection, "shifts_between", responder_id=responder_id, begins_at=begins_at, ends_at=ends_at
            )
            if overlapping:
                raise Conflict("与已有班次重叠", code="shift_overlaps", field="begins_at")
            rows = await fetch(
                connection, "add_shift", responder_id=responder_id, begins_at=begins_at, ends_at=ends_at,
                name=actor.name,
            )  # fmt: skip
            await changes.record(
                connection, "shift_added", _by(actor, reason), now, responder=responder_id, shift=rows[0]["id"],
                begins_at=begins_at.isoformat(), ends_at=ends_at.isoformat(),
            )  # fmt: skip
            if begins_at <= now + _BEGINS_NOW:
                await wake_around(connection, [responder_id], now)
        return int(rows[0]["id"])

    async def remove_shift(self, responder_id: str, area: str, shift_id: int, reason: str, actor: Actor) -> None:
        """Take somebody off the roster; what is over stays, because it says who was responsible."""
        now = self._clock.now()
        async with self._about(responder_id, area) as connection:
            rows = await fetch(connection, "remove_shift", id=shift_id, responder_id=responder_id, now=now)
            if not rows:
                raise NotFound("没有这个班次，或已结束")
            await changes.record(
                connection, "shift_removed", _by(actor, reason), now, responder=responder_id, shift=shift_id,
                begins_at=rows[0]["begins_at"].isoformat(), ends_at=rows[0]["ends_at"].isoformat(),
            )  # fmt: skip

    async def set_hours(
        self, provider_id: str, area: str, week: Sequence[tuple[int, Span]], reason: str, actor: Actor
    ) -> None:
        """The provider's week (1 = Monday), instead of what was; an empty one means always open.

        Raises `Invalid` with everything that is wrong, each at its place in the week.
        """
        if any(weekday not in _WEEK for weekday, _span in week):
            raise Conflict("星期须为1至7")
        placed = [(weekday, (f"hours.{place}.", span)) for place, (weekday, span) in enumerate(week)]
        _must_be_right([one for weekday, one in placed if weekday == day] for day in _WEEK)
        async with self._at(provider_id, area) as connection:
            await run(connection, "clear_hours", provider_id=provider_id)
            for weekday, span in week:
                await run(
                    connection, "add_hours", provider_id=provider_id, weekday=weekday, opens_min=span.opens_min,
                    closes_min=span.closes_min,
                )  # fmt: skip
            told = [[weekday, span.opens_min, span.closes_min] for weekday, span in week]
            await changes.record(
                connection, "hours_set", _by(actor, reason), self._clock.now(), provider=provider_id, week=told
            )
            await wake_for_provider(connection, provider_id, self._clock.now())

    async def set_exception(
        self, provider_id: str, area: str, day: date, span: Span | None, reason: str, actor: Actor
    ) -> None:
        """Other hours on one day; None: closed. Raises `Invalid` with what is wrong, at its field."""
        if not reason.strip():
            raise Invalid("reason", "reason_needed", "请填写原因")
        _must_be_right([[("", span)] if span else []])
        opens, closes = (span.opens_min, span.closes_min) if span else (None, None)
        async with self._at(provider_id, area) as connection:
            await run(connection, "clear_exception", provider_id=provider_id, day=day)
            await run(
                connection, "add_exception", provider_id=provider_id, day=day, opens_min=opens, closes_min=closes,
                reason=reason.strip(),
            )  # fmt: skip
            await changes.record(
                connection, "exception_set", _by(actor, reason), self._clock.now(), provider=provider_id,
                day=day.isoformat(), opens_min=opens, closes_min=closes,
            )  # fmt: skip
            await wake_for_provider(connection, provider_id, self._clock.now())

    async def clear_exception(self, provider_id: str, area: str, day: date, reason: str, actor: Actor) -> None:
        """The usual week holds on this day again."""
        async with self._at(provider_id, area) as connection:
            await run(connection, "clear_exception", provider_id=provider_id, day=day)
            await changes.record(
                connection, "exception_cleared", _by(actor, reason), self._clock.now(), provider=provider_id,
                day=day.isoformat(),
            )  # fmt: skip
            await wake_for_provider(connection, provider_id, self._clock.now())

    @asynccontextmanager
    async def _about(self, responder_id: str, area: str) -> AsyncIterator[Connection]:
        async with self._pool.connection() as connection:
            if not await fetch(connection, "hold_responder", id=responder_id, area=area):
                raise NotFound("没有这位服务人员，或不在您的可见范围内")
            try:
                yield connection
            except psycopg.errors.UniqueViolation as error:
                raise Conflict("与已有记录重复") from error

    @asynccontextmanager
    async def _at(self, provider_id: str, area: str) -> AsyncIterator[Connection]:
        async with self._pool.connection() as connection:
            if not await fetch(connection, "find_provider", id=provider_id, area=area):
                raise NotFound("没有这个机构，或不在您的可见范围内")
            yield connection


def _by(actor: Actor, reason: str) -> By:
    return By(str(actor), actor.name, reason.strip())


def _must_be_right(days: Iterable[Sequence[tuple[str, Span]]]) -> None:
    faults = [fault for spans in days for fault in faults_of(spans)]
    if faults:
        raise together(faults)
