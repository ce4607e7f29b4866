"""Sending: drills are planned, sent and judged by any number of processes; real messages go first (I/O).

At night nothing is sent but what a relative asks for themselves, and nothing to somebody who is on the way or being
asked. What is left over waits. Of a channel's daily budget drills use at most the first half, so that the rest stays
for calls for help.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle_alerts.drills.judging import judge_reach
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.drills.schedule import BETWEEN_CONTACTS, Rhythm, is_daytime, next_drill_at
from carecircle_alerts.notify.channel import Channel, Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.templates import NO_TEMPLATE, UNSAYABLE
from carecircle_alerts.notify.traits import TRAITS, Limit, Proof, traits_of
from carecircle_alerts.notify.wording.compose import compose
from carecircle_alerts.store import Connection, fetch, run
from carecircle_alerts.texts import say

_LEASE = timedelta(seconds=60)
_SEND_TIMEOUT_S = 15.0
_PLANNED_AT_ONCE = 200
_PLAN_EVERY = timedelta(minutes=10)
_AGAIN_AFTER = timedelta(minutes=15)
_OWN_AGAIN_AFTER = timedelta(seconds=30)
_MOST_ATTEMPTS = 3
# Everybody in a group would read the link, and could use it.
_GROUPS = frozenset({"wecom", "dingtalk", "feishu"})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DrillRules:
    """When drills are sent, how long a person has to confirm, how many a minute, and whole channels' daily budgets."""

    rhythm: Rhythm = field(default_factory=Rhythm)
    answer_within: timedelta = timedelta(hours=24)
    per_minute: int = 20
    budgets: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)


