"""Inactivity: at home, up, and no sensor has seen a movement for hours (pure).

It needs a sensor that would see one: only while something that reports presence goes on reporting does its silence
mean stillness, and not a dead sensor.
"""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.around import hour_of, is_between
from carecircle_alerts.watch.hold import Delays, Stage


class Inactivity(Settings):
    """Daytime inactivity indoors: notice 4 h, alarm 12 h (engineering proposals that need clinical sign-off)."""

    notice_s: float = Field(4 * 3600, ge=600)
    alarm_s: float = Field(12 * 3600, ge=600)
    day_from: float = Field(7, ge=0, lt=24)
    day_to: float = Field(21, ge=0, lt=24)
    gap_s: float = Field(1800, ge=60, description="presence is told at least this often, or nothing is known")
    again_s: float = Field(12 * 3600, ge=0)


def step(memory: Memory, turn: Turn, settings: Inactivity) -> Outcome:
    """Judge one word of a presence sensor."""
    assert turn.seen is not None
    person = turn.around.person
    delays = Delays((Stage(settings.notice_s, 3), Stage(settings.alarm_s, 2)), 0, settings.gap_s, settings.again_s)
    if person.may_be_out():
        return Outcome(memory)
    still_s = turn.at - (person.active_at if person.active_at is not None else turn.at)
    is_day = is_between(hour_of(turn.at), settings.day_from, settings.day_to)
    verdict = still_s > 0 and not person.in_bed and is_day
    why = {"code": "still", "still_s": round(still_s)}
    return condition(memory, Kind.INACTIVITY, turn.at, verdict, delays, lambda: why)


RULE = Rule(Kind.INACTIVITY, frozenset({"presence"}), Inactivity, step)
