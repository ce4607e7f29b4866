"""Mains lost: what hangs on mains runs on its reserve, or says that it has none (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import STATUS, Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.hold import FOREVER, Delays, Stage

_EVENTS = {"mains_lost": True, "mains_restored": False}


class MainsLost(Settings):
    """A hub stands by for at least 24 h (EN 50134, unverified)."""

    again_s: float = Field(3600, ge=0)


def step(memory: Memory, turn: Turn, settings: MainsLost) -> Outcome:
    """Judge one word of a device on its power; one that never was on mains has none to lose."""
    seen = turn.seen
    assert seen is not None
    verdict = _EVENTS.get(seen.event or "")
    if seen.said is not None and seen.said.power is not None:
        was_on_mains = f"mains:{seen.device}" in memory.notes
        if seen.said.power == "mains" and not was_on_mains:
            memory = Memory(memory.holds, {**memory.notes, f"mains:{seen.device}": 1.0}, memory.due)
        verdict = seen.said.power != "mains" if was_on_mains else None
    delays = Delays((Stage(0, 3),), 0, FOREVER, settings.again_s)
    return condition(memory, Kind.MAINS_LOST, turn.at, verdict, delays, lambda: {"code": "on_reserve"}, seen.device)


RULE = Rule(Kind.MAINS_LOST, frozenset({STATUS, *(f"event:{name}" for name in _EVENTS)}), MainsLost, step)
