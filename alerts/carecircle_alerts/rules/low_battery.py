"""Low battery, while there is time to change it (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import STATUS, Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.hold import FOREVER, Delays, Stage


class LowBattery(Settings):
    """Percent. A trigger's battery lasts a year and warns before its end (EN 50134, unverified)."""

    low: float = Field(15, ge=0, le=100)
    deadband: float = Field(10, ge=0, description="a cold night lowers and a warm day lifts what a cell says")
    again_s: float = Field(7 * 86_400, gt=0)


def step(memory: Memory, turn: Turn, settings: LowBattery) -> Outcome:
    """Judge one word of a device on its battery."""
    seen = turn.seen
    assert seen is not None
    if seen.event == "low_battery":
        verdict, value = True, None
    elif seen.said is not None and seen.said.battery is not None:
        value = seen.said.battery
        is_active = seen.device in memory.holds and memory.holds[seen.device].is_active
        verdict = value <= settings.low + (settings.deadband if is_active else 0)
    else:
        return Outcome(memory)
    delays = Delays((Stage(0, 3),), 0, FOREVER, settings.again_s)
    why = {"code": "low", "value": value, "limit": settings.low}
    return condition(memory, Kind.LOW_BATTERY, turn.at, verdict, delays, lambda: why, seen.device)


RULE = Rule(Kind.LOW_BATTERY, frozenset({STATUS, "event:low_battery"}), LowBattery, step)
