"""SpO2: below what this person at this altitude, awake or asleep, is expected to have (pure).

A fixed limit fits no high place: at 4,200 m healthy Tibetans have 86 % (rrsurg 2018), and in Xining healthy sleepers
touch 86 % every night (fneur.2023.1191233). So the limit hangs on an expectation: by altitude until enough days of the
person's own are seen, then by the person's median, which altitude still bounds, so that a slow decline cannot make
itself usual. The adjustment is justified by the alarms that it saves and not by outcome: at 2,600 m an adjusted NEWS
did not predict deaths better (10.1186/s12245-024-00761-8).
"""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.band import BandSettings, beyond
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Turn
from carecircle_alerts.watch.around import Around

_HIGHEST_EXPECTED = 96.0


class SpO2(BandSettings):
    """Percent. Needs clinical sign-off."""

    drop_awake: float = Field(6, gt=0, description="below the expectation, awake")
    drop_asleep: float = Field(6, gt=0, description="below the expectation, asleep")
    asleep_lower: float = Field(3, ge=0, description="expected asleep less than awake until the own nights are known")
    spreads: float = Field(4, gt=0, description="and at least this many of the person's own spreads below the median")
    usual_after_days: float = Field(4, ge=1, description="days of readings before the person's own median judges")
    may_differ: float = Field(4, ge=0, description="the own median counts at most this far from what altitude expects")
    least: float = Field(70, ge=40, le=100, description="at or below it is told whatever is expected")
    fixed: float | None = Field(
        None, ge=40, le=100, description="a limit set by the person's doctor; nothing else judges"
    )
    deadband: float = Field(1, ge=0)


def expected_at(altitude_m: float) -> float:
    """Percent of a healthy man awake: 103.3 - 0.0047 x altitude + 0.7 (Med Clin 2016); the lower of the two sexes."""
    return min(_HIGHEST_EXPECTED, 103.3 - 0.0047 * altitude_m + 0.7)


def limit_of(around: Around, settings: SpO2, *, asleep: bool) -> tuple[float, dict[str, object]]:
    """At or below which it is too low, and what judged."""
    if settings.fixed is not None:
        return settings.fixed, {"judged_by": "fixed"}
    prior = expected_at(around.altitude_m) - (settings.asleep_lower if asleep else 0)
    drop = settings.drop_asleep if asleep else settings.drop_awake
    usual = around.usual("spo2", asleep=asleep)
    if usual is None or usual.days < settings.usual_after_days:
        expected, why = prior, {"judged_by": "altitude", "altitude_m": around.altitude_m, "expected": round(prior, 1)}
    else:
        expected = min(prior + settings.may_differ, max(prior - settings.may_differ, usual.median))
        drop = max(drop, settings.spreads * usual.spread)
        why = {"judged_by": "personal", "days": usual.days, "expected": round(expected, 1), "spread": usual.spread}
    return max(settings.least, expected - drop), why


def step(memory: Memory, turn: Turn, settings: SpO2) -> Outcome:
    """Judge one reading."""
    assert turn.seen is not None
    assert turn.seen.readings is not None
    asleep = turn.around.person.is_asleep(turn.at)
    limit, why = limit_of(turn.around, settings, asleep=asleep)
    value = float(turn.seen.readings["spo2"])
    return beyond(memory, turn, settings, Kind.SPO2, "low", limit, settings.deadband, value, asleep=asleep, **why)


RULE = Rule(Kind.SPO2, frozenset({"spo2"}), SpO2, step)
