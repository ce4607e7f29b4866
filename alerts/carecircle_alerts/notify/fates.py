"""Fates: writes down what became of messages, many in one transaction, and sends on what did not arrive (I/O).

The incident first, as everywhere: two that lock in different orders would wait for each other. What was taken by its
channel needs no decision, so a shared lock on many incidents at once is enough; one that a decision holds is passed
over and comes with the next batch.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from carecircle.clock import Clock
from carecircle_alerts import answers
from carecircle_alerts.commands import Record
from carecircle_alerts.incident import Case
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent, Unknown
from carecircle_alerts.notify.escalating import ACTOR, try_next_contact
from carecircle_alerts.notify.states import Fate, Held, MessageState, Settled, settle, tries_next
from carecircle_alerts.notify.traits import Proof, traits_of
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, deciding, fetch, load_case, run

_MOST_AT_ONCE = 400
_PAUSE_S = 0.01
_PATIENCE = 50  # batches; then its incident is waited for
_LOOKED_AT_FROM = 5  # tries; then it is asked whether the incident has ended, and the message is given up
_WHAT: dict[type[Fate], str] = {Failed: "未送达", Unknown: "结果未知", Held: "未发送"}

_log = structlog.get_logger()


class Fates:
    """Collects fates and writes them down. What cannot be written stays leased, and the lease runs out.

    `on_next` is called when a message waits to go to the next contact, which is no reason to lose time.
    """

    def __init__(
        self, pool: AsyncConnectionPool[Connection], clock: Clock, on_next: Callable[[], None] = lambda: None
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._on_next = on_next
        self._waiting: list[tuple[Outgoing, Fate]] = []
        self._writer: asyncio.Task[None] | None = None
        self._passed_over = Counter[UUID]()

    @property
    def is_writing(self) -> bool:
        """Whether something is not written down so far."""
        return bool(self._waiting) or self._writer is not None

    def note(self, message: Outgoing, fate: Fate) -> None:
        """Remember a fate; it is written down within milliseconds, together with others."""
        self._waiting.append((message, fate))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())

    async def written(self) -> None:
        """Wait until everything noted so far is written down."""
        if self._writer is not None:
            await asyncio.shield(self._writer)

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                try:
                    left = await self._write(batch)
                except (psycopg.OperationalError, PoolTimeout) as error:
                    # The leases run out, and these are sent again under their ids.
                    _log.warning("fates_not_written", error=type(error).__name__, messages=len(batch))
                    continue
                self._waiting += left
                if self._waiting:
                    await asyncio.sleep(_PAUSE_S)  # so that what comes meanwhile is written down with it
        finally:
            self._writer = None

    async def _write(self, batch: list[tuple[Outgoing, Fate]]) -> list[tuple[Outgoing, Fate]]:
        """Write a batch; returns what has to wait because somebody else holds its incident."""
        sent, again, rest = [], [], []
        for message, fate in batch:
            match fate:
                case Sent():
                    sent.append((message, fate))
                case Failed(again=True, after_s=None) if message.attempts < _LOOKED_AT_FROM:
                    again.append((message, fate))
                case _:
                    rest.append((message, fate))
        if again:
            await self._write_again(again)
        left = await self._write_sent(sent) if sent else []
        for message, fate in rest:
            await self._write_one(message, fate)
        return left

    async def _write_again(self, batch: list[tuple[Outgoing, Failed]]) -> None:
        now = self._clock.now()
        settled = [settle(fate, one.attempts, now, has_ended=False, has_next=False) for one, fate in batch]
        async with deciding(self._pool) as connection:
            await run(
                connection,
                "write_again",
                ids=[one.id for one, _fate in batch],
                attempts=[one.attempts for one, _fate in batch],
                due_at=[one.due_at for one in settled],
                errors=[one.reason for one in settled],
            )
        for (one, _fate), last in zip(batch, settled, strict=True):
            _report(one, last)

    async def _write_sent(self, batch: list[tuple[Outgoing, Sent]]) -> list[tuple[Outgoing, Fate]]:
        ways = [traits_of(one.channel) for one, _fate in batch]
        async with deciding(self._pool) as connection:
            waited_for = {one.incident_id for one, _fate in batch if self._passed_over[one.id] > _PATIENCE}
            for incident_id in sorted(waited_for):
                await run(connection, "share_incident", incident_id=incident_id)
            rows = await fetch(
                connection,
                "write_sent",
                ids=[one.id for one, _fate in batch],
                incident_ids=[one.incident_id for one, _fate in batch],
                attempts=[one.attempts for one, _fate in batch],
                refs=[fate.ref for _one, fate in batch],
                are_told=[_is_told(one, way.proof) for (one, _fate), way in zip(batch, ways, strict=True)],
                names=[way.name for way in ways],
                now=self._clock.now(),
            )
        held = {row["id"] for row in rows}
        left: list[tuple[Outgoing, Fate]] = []
        for one, fate in batch:
            if one.incident_id in held:
                del self._passed_over[one.id]
                _log.info("message_sent", message=str(one.id), audience=one.audience, channel=one.channel)
            else:
                self._passed_over[one.id] += 1
                left.append((one, fate))
        return left

    async def _write_one(self, message: Outgoing, fate: Fate) -> None:
        """Write a fate that wants a decision: the next contact, another try, or somebody else."""
        async with deciding(self._pool) as connection:
            case = await load_case(connection, message.incident_id)
            now = self._clock.now()
            rows = await fetch(connection, "hold_leased", id=message.id, attempts=message.attempts)
            if not rows:
                return  # the lease is another's by now, or a receipt was faster
            # This may take the very row on, to another address on the same channel; then nothing is left to settle.
            then = await try_next_contact(connection, message.id, now) if tries_next(fate) else None
            others = await fetch(connection, "other_ways", id=message.id)
            is_open = then is not None or others[0]["are_open"]
            last = settle(fate, message.attempts, now, has_ended=case.is_ended(), has_next=is_open)
            await run(
                connection,
                "settle_message",
                id=message.id,
                state=last.state.value,
                due_at=last.due_at,
                error=last.reason,
            )
            contact_id = rows[0]["contact_id"]
            if isinstance(fate, Failed) and last.state is MessageState.FAILED_PERM and contact_id is not None:
                await run(connection, "remove_contact" if fate.gone else "count_failure", contact_id=contact_id)
            _report(message, last)
            if type(fate) in _WHAT and last.state is not MessageState.FAILED_TEMP:
                what = f"{_WHAT[type(fate)]}：{last.reason}" + (f"，改用{traits_of(then).name}" if then else "")
                await self._tell_the_case(connection, case, message, what, is_open=is_open, now=now)
        if then is not None:
            self._on_next()

    @staticmethod
    async def _tell_the_case(
        connection: Connection, case: Case, message: Outgoing, what: str, *, is_open: bool, now: datetime
    ) -> None:
        """Put it on record; an offer that has no way left to its responder is undeliverable, and others are asked."""
        saving = Saving.of(connection, case, ACTOR, now)
        await saving.run([Record("message_failed", f"{traits_of(message.channel).name}{what}")])
        if message.audience == "offer" and message.offer_id is not None and not (is_open or case.is_ended()):
            await saving.run(answers.undeliverable(case, message.offer_id, what, now))


def _is_told(message: Outgoing, proof: Proof) -> bool:
    """Whether the channel's having taken it is as good as it gets."""
    return proof is Proof.HANDED_OVER or (proof is Proof.OPENED and message.audience != "offer")


def _report(message: Outgoing, last: Settled) -> None:
    state = last.state.value
    _log.warning("message_failed", message=str(message.id), channel=message.channel, state=state, reason=last.reason)
