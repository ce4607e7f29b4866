"""Check-in missed: the daily word "I am well" that some residents have agreed to give (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import TICK, Memory, Outcome, Rule, Settings, Turn, tell
from carecircle_alerts.watch.around import next_hour
from carecircle_alerts.watch.hold import Change

_KIND = Kind.CHECK_IN_MISSED


class CheckInMissed(Settings):
    """Off until somebody has agreed to it. Contact ID 602 is the automatic kind."""

    enabled: bool = False
    by_hour: float = Field(10, ge=0, lt=24)
    opens_s: float = Field(6 * 3600, gt=0, description="a word given this long before the hour counts")


def step(memory: Memory, turn: Turn, settings: CheckInMissed) -> Outcome:
    """A word is remembered; at the hour its absence is told."""
    notes = dict(memory.notes)
    due = next_hour(turn.at, settings.by_hour)
    if turn.seen is not None:
        missed = notes.pop("active", 0)
        after = Memory({}, {**notes, "said": turn.at}, due)
        return Outcome(after, tell(_KIND, Change.CLEARED, turn.at, 2, {"code": "said"}) if missed else ())
    watched_since = notes.setdefault("since", turn.at)
    said = max(notes.get("said", watched_since), watched_since)
    if turn.at - said <= settings.opens_s or "active" in notes:
        return Outcome(Memory({}, notes, due))
    notes["active"] = turn.at
    why: dict[str, object] = {"code": "missed", "by_hour": settings.by_hour}
    return Outcome(Memory({}, notes, due), tell(_KIND, Change.RAISED, turn.at, 2, why))


RULE = Rule(_KIND, frozenset({TICK, "event:check_in"}), CheckInMissed, step)
