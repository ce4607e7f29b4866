"""Receipts: what channels and people let us know after a message was handed over (I/O).

Each in one transaction under the incident's lock, with its audit row; a receipt that says nothing new changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle_alerts import answers
from carecircle_alerts.commands import Record
from carecircle_alerts.drills.judging import take_receipt
from carecircle_alerts.incident import Case
from carecircle_alerts.notify.escalating import ACTOR, try_next_contact
from carecircle_alerts.notify.receipt_forms import Receipt
from carecircle_alerts.notify.states import MessageState, after_receipt
from carecircle_alerts.notify.traits import traits_of
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run

_log = structlog.get_logger()


class Receipts:
    """Takes receipts; the console hands them in under the desk's role."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def take(self, channel: str, receipt: Receipt) -> bool:
        """Write down one receipt; False where no message of this channel goes by that name (so far)."""
        async with self._pool.connection() as connection:
            if isinstance(receipt.ref, UUID):
                found = await fetch(connection, "message_of_id", id=receipt.ref)
            else:
                found = await fetch(connection, "messages_of_receipt", channel=channel, ref=receipt.ref)
            if not found:
                came = receipt.state is not MessageState.FAILED_PERM
                now = self._clock.now()
                return await take_receipt(connection, channel, receipt.ref, now, came=came, reason=receipt.reason or "")
            case = await load_case(connection, found[0]["incident_id"])
            await self._write(connection, case, channel, found[0]["id"], receipt)
        return True

    async def _write(
        self, connection: Connection, case: Case, channel: str, message_id: UUID, receipt: Receipt
    ) -> None:
        now = self._clock.now()
        (fate,) = await fetch(connection, "message_fate", id=message_id)
        state = after_receipt(MessageState(fate["state"]), receipt.state)
        if fate["channel"] != channel or state is None:
            return
        await run(connection, "write_receipt", id=message_id, state=state.value, now=now, error=receipt.reason)
        _log.info("receipt", message=str(message_id), channel=channel, state=state.value)
        saving = Saving.of(connection, case, ACTOR, now)
        if state is MessageState.FAILED_PERM:
            await self._not_delivered(connection, saving, fate, message_id, receipt)
            return
        await run(connection, "drop_other_ways", id=message_id)
        await run(connection, "contact_proved", contact_id=fate["contact_id"], now=now)
        if fate["audience"] != "offer":
            await saving.run([Record(f"{state.value.lower()}_{fate['audience']}", traits_of(channel).name)])
        elif await fetch(connection, "offer_delivered", id=fate["offer_id"], now=now):
            await saving.run([Record("offer_delivered", traits_of(channel).name)])

    async def _not_delivered(
        self, connection: Connection, saving: Saving, fate: dict[str, object], message_id: UUID, receipt: Receipt
    ) -> None:
        reason = receipt.reason or "not delivered"
        if fate["contact_id"] is not None:
            await run(connection, "count_failure", contact_id=fate["contact_id"])
        then = await try_next_contact(connection, message_id, saving.now)
        on = f"，改用{traits_of(then).name}" if then else ""
        await saving.run([Record("message_failed", f"{traits_of(str(fate['channel'])).name}未送达：{reason}{on}")])
        offer_id = fate["offer_id"]
        if then is not None or fate["audience"] != "offer" or not isinstance(offer_id, UUID) or saving.case.is_ended():
            return
        (others,) = await fetch(connection, "other_ways", id=message_id)
        if not others["are_open"]:
            await saving.run(answers.undeliverable(saving.case, offer_id, reason, saving.now))

    async def seen(self, offer_ids: Sequence[UUID]) -> None:
        """The responder has opened these offers: nothing more has to be tried to reach them."""
        if not offer_ids:
            return
        async with self._pool.connection() as connection:
            unseen = await fetch(connection, "offers_unseen", ids=list(offer_ids))
        for offer in unseen:
            async with self._pool.connection() as connection:
                case = await load_case(connection, offer["incident_id"])
                await self._see(connection, case, offer["id"], self._clock.now())

    @staticmethod
    async def _see(connection: Connection, case: Case, offer_id: UUID, now: datetime) -> None:
        if not await fetch(connection, "offer_seen", id=offer_id, now=now):
            return
        await run(connection, "messages_seen", id=offer_id, now=now)
        name = next((one.responder_name for one in case.offers if one.id == offer_id), "")
        await Saving.of(connection, case, ACTOR, now).run([Record("offer_seen", f"{name}已查看派单")])
