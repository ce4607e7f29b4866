"""Wandering: the door at night, and nobody back in bed soon after (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, tell
from carecircle_alerts.watch.around import hour_of, is_between
from carecircle_alerts.watch.hold import Change


class Wandering(Settings):
    """Needs clinical sign-off."""

    night_from: float = Field(22.5, ge=0, lt=24)
    night_to: float = Field(5.0, ge=0, lt=24)
    back_within_s: float = Field(600, ge=60, description="a look outside the door is no wandering")
    slept_s: float = Field(20 * 60, ge=0, description="in bed for this long before")
    rose_within_s: float = Field(2 * 3600, gt=0, description="the door is used so soon after rising")
    again_s: float = Field(3600, ge=0)


def step(memory: Memory, turn: Turn, settings: Wandering) -> Outcome:
    """A door opened at night sets a clock; a sign of somebody inside stops it; when it runs out it is told."""
    if turn.seen is None:
        return _run_out(memory, turn, settings)
    if _opened(turn):
        return _out(memory, turn, settings)
    readings = turn.seen.readings
    inside = readings is not None and bool(readings.get("in_bed") or readings.get("presence"))
    return _back(memory, turn) if inside and "since" in memory.notes else Outcome(memory)


def _out(memory: Memory, turn: Turn, settings: Wandering) -> Outcome:
    if "since" not in memory.notes and not _left_bed_at_night(turn, settings):
        return Outcome(memory)
    # A second use of the door may be the way back: the person is given time to lie down again.
    notes = {"since": turn.at, **memory.notes}
    return Outcome(Memory({}, notes, turn.at + settings.back_within_s))


def _left_bed_at_night(turn: Turn, settings: Wandering) -> bool:
    """Whether whoever uses the door now got up for it; who has not been to bed yet is not wandering but up."""
    person = turn.around.person
    if person.in_bed is not False or person.bed_since is None or person.left_after_s < settings.slept_s:
        return False
    moments = (turn.at, person.bed_since)
    return turn.at - person.bed_since < settings.rose_within_s and all(
        is_between(hour_of(moment), settings.night_from, settings.night_to) for moment in moments
    )


def _back(memory: Memory, turn: Turn) -> Outcome:
    notes = dict(memory.notes)
    why: dict[str, object] = {"code": "back", "out_s": round(turn.at - notes.pop("since"))}
    was_told = notes.pop("active", None)
    signals = tell(Kind.WANDERING, Change.CLEARED, turn.at, 2, why) if was_told else ()
    return Outcome(Memory({}, notes, None), signals)


def _opened(turn: Turn) -> bool:
    seen = turn.seen
    assert seen is not None
    return seen.event == "door_opened" or bool(seen.readings and seen.readings.get("door_open"))


def _run_out(memory: Memory, turn: Turn, settings: Wandering) -> Outcome:
    notes = dict(memory.notes)
    rested = turn.at - notes.get("told", float("-inf")) >= settings.again_s
    if "since" not in notes or "active" in notes or not rested:
        return Outcome(Memory({}, notes, None))
    why: dict[str, object] = {"code": "not_back", "out_s": round(turn.at - notes["since"])}
    notes |= {"told": turn.at, "active": 1.0}
    return Outcome(Memory({}, notes, None), tell(Kind.WANDERING, Change.RAISED, turn.at, 2, why))


RULE = Rule(Kind.WANDERING, frozenset({"door_open", "in_bed", "presence", "event:door_opened"}), Wandering, step)
