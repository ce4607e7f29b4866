"""Apnoea: pauses of breath as a mat or radar counts them, told once in the morning; advisory, no diagnosis (pure)."""

from msgspec.structs import replace
from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Signal, Turn
from carecircle_alerts.watch.around import hour_of, is_between, next_hour
from carecircle_alerts.watch.hold import Change


class Apnoea(Settings):
    """Pauses an hour of sleep; 15 is where sleep medicine begins to say moderate (AASM, unverified)."""

    pauses_per_hour: float = Field(15, gt=0)
    least_hours: float = Field(2, gt=0, description="hours of sleep seen, below which the night says nothing")
    told_at_hour: float = Field(8, ge=0, lt=24)
    again_s: float = Field(14 * 86_400, description="advice that is known is not repeated every morning")


def step(memory: Memory, turn: Turn, settings: Apnoea) -> Outcome:
    """Count pauses and hours of the night; judge in the morning."""
    notes = dict(memory.notes)
    if turn.seen is not None:
        if turn.seen.event == "apnoea":
            notes["pauses"] = notes.get("pauses", 0) + 1
        elif is_between(hour_of(turn.at), 20, settings.told_at_hour) and turn.around.person.is_asleep(turn.at):
            gap_s = min(300.0, turn.at - notes.get("at", turn.at))
            notes["slept_s"] = notes.get("slept_s", 0) + gap_s
        notes["at"] = turn.at
        due = memory.due or next_hour(turn.at, settings.told_at_hour)
        return Outcome(replace(memory, notes=notes, due=due))
    hours, pauses = notes.get("slept_s", 0) / 3600, notes.get("pauses", 0)
    told = notes.get("told", float("-inf"))
    after = replace(memory, notes={"told": told} if "told" in notes else {}, due=None)
    if hours < settings.least_hours or pauses / hours < settings.pauses_per_hour or turn.at - told < settings.again_s:
        return Outcome(after)
    why = {
        "code": "night",
        "pauses": pauses,
        "hours": round(hours, 1),
        "limit": settings.pauses_per_hour,
        "advisory": True,
    }
    told_now = replace(after, notes={"told": turn.at})
    return Outcome(told_now, (Signal(Kind.APNOEA, Change.RAISED, turn.at, 3, "", why),))


RULE = Rule(Kind.APNOEA, frozenset({"event:apnoea", "respiratory_rate"}), Apnoea, step)
