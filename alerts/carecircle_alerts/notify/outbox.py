"""Outbox: leases messages, hands them to their channels, and has written down what became of them (I/O).

A message is leased before it is sent. If the process dies in between, the lease runs out and the message is sent again
under the same id, which the receiver uses to tell nobody twice; a channel that knows no such key is not asked again as
long as its person can be reached in another way.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle_alerts.incident import OPEN_OFFERS
from carecircle_alerts.notify.channel import Channel, Failed, Outgoing, Unknown
from carecircle_alerts.notify.escalating import escalate_silent
from carecircle_alerts.notify.fates import Fates
from carecircle_alerts.notify.states import Fate, Held, MessageState, Obsolete
from carecircle_alerts.notify.traits import TRAITS, Limit, traits_of
from carecircle_alerts.notify.wording.compose import compose
from carecircle_alerts.store import Connection, deciding, fetch

_LEASE = timedelta(seconds=30)
_ESCALATE_EVERY = timedelta(seconds=0.25)
_SEND_TIMEOUT_S = 15.0  # well inside the lease, so that nobody else sends meanwhile

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lease:
    """A message that this process may send, and what is known of it; `was` is its state before."""

    message: Outgoing
    was: MessageState
    offer_state: str | None

    def is_obsolete(self) -> bool:
        """Whether it asks for an answer that cannot be given any more."""
        asks = self.message.step == "offer" or self.message.step.startswith("again_")
        is_open = self.offer_state in OPEN_OFFERS
        return self.message.audience == "offer" and asks and not is_open


class Outbox:
    """Sends what waits; safe to run in any number of processes.

    `at_once` bounds each channel on top of its own bound. `on_more` is called when more may be sent at once: there is
    room again on a channel for which more may be waiting, or a message goes on to its person's next contact. `budgets`
    are limits of whole channels, all callees and workers together.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[Connection],
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        at_once: int = 64,
        on_more: Callable[[], None] = lambda: None,
        budgets: Mapping[str, tuple[Limit, ...]] | None = None,
    ) -> None:
        self._pool = pool
        self._channels = channels
        self._clock = clock
        self._on_more = on_more
        self._budgets = budgets or {}
        # What is meant for a channel that is not set up here is taken as well, to go on to the next contact.
        self._rooms = {name: min(at_once, traits_of(name).at_once) for name in (*TRAITS, *channels)}
        self._busy: Counter[str] = Counter()
        # Where more may be waiting than there was room for when we last looked.
        self._full: set[str] = set(self._rooms)
        self._sending: set[asyncio.Task[None]] = set()
        self._fates = Fates(pool, clock, on_more)
        self._escalated_at: datetime | None = None

    async def send_waiting(self) -> int:
        """Begin to send what is due, as far as each channel has room; returns how many messages were taken or moved on.

        Sending goes on in the background, so that a channel that hangs keeps its own places and nobody else's.
        """
        moved = await self._escalate()
        leases = await self._lease()
        for lease in leases:
            self._busy[lease.message.channel] += 1
            task = asyncio.create_task(self._send(lease))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return moved + len(leases)

    async def _escalate(self) -> int:
        now = self._clock.now()
        if self._escalated_at is not None and now - self._escalated_at < _ESCALATE_EVERY:
            return 0
        moved = await escalate_silent(self._pool, now)
        # While something is found there may be more of it.
        self._escalated_at = None if moved else now
        return moved

    async def finish(self) -> None:
        """Wait until nothing is being sent and everything is written down."""
        while self._sending or self._fates.is_writing:
            await asyncio.gather(*self._sending, self._fates.written())

    async def _lease(self) -> list[Lease]:
        now = self._clock.now()
        rooms = {name: room - self._busy[name] for name, room in self._rooms.items()}
        free = {name: room for name, room in rooms.items() if room > 0}
        async with deciding(self._pool) as connection:
            rows = await fetch(
                connection,
                "lease_messages",
                channels=list(free),
                rooms=list(free.values()),
                now=now,
                leased_until=now + _LEASE,
            )
            rows.sort(key=lambda row: (row["priority"], row["created_at"]))
            taken = Counter(row["channel"] for row in rows)
            self._full = {name for name in self._rooms if taken[name] >= free.get(name, 0)}
            leases = []
            for row in rows:
                was, offer_state = MessageState(row.pop("was")), row.pop("offer_state")
                del row["priority"]
                row["content"] = compose(row["content"], row["language"], traits_of(row["channel"]).trust)
                leases.append(Lease(Outgoing(**row), was, offer_state))
            return await self._within_quotas(connection, leases, now)

    async def _within_quotas(self, connection: Connection, leases: list[Lease], now: datetime) -> list[Lease]:
        """Take a turn for every message of a channel with quotas; what gets none is not sent."""
        limited = [one for one in leases if self._limits(one.message.channel) and not self._unsent(one)]
        # In one order for all workers, so that none waits for another that waits for it.
        limited.sort(key=lambda one: (one.message.channel, one.message.address))
        refused: dict[int, datetime] = {}
        for lease in limited:
            free_at = await self._take_turn(connection, lease.message, now)
            if free_at is not None:
                refused[id(lease)] = free_at
        for lease in leases:
            if id(lease) in refused:
                self._fates.note(lease.message, Held(refused[id(lease)]))
        return [one for one in leases if id(one) not in refused]

    def _limits(self, channel: str) -> tuple[Limit, ...]:
        return (*traits_of(channel).quota, *self._budgets.get(channel, ()))

    async def _take_turn(self, connection: Connection, message: Outgoing, now: datetime) -> datetime | None:
        quota, budget = traits_of(message.channel).quota, self._budgets.get(message.channel, ())
        (row,) = await fetch(
            connection,
            "take_turn",
            channel=message.channel,
            address=message.address,
            now=now,
            quota_counts=[one.count for one in quota],
            quota_windows_s=[one.per_s for one in quota],
            budget_counts=[one.count for one in budget],
            budget_windows_s=[one.per_s for one in budget],
        )
        free_at: datetime | None = row["free_at"]
        return free_at

    def _unsent(self, lease: Lease) -> Fate | None:
        """Why a message is not handed over at all."""
        message = lease.message
        if lease.is_obsolete():
            return Obsolete()
        if message.channel not in self._channels:
            return Failed(f"channel {message.channel} is not set up", again=False)
        if lease.was is MessageState.LEASED and not traits_of(message.channel).takes_key:
            return Unknown("whoever sent it did not live to tell")
        return None

    async def _send(self, lease: Lease) -> None:
        message = lease.message
        try:
            fate = self._unsent(lease) or await self._hand_over(message)
        finally:
            self._busy[message.channel] -= 1
            if message.channel in self._full:
                self._on_more()
        self._fates.note(message, fate)

    async def _hand_over(self, message: Outgoing) -> Fate:
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                return await self._channels[message.channel].send(message)
        except TimeoutError:
            return Unknown("no answer in time")
        except Exception as error:  # noqa: BLE001 - one message must not take the others with it
            # Nobody knows how far it came; the lease would run out and bring it back to the same fault.
            _log.exception("channel_broke", message=str(message.id), channel=message.channel)
            return Unknown(type(error).__name__)
