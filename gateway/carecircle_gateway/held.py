"""What the disk would not take: held in memory, between intake and outbox, until it takes something again (pure)."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

MOST_HELD = 10_000
"""About 5 MB, and hours of a home's readings."""

_Message = TypeVar("_Message")


class Held(Generic[_Message]):
    """Messages and devices' memories that still have to be written. Bounded: the oldest message goes first."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self.messages: deque[_Message] = deque(maxlen=most)
        self.memories: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.messages or self.memories)

    def add(self, messages: Sequence[_Message], memories: Mapping[str, str]) -> int:
        """Hold these; how many older ones had to go for them."""
        room = (self.messages.maxlen or 0) - len(self.messages)
        self.messages.extend(messages)
        self.memories.update(memories)
        return max(0, len(messages) - room)

    def clear(self) -> None:
        """All of it is written."""
        self.messages.clear()
        self.memories.clear()
