"""Messenger: hands tellings to their channels until one takes them, each in its own time (I/O)."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

import structlog

from carecircle.clock import Clock
from carecircle_alerts.lifeline.ledger import Open
from carecircle_alerts.lifeline.records import Settled, Telling, Tried, Way
from carecircle_alerts.lifeline.turns import Turns
from carecircle_alerts.lifeline.words import content_of
from carecircle_alerts.notify.channel import Channel, Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.traits import traits_of

_SEND_TIMEOUT_S = 10.0
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
# A way that does not answer may answer the second time; then another way is tried as well.
_TRIES_OF_A_WAY = 2

OnSettled = Callable[[Settled], Awaitable[None]]
OnTry = Callable[[Tried], Awaitable[None]]

_log = structlog.get_logger()


class Messenger:
    """Sends in the background; `on_settled` is awaited with what became of each telling.

    `on_try` is awaited before a channel is handed something that it would not know again.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        clock: Clock,
        on_settled: OnSettled,
        on_try: OnTry,
        *,
        at_once: int = 64,
    ) -> None:
        self._channels = channels
        self._clock = clock
        self._on_settled = on_settled
        self._on_try = on_try
        self._places = asyncio.Semaphore(at_once)
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._turns = Turns()

    def tell(self, call: Open) -> None:
        """Begin to tell everybody of this call who has not been told; whoever is being told already is left alone."""
        for telling in call.waiting():
            if telling.key not in self._tasks:
                task = asyncio.create_task(self._tell(call, telling))
                self._tasks[telling.key] = task
                task.add_done_callback(partial(self._ended, telling.key))

    @property
    def sending(self) -> int:
        """How many tellings are under way, or wait for their next try."""
        return len(self._tasks)

    def stop(self) -> None:
        """Leave the rest to the next start, which finds it in the journal."""
        for task in self._tasks.values():
            task.cancel()

    def _ended(self, key: UUID, task: asyncio.Task[None]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled() and (error := task.exception()):
            _log.error("telling_failed", telling=str(key), error=type(error).__name__)

    async def _tell(self, call: Open, telling: Telling) -> None:
        # What may have been handed over before our last death, to a channel that would not know it again, comes last.
        there = [way for way in telling.ways if way.channel in self._channels]
        ways = deque(sorted(there, key=lambda way: way.id in call.tried))
        tried, pause_s = 0, _FIRST_PAUSE_S
        while ways:
            if not self._has_turn(ways):
                if not call.wants(telling, self._clock.now()):
                    return
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                continue
            way = ways[0]
            async with self._places:
                result = await self._try(call, telling, way, tried)
            tried += 1
            match result:
                case Sent(ref):
                    _log.info("lifeline_told", telling=str(telling.key), audience=telling.audience, channel=way.channel)
                    await self._on_settled(Settled(telling.key, self._clock.now(), way.id, ref))
                    return
                case Failed(reason, again):
                    self._turns.give_back(way.channel, way.address)
                    _log.warning("lifeline_not_told", telling=str(telling.key), channel=way.channel, reason=reason)
                    if not again:
                        ways.popleft()
                        continue
                    if tried % _TRIES_OF_A_WAY == 0:
                        ways.rotate(-1)
                case Unknown(reason):
                    _log.warning("lifeline_perhaps_told", telling=str(telling.key), channel=way.channel, reason=reason)
                    ways.rotate(-1)
            if not call.wants(telling, self._clock.now()):
                return
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
        await self._on_settled(Settled(telling.key, self._clock.now(), None))

    def _has_turn(self, ways: deque[Way]) -> bool:
        """Bring the first way whose callee may be asked now to the front; False where no quota has room."""
        for _way in range(len(ways)):
            if self._turns.take(ways[0].channel, ways[0].address, self._clock.now()):
                return True
            ways.rotate(-1)
        return False

    async def _try(self, call: Open, telling: Telling, way: Way, tried: int) -> Result:
        if not traits_of(way.channel).takes_key:
            await self._on_try(Tried(telling.key, way.id, self._clock.now()))
        return await self._send(call, telling, way, tried)

    async def _send(self, call: Open, telling: Telling, way: Way, tried: int) -> Result:
        asking = telling.asking
        message = Outgoing(
            id=way.id,
            incident_id=call.begun.told_as,
            offer_id=asking.offer_id if asking else None,
            audience=telling.audience,
            recipient_id=telling.recipient_id,
            step=telling.step,
            channel=way.channel,
            address=way.address,
            content=content_of(telling, way),
            attempts=tried + 1,
            created_at=call.begun.received_at,
            offer_expires_at=asking.expires_at if asking else None,
            language=way.language,
        )
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                return await self._channels[way.channel].send(message)
        except TimeoutError:
            return Unknown("no answer in time")
