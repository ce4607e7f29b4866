"""Fall: what the other sensors say in the minutes after one was reported; confidence and never suppression (pure).

In four of five falls after which the person could not get up alone the alarm at hand was not used (Fleming & Brayne):
no button is no sign against a fall.
"""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, tell
from carecircle_alerts.watch.hold import Change

_STIRS = 0.25


class Fall(Settings):
    """Engineering proposals that need clinical sign-off."""

    within_s: float = Field(
        180, ge=10, description="what happens in this time after the report speaks for or against it"
    )


def step(memory: Memory, turn: Turn, settings: Fall) -> Outcome:
    """A reported fall opens a span of time; what is seen in it is weighed at its end."""
    seen, notes = turn.seen, dict(memory.notes)
    if seen is None:
        return _weigh(memory, turn)
    if seen.event == "fall":
        return Outcome(Memory({}, {"fell": turn.at}, turn.at + settings.within_s))
    if "fell" not in notes:
        return Outcome(memory)
    readings = seen.readings or {}
    if seen.event == "sos":
        notes["pressed"] = 1.0
    elif readings.get("in_bed") or seen.event == "bed_return" or readings.get("door_open"):
        notes["up"] = 1.0
    elif float(readings.get("movement") or 0) > _STIRS:
        notes["moved"] = 1.0
    elif "in_bed" in readings or "presence" in readings:
        notes["still"] = notes.get("still", 0) + 1
    return Outcome(Memory({}, notes, memory.due))


def _weigh(memory: Memory, turn: Turn) -> Outcome:
    notes = memory.notes
    if "fell" not in notes:
        return Outcome(Memory())
    if "pressed" in notes:
        code = "high"
    elif "up" in notes:
        code = "low"
    else:
        # Nobody stirs although somebody would see it; where nobody looks, nothing is known.
        code = "high" if notes.get("still", 0) and "moved" not in notes else "medium"
    why: dict[str, object] = {"code": code, "seen": sorted(name for name in notes if name != "fell")}
    return Outcome(Memory(), tell(Kind.FALL, Change.WEIGHED, turn.at, 1, why))


_HEARS = frozenset({"event:fall", "event:sos", "event:bed_return", "in_bed", "movement", "presence", "door_open"})
RULE = Rule(Kind.FALL, _HEARS, Fall, step)
