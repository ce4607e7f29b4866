"""Body temperature: fever or cold in a spot check (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.band import BandSettings, Seconds, beyond
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Turn, together


class Temperature(BandSettings):
    """Degrees Celsius. A spot check is taken by hand, so one counts. Needs clinical sign-off."""

    low: float = Field(35.0, description="at or below; scores 3 in NEWS2 (RCP 2017)")
    high: float = Field(39.1, description="at or above; scores 2, the most for fever, in NEWS2 (RCP 2017)")
    notice: float = Field(37.8, description="told for a look: fever of the old (IDSA 2008 for care homes, unverified)")
    deadband: float = Field(0.3, ge=0)
    held_s: Seconds = 0
    off_s: Seconds = 0
    gap_s: Seconds = Field(36 * 3600, description="spot checks are taken once a day")
    again_s: Seconds = 20 * 3600


def step(memory: Memory, turn: Turn, settings: Temperature) -> Outcome:
    """Judge one spot check."""
    assert turn.seen is not None
    assert turn.seen.readings is not None
    value = float(turn.seen.readings["body_temperature"])
    kind = Kind.TEMPERATURE
    noticed = settings.model_copy(update={"priority": 3})
    return together(
        memory,
        (
            lambda now: beyond(now, turn, settings, kind, "low", settings.low, settings.deadband, value),
            lambda now: beyond(now, turn, settings, kind, "high", settings.high, settings.deadband, value),
            lambda now: beyond(now, turn, noticed, kind, "fever", settings.notice, settings.deadband, value),
        ),
    )


RULE = Rule(Kind.TEMPERATURE, frozenset({"body_temperature"}), Temperature, step)
