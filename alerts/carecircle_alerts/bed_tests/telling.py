"""Telling: the recipient of a bed test is asked to press, then whether it was the test; both with one link (I/O)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.bed_tests.judging import CONFIRM_WITHIN
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.notify.channel import Channel, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.traits import TRAITS, Limit, Proof, Trust, traits_of
from carecircle_alerts.notify.wording.compose import compose
from carecircle_alerts.store import Connection, fetch, run
from carecircle_alerts.texts import say

# Everybody in a group would have the link, and nobody opens one that is read aloud.
TOLD_BY = frozenset(
    name
    for name, traits in TRAITS.items()
    if name not in {"device", "wecom", "dingtalk", "feishu"} and traits.trust is not Trust.SPOKEN
)
_SEND_TIMEOUT_S = 10.0

_log = structlog.get_logger()


class TestTeller:
    """Sends by the recipient's first contact that can carry a link, within the quotas of its channel."""

    __test__ = False

    def __init__(
        self, pool: AsyncConnectionPool[Connection], channels: Mapping[str, Channel], links: DrillLinks,
        budgets: Mapping[str, tuple[Limit, ...]],
    ) -> None:  # fmt: skip
        self._pool = pool
        self._channels = {name: channel for name, channel in channels.items() if name in TOLD_BY}
        self._links = links
        self._budgets = budgets

    async def invite(self, row: Mapping[str, Any], now: datetime) -> None:
        """Please press once within the window, and say afterwards that it was the test."""
        minutes = max(1, int((row["closes_at"] - now) / timedelta(minutes=1)))
        await self._send(row, "bed_test_invite", {"minutes": minutes, "bed": row["bed_id"]}, now)

    async def ask(self, row: Mapping[str, Any], would: Mapping[str, Any], now: datetime) -> None:
        """A press has come and is a call unless they say that it was the test; how many would be asked is told too."""
        facts = {"people": len(would["asked"]), "bed": row["bed_id"], "seconds": int(CONFIRM_WITHIN.total_seconds())}
        sent = await self._send(row, "bed_test", facts, now)
        if sent is None:
            return
        message, result = sent
        if isinstance(result, Sent):
            came = traits_of(message.channel).proof is Proof.HANDED_OVER
            async with self._pool.connection() as connection:
                await run(
                    connection, "bed_test_told", id=row["id"], message_id=message.id, channel=message.channel,
                    ref=result.ref, came=came, now=now,
                )  # fmt: skip

    async def _send(
        self, row: Mapping[str, Any], said: str, facts: Mapping[str, object], now: datetime
    ) -> tuple[Outgoing, Result] | None:
        contact = await self._contact(row, now)
        if contact is None:
            _log.warning("test_recipient_not_told", test=str(row["id"]), step=said)
            return None
        channel = contact["channel"]
        url = self._links.press_page(row["id"], row["closes_at"] + 2 * CONFIRM_WITHIN)
        content = compose(say(said, **facts, url=url), contact["language"], traits_of(channel).trust)
        message = Outgoing(
            id=uuid5(row["id"], said), incident_id=row["id"], offer_id=None, audience="drill",
            recipient_id=row["recipient_id"], step=said, channel=channel, address=contact["address"],
            content=content | {"url": url}, attempts=1, created_at=now, language=contact["language"],
        )  # fmt: skip
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                result = await self._channels[channel].send(message)
        except TimeoutError:
            result = Unknown("no answer in time")
        except Exception as error:  # noqa: BLE001 - one test must not take the others with it
            _log.exception("channel_broke", test=str(row["id"]), channel=channel)
            result = Unknown(type(error).__name__)
        if not isinstance(result, Sent):
            _log.warning("test_message_failed", test=str(row["id"]), channel=channel, reason=result.reason)
        return message, result

    async def _contact(self, row: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | None:
        """The contact to use now; None where there is none, or where its quota is used up."""
        async with self._pool.connection() as connection:
            found = await fetch(
                connection, "contact_of_recipient", kind=row["recipient_kind"], person=row["recipient_id"],
                channels=sorted(self._channels),
            )  # fmt: skip
            if not found:
                return None
            quota, budget = traits_of(found[0]["channel"]).quota, self._budgets.get(found[0]["channel"], ())
            (turn,) = await fetch(
                connection, "take_turn", channel=found[0]["channel"], address=found[0]["address"], now=now,
                quota_counts=[one.count for one in quota], quota_windows_s=[one.per_s for one in quota],
                budget_counts=[one.count // 2 for one in budget], budget_windows_s=[one.per_s for one in budget],
            )  # fmt: skip
            return found[0] if turn["free_at"] is None else None
