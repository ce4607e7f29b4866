"""Shared reads: many clients that come at once read the database once, without anybody getting an answer too old (I/O).

After a restart of the console hundreds of browsers come back in the same second and ask for the same snapshot. Whoever
asks before a read has started may share it; whoever asks later needs a younger one, because events may have gone out
in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class SharedReads(Generic[Key, Answer]):
    """Reads by key, a few at a time."""

    def __init__(self, read: Callable[[Key], Awaitable[Answer]], at_once: int = 2) -> None:
        self._read = read
        self._limit = asyncio.Semaphore(at_once)
        self._waiting: dict[Key, asyncio.Task[Answer]] = {}

    async def get(self, key: Key) -> Answer:
        """The answer of a read that starts now or later; raises what the read raises."""
        task = self._waiting.get(key)
        if task is None:
            task = self._waiting[key] = asyncio.create_task(self._start(key))
        return await asyncio.shield(task)

    async def _start(self, key: Key) -> Answer:
        async with self._limit:
            del self._waiting[key]
            return await self._read(key)
