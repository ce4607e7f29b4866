"""Band: a value outside of its limits for long enough, by a signal that can be believed (pure)."""

from typing import Annotated, Any

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Settings, Turn, condition
from carecircle_alerts.watch.hold import Delays, Stage

Seconds = Annotated[float, Field(ge=0, le=30 * 86_400)]


class BandSettings(Settings):
    """What the limits of all vital signs have in common; every default needs clinical sign-off."""

    held_s: Seconds = Field(
        120, description="outside of the limit for this long, with evidence throughout (60 to 120 s)"
    )
    off_s: Seconds = Field(300, description="back inside for this long before it counts as over")
    gap_s: Seconds = Field(150, description="readings further apart than this do not show what lay between them")
    again_s: Seconds = Field(12 * 3600, description="how soon the same limit is told anew")
    min_quality: float = Field(0.5, ge=0, le=1, description="readings of a poorer signal say nothing")
    priority: int = Field(2, ge=1, le=3)

    def delays(self) -> Delays:
        """As a condition takes them."""
        return Delays((Stage(self.held_s, self.priority),), self.off_s, self.gap_s, self.again_s)


def beyond(
    memory: Memory,
    turn: Turn,
    settings: BandSettings,
    kind: Kind,
    side: str,
    limit: float,
    deadband: float,
    value: float,
    **why: Any,
) -> Outcome:
    """One side of a band, `low` or `high`, of each device by itself. Once told, it takes `deadband` more to be well."""
    seen = turn.seen
    assert seen is not None, "a band is judged on a reading"
    if seen.quality is not None and seen.quality < settings.min_quality:
        return Outcome(memory)
    key = f"{seen.device}:{side}"
    is_active = key in memory.holds and memory.holds[key].is_active
    inwards = deadband if is_active else 0.0
    is_out = value <= limit + inwards if side == "low" else value >= limit - inwards
    return condition(
        memory,
        kind,
        turn.at,
        is_out,
        settings.delays(),
        lambda: {"code": side, "value": value, "limit": round(limit, 1), **why},
        key,
    )
