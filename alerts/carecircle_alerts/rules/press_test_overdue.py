"""Press test overdue: nobody has tried the call button for more than a week (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import TICK, Memory, Outcome, Rule, Settings, Turn, tell
from carecircle_alerts.watch.around import next_hour
from carecircle_alerts.watch.hold import Change

_KIND = Kind.PRESS_TEST_OVERDUE


class PressTestOverdue(Settings):
    """The call button is tried every week (elder-care intelligent system standard 10.3.1)."""

    after_s: float = Field(8 * 86_400, gt=0, description="a week, and a day's grace")
    told_at_hour: float = Field(9, ge=0, lt=24, description="it is work for the day")


def step(memory: Memory, turn: Turn, settings: PressTestOverdue) -> Outcome:
    """A press of either kind proves the button; each morning its age is looked at."""
    notes = dict(memory.notes)
    due = memory.due if memory.due and memory.due > turn.at else next_hour(turn.at, settings.told_at_hour)
    if turn.seen is not None:
        notes["tried"] = turn.at
        was_told = notes.pop("active", None)
        signals = tell(_KIND, Change.CLEARED, turn.at, 3, {"code": "tried"}) if was_told else ()
        return Outcome(Memory({}, notes, due), signals)
    buttons = [one for one in turn.around.devices.values() if "call" in one.can]
    since = notes.get("tried", min((one.known_since for one in buttons), default=turn.at))
    if not buttons or "active" in notes or turn.at - since < settings.after_s:
        return Outcome(Memory({}, notes, due))
    notes["active"] = turn.at
    why = {"code": "overdue", "days": round((turn.at - since) / 86_400, 1)}
    return Outcome(Memory({}, notes, due), tell(_KIND, Change.RAISED, turn.at, 3, why))


RULE = Rule(_KIND, frozenset({TICK, "event:press_test", "event:sos"}), PressTestOverdue, step)
