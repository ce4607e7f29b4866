"""What the box remembers of a device between two messages, and across its own restarts (pure).

Kept in the outbox in the same transaction as the messages that came of it, so that a restart in between neither forgets
a press nor tells it twice.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from carecircle_gateway.sightings import Alarm


class DeviceMemory(BaseModel):
    """One device's memory; times are Unix ms on the box's clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str | None = None
    power: str | None = None
    firmware: str | None = None
    online: bool | None = None
    battery: float | None = None
    link_quality: float | None = None
    """Percent of the radio's best, smoothed over some ten messages."""
    is_battery_low: bool = False
    status_at: int | None = None
    press_at: int | None = None
    press_fingerprint: str = ""
    presses: int = 0
    """Presses in the burst that began at `press_at`; 0 once it was told."""
    is_calling: bool = False
    background: str = ""
    alarms: frozenset[Alarm] = frozenset()
    faults: dict[str, int] = {}
    """When each kind of fault was last told."""

    @classmethod
    def recall(cls, text: str | None) -> Self:
        """Read what was kept; a memory that cannot be read starts anew, because a press must not wait for it."""
        if text is None:
            return cls()
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return cls()

    def keep(self) -> str:
        """The text to keep."""
        return self.model_dump_json(exclude_defaults=True)