class DrillRunner:
    """One round of `work` plans what is missing, sends what is due, and judges what is over."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Connection],
        channels: Mapping[str, Channel],
        links: DrillLinks,
        clock: Clock,
        rules: DrillRules,
    ) -> None:
        self._pool = pool
        # A device at home is no person's contact; what is not set up here cannot be tested from here.
        self._channels = {name: channel for name, channel in channels.items() if name in TRAITS and name != "device"}
        self._links = links
        self._clock = clock
        self._rules = rules
        self._planned_at: datetime | None = None

    async def work(self) -> int:
        """Do what is due now; returns how much was done, so that nobody waits while there is more."""
        now = self._clock.now()
        judged = await self._judge(now)
        if not self._rules.per_minute:
            return judged
        # Who is planned for is due in days: what is left of them has until the next round, and calls for help the rest.
        await self._plan(now)
        return judged + await self._send_due(now)

    async def _judge(self, now: datetime) -> int:
        async with self._pool.connection() as connection:
            people = [row["responder_id"] for row in await fetch(connection, "responders_to_judge", now=now)]
            await run(connection, "settle_own_tests", now=now)
        for responder_id in sorted(people):
            async with self._pool.connection() as connection:
                verdict = await judge_reach(connection, responder_id, now)
            _log.info("reach_judged", responder=responder_id, state=verdict.state.value)
        return len(people)

    async def _plan(self, now: datetime) -> None:
        rhythm = self._rules.rhythm
        if self._planned_at is not None and now - self._planned_at < _PLAN_EVERY:
            return
        async with self._pool.connection() as connection:
            if not await self._is_mine(connection):
                return
            people = await fetch(
                connection, "responders_to_drill", channels=list(self._channels), now=now,
                staff_days=rhythm.staff_days, others_days=rhythm.others_days, most=_PLANNED_AT_ONCE,
            )  # fmt: skip
            due_at = [next_drill_at(rhythm, row["id"], row["role"], row["last_at"], now) for row in people]
            await run(
                connection, "plan_drills", responder_ids=[row["id"] for row in people], due_at=due_at,
                channels=list(self._channels), now=now, between=BETWEEN_CONTACTS, by_name="",
            )  # fmt: skip
        # While there are many there may be more of them.
        self._planned_at = None if len(people) == _PLANNED_AT_ONCE else now

    async def _send_due(self, now: datetime) -> int:
        async with self._pool.connection() as connection:
            rows = await self._lease(connection, now)
        await asyncio.gather(*(self._send(row, now) for row in rows))
        return len(rows)

    async def _lease(self, connection: Connection, now: datetime) -> list[DictRow]:
        if not await self._is_mine(connection):
            return []
        (lately,) = await fetch(connection, "drills_lately", now=now)
        room = self._rules.per_minute - int(lately["sent"])
        if room <= 0:
            return []
        is_day = is_daytime(self._rules.rhythm, now)
        rows = await fetch(
            connection, "lease_drills", now=now, leased_until=now + _LEASE, room=room, is_day=is_day
        )  # fmt: skip
        # In one order for all, as the outbox takes turns.
        rows.sort(key=lambda row: (row["channel"], row["address"]))
        return [row for row in rows if await self._has_turn(connection, row, now)]

    @staticmethod
    async def _is_mine(connection: Connection) -> bool:
        (turn,) = await fetch(connection, "try_drill_turn")
        return bool(turn["mine"])

    async def _has_turn(self, connection: Connection, row: DictRow, now: datetime) -> bool:
        quota, budget = traits_of(row["channel"]).quota, self._rules.budgets.get(row["channel"], ())
        if not quota and not budget:
            return True
        (turn,) = await fetch(
            connection, "take_turn", channel=row["channel"], address=row["address"], now=now,
            quota_counts=[one.count for one in quota], quota_windows_s=[one.per_s for one in quota],
            budget_counts=[one.count // 2 for one in budget], budget_windows_s=[one.per_s for one in budget],
        )  # fmt: skip
        if turn["free_at"] is None:
            return True
        await run(
            connection, "postpone_drill", id=row["id"], attempts=row["attempts"],
            due_at=max(turn["free_at"], now + _again_after(row)),
        )  # fmt: skip
        return False

    async def _send(self, row: dict[str, Any], now: datetime) -> None:
        result = await self._hand_over(row, now)
        async with self._pool.connection() as connection:
            await self._write(connection, row, result, now)

    async def _hand_over(self, row: dict[str, Any], now: datetime) -> Result:
        channel = self._channels.get(row["channel"])
        if channel is None:
            return NO_TEMPLATE
        if row["was"] == "SENDING" and not traits_of(row["channel"]).takes_key:
            return Unknown("whoever sent it did not live to tell")
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                return await channel.send(self._message(row, now))
        except TimeoutError:
            return Unknown("no answer in time")
        except Exception as error:  # noqa: BLE001 - one drill must not take the others with it
            _log.exception("channel_broke", drill=str(row["id"]), channel=row["channel"])
            return Unknown(type(error).__name__)

    def _message(self, row: dict[str, Any], now: datetime) -> Outgoing:
        drill_id = row["id"]
        is_group = row["channel"] in _GROUPS
        # Who confirms a day late is reached as well; the link outlives the time to answer by as much again.
        url = "" if is_group else self._links.page(drill_id, now + 2 * self._rules.answer_within)
        told = say("drill_group") if is_group else say("drill", url=url)
        content = compose(told, row["language"], traits_of(row["channel"]).trust)
        person = row["responder_id"] or row["family_member_id"]
        return Outgoing(
            id=drill_id, incident_id=drill_id, offer_id=None, audience="drill", recipient_id=person,
            step="drill", channel=row["channel"], address=row["address"],
            content=content | ({"url": url} if url else {}), attempts=row["attempts"], created_at=row["planned_at"],
            language=row["language"],
        )  # fmt: skip

    async def _write(self, connection: Connection, row: dict[str, Any], result: Result, now: datetime) -> None:
        this = {"id": row["id"], "attempts": row["attempts"]}
        if isinstance(result, Failed) and result in UNSAYABLE:
            # Says nothing about the person: this installation cannot test this channel.
            await run(connection, "end_drill", **this, state="SKIPPED", now=now, reason=result.reason)
        elif isinstance(result, Failed) and (result.again or result.after_s) and row["attempts"] < _MOST_ATTEMPTS:
            later = max(_again_after(row), timedelta(seconds=result.after_s or 0))
            await run(connection, "postpone_drill", **this, due_at=now + later)
        elif isinstance(result, Failed):
            await run(connection, "end_drill", **this, state="FAILED", now=now, reason=result.reason)
            if row["responder_id"] is not None:
                await judge_reach(connection, row["responder_id"], now)
            elif result.gone:
                await run(connection, "drill_without_contact", id=row["id"])
                await run(connection, "remove_contact", contact_id=row["contact_id"])
        else:
            came = isinstance(result, Sent) and traits_of(row["channel"]).proof is Proof.HANDED_OVER
            await run(
                connection, "write_drill_sent", **this, answer_by=now + self._rules.answer_within, came=came,
                ref=result.ref if isinstance(result, Sent) else None,
                reason=result.reason if isinstance(result, Unknown) else "",
            )  # fmt: skip


def _again_after(row: Mapping[str, Any]) -> timedelta:
    """Whoever waits for their own test is told soon whether it went."""
    return _OWN_AGAIN_AFTER if row["responder_id"] is None else _AGAIN_AFTER
