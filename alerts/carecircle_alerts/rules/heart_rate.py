"""Heart rate: in NEWS2's outer bands for long enough (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.band import BandSettings, beyond
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Turn, together
from carecircle_alerts.rules.usual import UsualSettings, strayed


class HeartRate(BandSettings, UsualSettings):
    """Beats a minute. Needs clinical sign-off."""

    low: float = Field(40, description="at or below; scores 3 in NEWS2 (RCP 2017)")
    high: float = Field(131, description="at or above; scores 3 in NEWS2 (RCP 2017)")
    deadband: float = Field(5, ge=0)
    least_change: float = Field(22, gt=0, description="beats a minute from the person's own median, asleep")


def step(memory: Memory, turn: Turn, settings: HeartRate) -> Outcome:
    """Judge one reading against both limits, and against what is usual for this person."""
    assert turn.seen is not None
    assert turn.seen.readings is not None
    value = float(turn.seen.readings["heart_rate"])
    kind = Kind.HEART_RATE
    return together(
        memory,
        (
            lambda now: beyond(now, turn, settings, kind, "low", settings.low, settings.deadband, value),
            lambda now: beyond(now, turn, settings, kind, "high", settings.high, settings.deadband, value),
            lambda now: strayed(now, turn, settings, kind, "heart_rate", value),
        ),
    )


RULE = Rule(Kind.HEART_RATE, frozenset({"heart_rate"}), HeartRate, step)
