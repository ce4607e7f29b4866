"""Outbox: leases messages, hands them to their channels, and writes down what became of them (I/O).

A message is leased before it is sent. If the process dies in between, the lease runs out and the message is sent again
under the same id, which the receiver uses to tell nobody twice.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle_alerts import answers
from carecircle_alerts.commands import Record
from carecircle_alerts.incident import Case
from carecircle_alerts.notify.channel import Channel, Failed, Outgoing, Sent
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run

ACTOR = "notify"
_LEASE = timedelta(seconds=30)
_SEND_TIMEOUT_S = 15.0  # well inside the lease, so that nobody else sends meanwhile
_LONGEST_PAUSE_S = 60
_GIVE_UP_AFTER_ENDED = 5
_CHANNEL_NAMES = {"webhook": "消息网关", "email": "电子邮件", "device": "家中设备"}

_log = structlog.get_logger()


class Outbox:
    """Sends what waits; safe to run in any number of processes."""

    def __init__(
        self, pool: AsyncConnectionPool[Connection], channels: Mapping[str, Channel], clock: Clock, *, at_once: int = 64
    ) -> None:
        self._pool = pool
        self._channels = channels
        self._clock = clock
        self._at_once = at_once
        self._sending: set[asyncio.Task[None]] = set()

    async def send_waiting(self) -> int:
        """Begin to send what is due, as far as there is room; returns how many messages were taken.

        Sending goes on in the background, so that a channel that hangs keeps its own place and nobody else's.
        """
        room = self._at_once - len(self._sending)
        messages = await self._lease(room) if room else []
        for message in messages:
            task = asyncio.create_task(self._send(message))
            self._sending.add(task)
            task.add_done_callback(self._done)
        return len(messages)

    async def finish(self) -> None:
        """Wait until nothing is being sent."""
        while self._sending:
            await asyncio.wait(self._sending)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        # The lease of a message whose fate could not be written down runs out, and it is sent again under its id.
        if not task.cancelled() and (error := task.exception()):
            _log.error("message_fate_unknown", error=type(error).__name__)

    async def _lease(self, room: int) -> list[Outgoing]:
        now = self._clock.now()
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "lease_messages", now=now, leased_until=now + _LEASE, limit=room)
            return [await self._outgoing(connection, row) for row in rows]

    @staticmethod
    async def _outgoing(connection: Connection, row: DictRow) -> Outgoing:
        expires_at = None
        if row["offer_id"] is not None:
            (offer,) = await fetch(connection, "offer_for_message", id=row["offer_id"])
            expires_at = offer["expires_at"]
        fields = {name: value for name, value in row.items() if name != "priority"}
        return Outgoing(**fields, offer_expires_at=expires_at)

    async def _send(self, message: Outgoing) -> None:
        channel = self._channels.get(message.channel)
        if channel is None:
            result: Sent | Failed = Failed(f"channel {message.channel} is not set up", again=False)
        else:
            try:
                async with asyncio.timeout(_SEND_TIMEOUT_S):
                    result = await channel.send(message)
            except TimeoutError:
                result = Failed("no answer in time", again=True)
        async with self._pool.connection() as connection:
            # The incident first, as everywhere: two that lock in different orders would wait for each other.
            case = await load_case(connection, message.incident_id)
            match result:
                case Sent():
                    await self._sent(connection, case, message)
                case Failed(reason, again):
                    await self._failed(connection, case, message, reason, again=again)

    async def _sent(self, connection: Connection, case: Case, message: Outgoing) -> None:
        now = self._clock.now()
        await run(connection, "message_sent", id=message.id, now=now)
        if message.audience == "offer" and message.offer_id is not None:
            await run(connection, "offer_sent", id=message.offer_id, now=now)
        told = Record(f"told_{message.audience}", _CHANNEL_NAMES.get(message.channel, message.channel))
        await Saving.of(connection, case, ACTOR, now).run([told])
        _log.info("message_sent", message=str(message.id), audience=message.audience, channel=message.channel)

    async def _failed(self, connection: Connection, case: Case, message: Outgoing, reason: str, *, again: bool) -> None:
        now = self._clock.now()
        if case.is_ended() and message.attempts >= _GIVE_UP_AFTER_ENDED:
            again = False
        state = "FAILED_TEMP" if again else "FAILED_PERM"
        due_at = now + _pause(message.attempts)
        await run(connection, "message_failed", id=message.id, state=state, due_at=due_at, error=reason)
        _log.warning("message_failed", message=str(message.id), channel=message.channel, reason=reason, again=again)
        if again:
            return
        saving = Saving.of(connection, case, ACTOR, now)
        await saving.run(
            [Record("message_failed", f"{_CHANNEL_NAMES.get(message.channel, message.channel)}未送达：{reason}")]
        )
        if message.audience == "offer" and message.offer_id is not None and not case.is_ended():
            await saving.run(answers.undeliverable(case, message.offer_id, reason, now))


def _pause(attempts: int) -> timedelta:
    """How long to wait before the next try: 1, 2, 4 … at most 60 s."""
    return timedelta(seconds=min(2 ** max(0, attempts - 1), _LONGEST_PAUSE_S))
