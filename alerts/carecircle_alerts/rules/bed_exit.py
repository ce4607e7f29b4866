"""Bed exit: up at night and not back (pure).

It finds somebody who lies on the floor or has lost the way; it does not prevent falls, and nobody may say so (27,672
patients, RR 1.09, 0.85 to 1.53).
"""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.around import hour_of, is_between
from carecircle_alerts.watch.hold import Delays, Stage


class BedExit(Settings):
    """Up to 30 min is a normal visit to the toilet; products wait 3 to 20 min. Needs clinical sign-off."""

    night_from: float = Field(22.0, ge=0, lt=24)
    night_to: float = Field(5.0, ge=0, lt=24, description="who gets up later begins the day")
    notice_s: float = Field(15 * 60, ge=60)
    alarm_s: float = Field(30 * 60, ge=60)
    slept_s: float = Field(20 * 60, ge=0, description="in bed for this long before, or nobody has left a bed")
    gap_s: float = Field(300, ge=60, description="a mat that was silent for longer does not know who came back")
    again_s: float = Field(3600, ge=0)

    def delays(self) -> Delays:
        """As a condition takes them."""
        return Delays((Stage(self.notice_s, 3), Stage(self.alarm_s, 2)), 0, self.gap_s, self.again_s)


def step(memory: Memory, turn: Turn, settings: BedExit) -> Outcome:
    """Judge one word of a mat on whether somebody lies there."""
    seen, notes = turn.seen, memory.notes
    assert seen is not None
    assert seen.readings is not None
    if seen.readings["in_bed"]:
        since = notes.get("lay_since") if turn.at - notes.get("lay_at", 0) <= settings.gap_s else None
        notes = {"lay_since": turn.at if since is None else since, "lay_at": turn.at}
        memory = Memory(memory.holds, notes, memory.due)
        return condition(memory, Kind.BED_EXIT, turn.at, False, settings.delays(), lambda: {"code": "back"})
    # Whoever lay long enough is up since `lay_at`; the exit belongs to the night in which it was made.
    slept = notes.get("lay_at", 0) - notes.get("lay_since", turn.at) >= settings.slept_s
    left_at_night = is_between(hour_of(notes.get("lay_at", 0)), settings.night_from, settings.night_to)
    is_night = is_between(hour_of(turn.at), settings.night_from, settings.night_to + 1.5)
    verdict = slept and left_at_night and is_night
    is_active = "" in memory.holds and memory.holds[""].is_active
    if not verdict and is_active:
        return Outcome(memory)  # only a return ends it, not the dawn
    why = {"code": "not_back", "up_s": round(turn.at - notes.get("lay_at", turn.at))}
    return condition(memory, Kind.BED_EXIT, turn.at, verdict, settings.delays(), lambda: why)


RULE = Rule(Kind.BED_EXIT, frozenset({"in_bed"}), BedExit, step)
