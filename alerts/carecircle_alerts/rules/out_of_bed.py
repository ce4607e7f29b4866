"""Out of bed: a bed that has not been used for a day, by somebody who is at home (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.hold import Delays, Stage


class OutOfBed(Settings):
    """Engineering proposals."""

    unused_s: float = Field(22 * 3600, ge=3600)
    gap_s: float = Field(900, ge=60, description="a silent mat does not know whether the bed was used")


def step(memory: Memory, turn: Turn, settings: OutOfBed) -> Outcome:
    """Judge one word of a mat on whether somebody lies there."""
    assert turn.seen is not None
    assert turn.seen.readings is not None
    out = turn.around.person.may_be_out()
    verdict = None if out else not turn.seen.readings["in_bed"]
    delays = Delays((Stage(settings.unused_s, 3),), 600, settings.gap_s, settings.unused_s)
    return condition(memory, Kind.OUT_OF_BED, turn.at, verdict, delays, lambda: {"code": "unused"})


RULE = Rule(Kind.OUT_OF_BED, frozenset({"in_bed"}), OutOfBed, step)
