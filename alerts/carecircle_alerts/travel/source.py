"""A source of travel times: what each kind of it offers to the chain that asks them in turn (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from carecircle_alerts.travel import Origin, Place, TravelTime


class SourceDown(Exception):  # noqa: N818 - named as the chain counts it
    """A source that cannot answer now. `reason` is a short word for logs and counts, never an address or a key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Source(Protocol):
    """One way to find travel times."""

    @property
    def name(self) -> str:
        """What counts and logs call it."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether it asks another machine, and may be slow or away."""
        ...

    async def answer(
        self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> Sequence[TravelTime | None]:
        """One answer for each origin, in order; None where it knows none. Raises `SourceDown`; may be cancelled."""
        ...

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:
        """What no answer of it outruns: metres by air over this, plus turning out, bound every time from below."""
        ...
