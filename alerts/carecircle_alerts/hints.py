"""Hints: what wakes the loops of an engine before their next poll, and what makes them wait for each other (pure)."""

import asyncio
import contextlib
from dataclasses import dataclass, field


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(frozen=True, slots=True)
class Hints:
    """Events that wake the loops before their next poll; losing one costs a quarter of a second."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    outgoing: asyncio.Event = field(default_factory=asyncio.Event)
    is_open: asyncio.Event = field(default_factory=_set)
    """Every call that has come is an incident; while one is not, decisions about others wait a moment."""

    def incident_changed(self) -> None:
        """Something was committed that may have set timers or queued messages."""
        self.due.set()
        self.outgoing.set()


async def wait(hint: asyncio.Event, at_most_s: float) -> None:
    """Wait for a hint; not with `wait_for`, which before Python 3.12 can swallow the cancellation that stops us."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(at_most_s):
            await hint.wait()
