"""Rate: a value held against two limits, and, of a sleeper, against what is usual for this person (pure)."""

from functools import partial

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.band import BandSettings, beyond
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Turn, together
from carecircle_alerts.rules.usual import UsualSettings, strayed


class RateSettings(BandSettings, UsualSettings):
    """Times a minute."""

    low: float
    high: float
    deadband: float = Field(ge=0)


def rate_rule(kind: Kind, settings: type[RateSettings]) -> Rule:
    """The rule of a rate; its quantity is called as its kind."""
    return Rule(kind, frozenset({kind.value}), settings, partial(_step, kind))


def _step(kind: Kind, memory: Memory, turn: Turn, settings: RateSettings) -> Outcome:
    assert turn.seen is not None
    assert turn.seen.readings is not None
    value = float(turn.seen.readings[kind.value])
    return together(
        memory,
        (
            lambda now: beyond(now, turn, settings, kind, "low", settings.low, settings.deadband, value),
            lambda now: beyond(now, turn, settings, kind, "high", settings.high, settings.deadband, value),
            lambda now: strayed(now, turn, settings, kind, kind.value, value),
        ),
    )
