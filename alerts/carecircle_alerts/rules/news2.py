"""NEWS2: the National Early Warning Score (Royal College of Physicians 2017) on a complete set; advisory (pure)."""

from bisect import bisect_left
from typing import Literal

from msgspec import Struct
from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Outcome, Rule, Settings, Turn, condition
from carecircle_alerts.watch.around import Around
from carecircle_alerts.watch.hold import Delays, Stage

# Upper ends of the bands, and the score of each band from the lowest up. A value on an end belongs to the band below.
_Bands = tuple[tuple[float, ...], tuple[int, ...]]
_RESPIRATION: _Bands = ((8, 11, 20, 24), (3, 1, 0, 2, 3))
_SCALE_1 = ((91, 93, 95), (3, 2, 1, 0))
_SCALE_2 = ((83, 85, 87), (3, 2, 1, 0))
_SCALE_2_OXYGEN = ((83, 85, 87, 92, 94, 96), (3, 2, 1, 0, 1, 2, 3))
_SYSTOLIC = ((90, 100, 110, 219), (3, 2, 1, 0, 3))
_PULSE = ((40, 50, 90, 110, 130), (3, 1, 0, 1, 2, 3))
_TEMPERATURE = ((35.0, 36.0, 38.0, 39.0), (3, 1, 0, 1, 2))

_MEASURED = ("respiratory_rate", "spo2", "systolic_pressure", "heart_rate", "body_temperature")
_EMERGENCY, _URGENT = 7, 5


class News2(Settings):
    """Which scale, and how old a value of the set may be."""

    scale: Literal[1, 2] = Field(1, description="2 only where a clinician has set a target of 88 to 92 %")
    on_oxygen: bool = False
    within_s: float = Field(3600, gt=0, description="a set is taken within this time")
    again_s: float = Field(12 * 3600, gt=0)


class Observations(Struct, frozen=True):
    """A complete set. `alert` is false for confusion, voice, pain and unresponsive."""

    respiratory_rate: float
    spo2: float
    systolic_pressure: float
    heart_rate: float
    body_temperature: float
    alert: bool


def score(seen: Observations, *, scale: int = 1, on_oxygen: bool = False) -> dict[str, int]:
    """Points for each parameter. Values are rounded as the chart has them: whole numbers, temperature to a tenth."""
    oxygen: _Bands = _SCALE_1
    if scale != 1:
        oxygen = _SCALE_2_OXYGEN if on_oxygen else _SCALE_2
    return {
        "respiratory_rate": _points(_RESPIRATION, round(seen.respiratory_rate)),
        "spo2": _points(oxygen, round(seen.spo2)),
        "oxygen": 2 if on_oxygen else 0,
        "systolic_pressure": _points(_SYSTOLIC, round(seen.systolic_pressure)),
        "heart_rate": _points(_PULSE, round(seen.heart_rate)),
        "consciousness": 0 if seen.alert else 3,
        "body_temperature": _points(_TEMPERATURE, round(seen.body_temperature, 1)),
    }


def _points(bands: _Bands, value: float) -> int:
    ends, points = bands
    return points[bisect_left(ends, value)]


def step(memory: Memory, turn: Turn, settings: News2) -> Outcome:
    """Score when the set is complete; an incomplete one says nothing."""
    seen = turn.seen
    assert seen is not None
    notes = memory.notes
    if seen.event == "assessment":
        said = str((seen.detail or {}).get("consciousness", "")).lower()
        if said in {"alert", "a", "confusion", "c", "voice", "v", "pain", "p", "unresponsive", "u"}:
            notes = {"at": turn.at, "alert": float(said in {"alert", "a"})}
            memory = Memory(memory.holds, notes, memory.due)
    observations = _complete(turn.around, notes, turn.at, settings)
    if observations is None:
        return Outcome(memory)
    points = score(observations, scale=settings.scale, on_oxygen=settings.on_oxygen)
    total = sum(points.values())
    priority = 1 if total >= _EMERGENCY else 2
    is_high = total >= _URGENT or 3 in points.values()  # noqa: PLR2004 - a single 3 asks for an urgent review
    if total < _URGENT:
        priority = 3
    delays = Delays((Stage(0, priority),), 0, settings.within_s, settings.again_s)
    why = {"code": "score", "score": total, "points": points, "scale": settings.scale, "advisory": True}
    return condition(memory, Kind.NEWS2, turn.at, is_high, delays, lambda: why)


def _complete(around: Around, notes: dict[str, float], at: float, settings: News2) -> Observations | None:
    values = [around.quantities.get(name) for name in _MEASURED]
    if "at" not in notes or at - notes["at"] > settings.within_s:
        return None
    found = [float(one.value) for one in values if one is not None and at - one.at <= settings.within_s]
    if len(found) < len(_MEASURED):
        return None
    breath, oxygen, systolic, pulse, temperature = found
    return Observations(breath, oxygen, systolic, pulse, temperature, notes["alert"] > 0)


RULE = Rule(
    Kind.NEWS2,
    frozenset({"event:assessment", "systolic_pressure", "body_temperature"}),
    News2,
    step,
)
