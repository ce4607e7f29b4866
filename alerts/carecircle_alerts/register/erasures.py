"""Erasure desk: one administrator asks that a person be erased, another confirms, either withdraws in time (I/O).

What an erasure does is the database's own (migration 0060) and upkeep's to carry out; the desk can delete nothing.
Whether somebody is an administrator or supervisor is the caller's to check; that there are two the database holds too.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import psycopg
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Invalid, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.hours import BEIJING
from carecircle_alerts.register.store import Connection, by_of, fetch, record, run

SubjectKind = Literal["resident", "family_member", "responder"]
AskedBy = Literal["person", "guardian", "relative"]
COUNTED_TO = 100_000
"""So far a dry run counts; more than that is said to be more."""
_OBSTACLES = {
    "incident_open": "有未结束的事件与此人有关，请先处理并关闭",
    "bed_in_service": "床位仍在服务中：请先结束服务，或选择“删除时一并结束服务”",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to be erased; who asked, on which day that was received; whether a bed in service ends with it."""

    kind: SubjectKind
    id: str
    asked_by: AskedBy
    asked_on: date
    ends_service: bool = False


class ErasureDesk:
    """Requests of erasure; confirmed ones can be withdrawn for `cooling`. Raises `Conflict`, `Invalid`, `NotFound`."""

    def __init__(
        self, pool: AsyncConnectionPool[Connection], cooling: timedelta, clock: Clock | None = None
    ) -> None:  # fmt: skip
        self._pool = pool
        self._cooling = cooling
        self._clock = clock or SystemClock()

    async def preview(self, kind: SubjectKind, person: str, area: str) -> tuple[str | None, list[DictRow]]:
        """The dry run: what would be deleted, emptied and kept; and what stands against it now, a code or nothing."""
        async with self._pool.connection() as connection:
            await _division_of(connection, kind, person, area)
            rows = await fetch(connection, "erasure_preview", kind=kind, id=person, most=COUNTED_TO)
            return await _obstacle(connection, kind, person, ends=False), rows

    async def request(self, wish: Wish, area: str, reason: str, actor: Actor) -> int:
        """Ask for it; the request's number. Nothing happens until somebody else confirms."""
        now, by = self._clock.now(), by_of(actor, reason)
        if wish.asked_on > now.astimezone(BEIJING).date():
            raise Invalid("asked_on", "day_ahead", "收到请求的日期不能晚于今天")
        async with self._pool.connection() as connection:
            division = await _division_of(connection, wish.kind, wish.id, area)
            await _must_be_free(connection, wish.kind, wish.id, ends=wish.ends_service)
            for one in await fetch(connection, "erasure_open", kind=wish.kind, id=wish.id):
                raise _asked_already(one)
            try:
                rows = await fetch(
                    connection, "add_erasure", kind=wish.kind, id=wish.id, area=division, asked_by=wish.asked_by,
                    asked_on=wish.asked_on, ends=wish.ends_service, reason=by.reason, now=now, account=int(actor.id),
                    name=actor.name,
                )  # fmt: skip
            except psycopg.errors.UniqueViolation as error:
                raise Conflict("刚才已有人提交了同一请求", code="erasure_asked") from error
            number = int(rows[0]["id"])
            told = {"erasure": number, "subject_kind": wish.kind, "asked_by": wish.asked_by}
            await record(connection, "erasure", wish.id, division, "erasure_requested", by, now, told)
        return number

    async def confirm(self, erasure: int, area: str, actor: Actor) -> None:
        """Somebody else has looked at the dry run and agrees; it begins when it can be withdrawn no more."""
        now, by = self._clock.now(), By(str(actor), actor.name)
        async with self._pool.connection() as connection:
            held = await _hold(connection, erasure, area)
            if held["withdrawn_at"] is not None:
                raise Conflict("这个请求已撤回", code="erasure_withdrawn")
            if held["confirmed_at"] is not None:
                raise Conflict("这个请求已经确认", code="erasure_confirmed")
            if held["requested_by"] == int(actor.id):
                raise Conflict("须由另一位管理员或主管确认，不能确认自己提交的请求", code="erasure_own")
            await _must_be_free(connection, held["subject_kind"], held["subject_id"], ends=held["ends_service"])
            await run(
                connection, "confirm_erasure", id=erasure, now=now, account=int(actor.id), name=actor.name,
                not_before=now + self._cooling,
            )  # fmt: skip
            told = {"erasure": erasure, "subject_kind": held["subject_kind"]}
            await record(
                connection, "erasure", held["subject_id"], held["area_code"], "erasure_confirmed", by, now, told
            )

    async def withdraw(self, erasure: int, area: str, reason: str, actor: Actor) -> None:
        """It does not come to it; possible until the erasing begins."""
        now, by = self._clock.now(), by_of(actor, reason)
        async with self._pool.connection() as connection:
            held = await _hold(connection, erasure, area)
            if held["withdrawn_at"] is not None:
                raise Conflict("这个请求已撤回", code="erasure_withdrawn")
            if held["begun_at"] is not None or (held["not_before"] is not None and held["not_before"] <= now):
                raise Conflict("删除已开始，不能再撤回", code="erasure_begun")
            await run(
                connection, "withdraw_erasure", id=erasure, now=now, account=int(actor.id), name=actor.name,
                reason=by.reason,
            )  # fmt: skip
            told = {"erasure": erasure, "subject_kind": held["subject_kind"]}
            await record(
                connection, "erasure", held["subject_id"], held["area_code"], "erasure_withdrawn", by, now, told
            )


async def _division_of(connection: Connection, kind: SubjectKind, person: str, area: str) -> str:
    """Where a person of the area belongs; raises `NotFound`, or `Conflict` where others answer for them too."""
    rows = await fetch(connection, "erasure_subject", kind=kind, id=person, area=area)
    if not rows:
        raise NotFound("没有这位人员，或不在您的可见范围内")
    if rows[0]["erased_at"] is not None:
        raise Conflict("此人的信息已删除", code="person_erased")
    areas: list[str] = rows[0]["areas"]
    if rows[0]["within"] < len(areas):
        raise Conflict("此人也属于您管理范围之外的区域，请由上级管理员处理", code="erasure_elsewhere")
    return areas[0]


async def _obstacle(connection: Connection, kind: SubjectKind, person: str, *, ends: bool) -> str | None:
    (row,) = await fetch(connection, "erasure_obstacle", kind=kind, id=person, ends=ends)
    return None if row["code"] is None else str(row["code"])


async def _must_be_free(connection: Connection, kind: SubjectKind, person: str, *, ends: bool) -> None:
    code = await _obstacle(connection, kind, person, ends=ends)
    if code is not None:
        # At a bed in service the form asks whether that ends as well.
        field = {"field": "ends_service"} if code == "bed_in_service" else {}
        raise Conflict(_OBSTACLES[code], code=code, **field)


async def _hold(connection: Connection, erasure: int, area: str) -> DictRow:
    rows = await fetch(connection, "hold_erasure", id=erasure, area=area)
    if not rows:
        raise NotFound("没有这个删除请求，或不在您的可见范围内")
    return rows[0]


def _asked_already(row: DictRow) -> Conflict:
    if row["finished_at"] is not None:
        return Conflict("此人的信息已删除", code="person_erased")
    at: datetime = row["requested_at"]
    when = at.astimezone(BEIJING).strftime("%m月%d日%H:%M")
    who = row["requested_name"]
    return Conflict(f"{who}在{when}已提交同一请求", code="erasure_asked", by=who, at=at.isoformat())
