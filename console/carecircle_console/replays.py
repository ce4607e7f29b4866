"""Replays: a command that arrives twice under one Idempotency-Key is carried out once (in memory).

The desk's commands are idempotent by nature, except for notes and escalations, of which a repetition means a second
one. A page repeats a command when the answer was lost; this process remembers it for ten minutes. Behind several
consoles the repetition may meet another process: then a note stands twice in the timeline, and nothing worse happens.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from carecircle.clock import Clock

_REMEMBER_FOR = timedelta(minutes=10)


class Replays:
    """Commands done lately, by who did what under which key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: dict[tuple[str, ...], tuple[datetime, asyncio.Future[None]]] = {}

    async def once(self, key: tuple[str, ...] | None, command: Callable[[], Awaitable[None]]) -> None:
        """Carry a command out unless it was, or is just being; one that failed may be tried again."""
        if key is None:
            await command()
            return
        self._forget_old()
        if key in self._done:
            await asyncio.shield(self._done[key][1])
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._done[key] = (self._clock.now(), future)
        try:
            await command()
        except BaseException as error:
            del self._done[key]
            future.set_exception(error if isinstance(error, Exception) else ConnectionAbortedError())
            future.exception()  # seen: nobody may be waiting for it
            raise
        future.set_result(None)

    def _forget_old(self) -> None:
        # Insertion order is age order.
        limit = self._clock.now() - _REMEMBER_FOR
        for key in [key for key, (at, _future) in self._done.items() if at < limit]:
            del self._done[key]
