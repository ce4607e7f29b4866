"""Tamper: somebody has opened or moved a device; a person looks (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.hold import FOREVER, Delays, Stage


class Tamper(Settings):
    """It does not end by itself."""

    again_s: float = Field(3600, ge=0)


def step(memory: Memory, turn: Turn, settings: Tamper) -> Outcome:
    """One word of a device that it was tampered with."""
    assert turn.seen is not None
    delays = Delays((Stage(0, 3),), 0, FOREVER, settings.again_s, latching=True)
    return condition(memory, Kind.TAMPER, turn.at, True, delays, lambda: {"code": "tampered"}, turn.seen.device)


RULE = Rule(Kind.TAMPER, frozenset({"event:tamper"}), Tamper, step)
