"""Doubted: rates of a device that may count double are told once, and again when there is reason to (pure).

A heart and a breath that double together are a broken counter or a very ill person. Both are told, the first time of
each kind and direction, with the doubt in the reason. What the same device says again is held back, because one faulty
mat would otherwise alarm for days and teach people to look away. It is told at once when the device leaves the doubled
pattern, when its fault ends, when it gets worse, or when something else speaks for a change. Oxygen and temperature
are never held back.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Memory, Signal
from carecircle_alerts.watch.hold import Change

RATES = frozenset({Kind.HEART_RATE, Kind.RESPIRATORY_RATE})
_LEAST = 4
"""Below every priority."""
_OTHERS = (Kind.SPO2, Kind.TEMPERATURE, Kind.NEWS2, Kind.INACTIVITY)
"""What speaks for a change: other quantities of the same body, a nurse's set, and a home in which nothing moves."""


class Doubt(Struct, array_like=True, gc=False):
    """What was told of one device since it began to count double, and what waits.

    `told`: kind and direction to the highest priority that was told (1 is the highest). `held`: conditions that stand
    and were held back, by kind and condition.
    """

    told: dict[str, int] = {}
    held: dict[str, Signal] = {}


def sift(doubt: Doubt, device: str, said: Sequence[Signal], *, believed: bool) -> tuple[Doubt, list[Signal]]:
    """What is told of what was said, in its order. `believed`: there is reason to tell all of it."""
    told, held, found = dict(doubt.told), dict(doubt.held), list[Signal]()
    for signal in said:
        if signal.kind not in RATES or device_of(signal) != device:
            found.append(signal)
            continue
        name = f"{signal.kind.value}/{signal.device}"
        if signal.change is not Change.RAISED:
            held.pop(name, None)
            found.append(signal)
            continue
        about = f"{signal.kind.value}/{_direction(signal)}"
        doubtful = replace(signal, why={**signal.why, "doubt": "twice"})
        if believed or signal.priority < told.get(about, _LEAST):
            told[about] = min(signal.priority, told.get(about, _LEAST))
            held.pop(name, None)
            found.append(doubtful)
        else:
            held[name] = doubtful
            found.append(replace(doubtful, change=Change.HELD))
    return Doubt(told, held), found


def release(doubt: Doubt, at: float) -> tuple[Doubt, list[Signal]]:
    """Tell what waits and still stands, as of `at` (Unix seconds)."""
    found = [
        replace(one, at=at, why={**one.why, "lasted_s": round(one.why.get("lasted_s", 0) + at - one.at)})
        for one in doubt.held.values()
    ]
    return Doubt(doubt.told), found


def others_speak(memories: Mapping[str, Memory], doubted: Mapping[str, Doubt]) -> bool:
    """Whether a condition stands that does not rest on the rates of a device in doubt.

    NEWS2 counts such rates among others; somebody has been at the bed for it, so that it is not held against them.
    """
    if any(kind.value in memories and memories[kind.value].is_open() for kind in _OTHERS):
        return True
    return any(
        one.is_active and name.partition(":")[0] not in doubted
        for kind in RATES
        if kind.value in memories
        for name, one in memories[kind.value].holds.items()
    )


def device_of(signal: Signal) -> str:
    """The device itself, without the condition of it."""
    return signal.device.partition(":")[0]


def _direction(signal: Signal) -> str:
    """Up or down: a limit and the person's own median say the same twice."""
    why = signal.why
    if why.get("code") == "usual":
        return "high" if why["value"] >= why["median"] else "low"
    return str(why.get("code"))
