"""What drivers have in common whose family publishes everything below one topic (pure)."""

from collections.abc import Sequence
from typing import ClassVar


class BaseTopic:
    """Holds the base topic; `levels` is the filter below it, `replayed` what is needed anew at every start."""

    levels: ClassVar[str] = "#"
    replayed: tuple[str, ...] = ()

    def __init__(self, base: str) -> None:
        self._base = base

    @property
    def subscriptions(self) -> Sequence[str]:
        """Everything of the family."""
        return (f"{self._base}/{self.levels}",)

    def claims(self, topic: str) -> bool:
        """Whether this topic belongs to the family."""
        return topic.startswith(f"{self._base}/")

    def command_topic(self, name: str) -> str:
        """Where a command for a device is published."""
        return f"{self._base}/{name}/set"
