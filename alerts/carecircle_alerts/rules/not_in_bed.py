"""Not in bed: up long after the hour at which this person usually lies down (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.around import hour_of, is_between
from carecircle_alerts.watch.hold import Delays, Stage

_EVENING, _MORNING = 18.0, 5.0
_LEARN = 0.15


class NotInBed(Settings):
    """Hours count on over midnight: 25 is one o'clock. Engineering proposals."""

    by_hour: float = Field(25.5, ge=20, le=29, description="until enough evenings are known")
    after_evenings: int = Field(5, ge=1)
    later_by_h: float = Field(2.0, gt=0, description="at least this much later than usual")
    spreads: float = Field(4.0, gt=0, description="and this many of the usual differences between evenings")
    held_s: float = Field(900, ge=60)
    gap_s: float = Field(300, ge=60)


def step(memory: Memory, turn: Turn, settings: NotInBed) -> Outcome:
    """Learn from each evening's first quarter of an hour in bed; judge who is still up."""
    seen, notes = turn.seen, memory.notes
    assert seen is not None
    assert seen.readings is not None
    in_bed = bool(seen.readings["in_bed"])
    hour = hour_of(turn.at)
    is_evening = is_between(hour, _EVENING, _MORNING)
    late_hour = hour + 24 if hour < _MORNING else hour
    evening = (turn.at + 8 * 3600 - 12 * 3600) // 86_400
    if in_bed and is_evening and notes.get("evening") != evening:
        memory = Memory(memory.holds, _learn(notes, late_hour, evening), memory.due)
    limit, known = _limit(memory.notes, settings)
    out = turn.around.person.may_be_out()
    verdict = None if out else (is_evening and not in_bed and late_hour >= limit and notes.get("evening") != evening)
    delays = Delays((Stage(settings.held_s, 3),), 0, settings.gap_s, 12 * 3600)
    why = {"code": "still_up", "limit": round(limit, 2), "judged_by": "personal" if known else "default"}
    return condition(memory, Kind.NOT_IN_BED, turn.at, verdict, delays, lambda: why)


def _learn(notes: dict[str, float], hour: float, evening: float) -> dict[str, float]:
    count = notes.get("count", 0)
    mean = notes.get("mean", hour)
    weight = max(_LEARN, 1 / (count + 1))
    spread = notes.get("spread", 0.5) * (1 - _LEARN) + abs(hour - mean) * _LEARN
    return {"mean": mean + weight * (hour - mean), "spread": spread, "count": count + 1, "evening": evening}


def _limit(notes: dict[str, float], settings: NotInBed) -> tuple[float, bool]:
    if notes.get("count", 0) < settings.after_evenings:
        return settings.by_hour, False
    return notes["mean"] + max(settings.later_by_h, settings.spreads * notes["spread"]), True


RULE = Rule(Kind.NOT_IN_BED, frozenset({"in_bed"}), NotInBed, step)
