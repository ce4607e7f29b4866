"""Usual: a value far from the person's own median for a long time; slow illness shows here first (pure)."""

from typing import Any

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.band import BandSettings
from carecircle_alerts.rules.rule import Memory, Outcome, Settings, Turn, condition
from carecircle_alerts.watch.hold import Delays, Stage

_KEY = "usual"


class UsualSettings(Settings):
    """How far from the person's own median is too far. Engineering proposals that need clinical sign-off."""

    least_change: float = Field(gt=0, description="at least this far from the median")
    spreads: float = Field(5, gt=0, description="and at least this many of the person's own spreads")
    usual_after_days: float = Field(4, ge=1, description="days of readings before the person's own median judges")
    usual_held_s: float = Field(3600, ge=60, description="for this long, asleep, with evidence throughout")
    usual_again_s: float = Field(3 * 86_400, ge=3600)


def strayed(memory: Memory, turn: Turn, settings: Any, kind: Kind, quantity: str, value: float) -> Outcome:
    """Judge one reading of a sleeper against the median of the last nights; awake or unknown it says nothing."""
    assert isinstance(settings, BandSettings)
    assert isinstance(settings, UsualSettings)
    seen, around = turn.seen, turn.around
    if seen is None or not around.person.is_asleep(turn.at):
        return Outcome(memory)
    usual = around.usual(quantity, asleep=True)
    poor = seen.quality is not None and seen.quality < settings.min_quality
    if usual is None or usual.days < settings.usual_after_days or poor:
        return Outcome(memory)
    far = max(settings.least_change, settings.spreads * usual.spread)
    key = f"{seen.device}:{_KEY}"
    active = key in memory.holds and memory.holds[key].is_active
    verdict = abs(value - usual.median) >= far * (0.8 if active else 1.0)
    gap_s = 4 * settings.gap_s  # a sleeper who stirs for some minutes is no gap in an hour's evidence
    delays = Delays((Stage(settings.usual_held_s, 3),), settings.usual_held_s, gap_s, settings.usual_again_s)
    why = {
        "code": _KEY,
        "value": value,
        "median": usual.median,
        "spread": usual.spread,
        "days": usual.days,
        "limit": round(far, 1),
        "judged_by": "personal",
    }
    return condition(memory, kind, turn.at, verdict, delays, lambda: why, key)
