"""Clock fault: a device's clock cannot be right; its messages go by their arrival meanwhile (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import ANY, FAULT, STATUS, Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.hold import Delays, Stage


class ClockFault(Settings):
    """Engineering proposals."""

    held_s: float = Field(300, ge=0, description="a clock that is set right within minutes is nobody's work")
    off_s: float = Field(300, ge=0)
    gap_s: float = Field(3 * 3600, gt=0)
    off_by_s: float = Field(120, gt=0, description="how far a box's own clock may be off that it corrects itself")
    again_s: float = Field(4 * 3600, gt=0)


def step(memory: Memory, turn: Turn, settings: ClockFault) -> Outcome:
    """Judge one message's time, or a box's own word on its clock."""
    seen = turn.seen
    assert seen is not None
    why = turn.faults.get("clock")
    off_ms = seen.said.clock_off_ms if seen.said is not None else None
    verdict = why is not None or (off_ms is not None and abs(off_ms) > settings.off_by_s * 1000)
    delays = Delays((Stage(settings.held_s, 3),), settings.off_s, settings.gap_s, settings.again_s)
    explained = {"code": why or "corrected", "off_ms": off_ms}
    return condition(memory, Kind.CLOCK_FAULT, turn.at, verdict, delays, lambda: explained, seen.device)


RULE = Rule(Kind.CLOCK_FAULT, frozenset({FAULT, STATUS, ANY}), ClockFault, step)
