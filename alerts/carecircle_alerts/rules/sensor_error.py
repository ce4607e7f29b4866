"""Sensor error: values that cannot be, that do not move, that toggle, are twice too high, or come from two beds (pure).

Its device is not believed by the clinical rules until it has made sense again for a while. Only rates that are twice
too high stay believed: a heart and a breath that double may be a broken counter or a very ill person; both are told,
once. Repeats of the same direction are held back until the fault ends, the rates leave the pattern, or something else
speaks for a change.
"""

from collections.abc import Mapping
from zlib import crc32

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.bucket import fill
from carecircle_alerts.rules.rule import FAULT, STATUS, Memory, Outcome, Rule, Settings, Turn, tell
from carecircle_alerts.watch.around import Around
from carecircle_alerts.watch.baseline import Usual
from carecircle_alerts.watch.hold import Change
from carecircle_alerts.watch.seen import Seen

_KIND = Kind.SENSOR_ERROR
_STATEMENTS = ("in_bed", "door_open")
_TWICE, _ABOUT_TWICE = (1.8, 2.2), (1.6, 2.5)
"""Left more widely than entered, as a deadband is: a breath that wanders is still a doubled one."""
_VITAL = ("heart_rate", "respiratory_rate")
STILL_BELIEVED = "twice"
"""The one sign that may as well be one of a very ill person: it silences no clinical rule."""
_LEAP_S = 6 * 3600.0
"""Two readings further apart than this show no leap; a day out of bed lies between a night and the next."""
_CHANGED = (1.6, 3.2)
_CHANGE_S = 24 * 3600.0
"""After a change of firmware it is looked at for a day, and more widely: an illness may have moved on in between."""


class SensorError(Settings):
    """Engineering proposals."""

    impossible: int = Field(3, ge=1, description="messages with impossible values; one is forgotten in ten minutes")
    frozen: int = Field(40, ge=5, description="readings in a row of a sleeper that do not differ in anything")
    toggles: int = Field(20, ge=4, description="changes of a statement; one is forgotten in ten minutes")
    missing: int = Field(
        30, ge=5, description="readings in a row of somebody in bed without the heart rate it once had"
    )
    empty_s: float = Field(36 * 3600, gt=0, description="a bed that a mat calls empty for so long: away, or broken")
    twice: int = Field(2, ge=2, description="readings in a row with heart and breath at twice the usual")
    left: int = Field(
        3, ge=1, description="readings in a row that are not even about twice the usual before rates are told again"
    )
    well: int = Field(60, ge=1, description="messages in a row without a fault before it is believed again")


def step(memory: Memory, turn: Turn, settings: SensorError) -> Outcome:
    """Look for each sign of a broken sensor in one message."""
    seen = turn.seen
    assert seen is not None
    name, notes = seen.device, dict(memory.notes)
    if seen.said is not None:
        _note_firmware(notes, seen)
        return Outcome(Memory({}, notes, None) if notes != memory.notes else memory)
    why = _impossible(notes, turn, seen, settings)
    if seen.readings is not None:
        why = _frozen(notes, seen, settings) or _missing(notes, seen, settings) or why
        why = _empty(notes, turn.at, seen, settings) or why
        why = _toggling(notes, turn.at, seen, settings) or why
        why = _twice(notes, turn.around, seen, settings) or why
    if seen.event == "device_fault":
        why = {"code": "says_so"}
    key, good = _active(name), f"good:{name}"
    if key in notes:
        _count_good(notes, good, turn, seen, doubted=why is not None)
        _count_left(notes, turn.around, seen)
    if why is not None and key not in notes:
        notes |= {key: turn.at, good: 0.0}
        return Outcome(Memory({}, notes, None), tell(_KIND, Change.RAISED, turn.at, 3, why, name))
    if key in notes and notes[good] >= settings.well:
        del notes[key], notes[good]
        notes.pop(_left(name), None)
        return Outcome(Memory({}, notes, None), tell(_KIND, Change.CLEARED, turn.at, 3, {"code": "well"}, name))
    return Outcome(Memory({}, notes, None) if notes != memory.notes else memory)


def doubts(memory: Memory, device: str) -> bool:
    """Whether this rule has told something of the device that has not ended."""
    return _active(device) in memory.notes


def has_left(memory: Memory, device: str, settings: SensorError) -> bool:
    """Whether the rates of a device are no longer about twice the usual, well or not: something else is happening."""
    return memory.notes.get(_left(device), 0.0) >= settings.left


def _active(device: str) -> str:
    return f"active:{device}"


def _left(device: str) -> str:
    return f"left:{device}"


def _count_left(notes: dict[str, float], around: Around, seen: Seen) -> None:
    readings = seen.readings
    if readings is None or not all(name in readings for name in _VITAL):
        return
    fits = f"twice:{seen.device}" in notes or _are_twice(around, readings, _ABOUT_TWICE)
    notes[_left(seen.device)] = 0.0 if fits else notes.get(_left(seen.device), 0.0) + 1


def _count_good(notes: dict[str, float], good: str, turn: Turn, seen: Seen, *, doubted: bool) -> None:
    """Only a message that could be wrong shows that a sensor is well: an empty bed shows nothing of a heart rate."""
    vital = f"had:{seen.device}" in notes
    if doubted or turn.faults:
        notes[good] = 0.0
    elif not vital or (seen.readings is not None and "heart_rate" in seen.readings):
        notes[good] = notes.get(good, 0.0) + 1


def _impossible(notes: dict[str, float], turn: Turn, seen: Seen, settings: SensorError) -> dict[str, object] | None:
    if "two_beds" in turn.faults:
        return {"code": "two_beds", "other": turn.faults["two_beds"]}
    faults = {what: why for what, why in turn.faults.items() if what != "clock"}
    if not faults:
        return None
    level = fill(notes, f"odd:{seen.device}", turn.at)
    return {"code": "impossible", "what": faults} if level >= settings.impossible else None


def _toggling(notes: dict[str, float], at: float, seen: Seen, settings: SensorError) -> dict[str, object] | None:
    assert seen.readings is not None
    for name in _STATEMENTS:
        value = seen.readings.get(name)
        if value is None:
            continue
        was = f"{name}:{seen.device}"
        changed = was in notes and notes[was] != float(value)
        notes[was] = float(value)
        if changed and fill(notes, f"turns:{seen.device}", at) >= settings.toggles:
            return {"code": "toggling", "what": name}
    return None


def _empty(notes: dict[str, float], at: float, seen: Seen, settings: SensorError) -> dict[str, object] | None:
    assert seen.readings is not None
    in_bed, since = seen.readings.get("in_bed"), f"empty:{seen.device}"
    if in_bed is None:
        return None
    if in_bed:
        notes.pop(since, None)
        return None
    empty_s = at - notes.setdefault(since, at)
    return {"code": "empty", "empty_s": round(empty_s)} if empty_s >= settings.empty_s else None


def _frozen(notes: dict[str, float], seen: Seen, settings: SensorError) -> dict[str, object] | None:
    readings = seen.readings
    if not readings or "heart_rate" not in readings or "movement" not in readings:
        return None
    mark, count = f"mark:{seen.device}", f"same:{seen.device}"
    now = float(sum(readings.get(name, 0) * weight for name, weight in _WEIGHTS))
    notes[count] = notes.get(count, 0) + 1 if notes.get(mark) == now else 0.0
    notes[mark] = now
    return {"code": "frozen", "readings": notes[count]} if notes[count] >= settings.frozen else None


# One number that differs whenever one of the four does, as finely as sensors tell them.
_WEIGHTS = (("heart_rate", 1.0), ("respiratory_rate", 1e3), ("spo2", 1e6), ("movement", 1e9))


def _missing(notes: dict[str, float], seen: Seen, settings: SensorError) -> dict[str, object] | None:
    readings, count, had = seen.readings, f"bare:{seen.device}", f"had:{seen.device}"
    assert readings is not None
    if "heart_rate" in readings:
        notes[had] = 1.0
    if had not in notes or "heart_rate" in readings or not readings.get("in_bed"):
        notes.pop(count, None)
        return None
    notes[count] = notes.get(count, 0) + 1
    return {"code": "missing", "what": "heart_rate"} if notes[count] >= settings.missing else None


def _twice(notes: dict[str, float], around: Around, seen: Seen, settings: SensorError) -> dict[str, object] | None:
    readings = seen.readings
    assert readings is not None
    if not all(name in readings for name in _VITAL):
        return None
    count = f"twice:{seen.device}"
    leapt = _leapt(notes, seen, (float(readings["heart_rate"]), float(readings["respiratory_rate"])))
    if not leapt and not _are_twice(around, readings, _TWICE):
        notes.pop(count, None)
        return None
    notes[count] = notes.get(count, 0) + 1
    return {"code": STILL_BELIEVED, "readings": notes[count]} if notes[count] >= settings.twice else None


def _are_twice(around: Around, readings: Mapping[str, float], band: tuple[float, float]) -> bool:
    """Whether both rates are so many times what is usual, asleep or awake."""
    return any(
        all(_is_times(around.usual(name, asleep=asleep), readings[name], band) for name in _VITAL)
        for asleep in (True, False)
    )


def _is_times(usual: Usual | None, value: float, band: tuple[float, float]) -> bool:
    return usual is not None and usual.median > 0 and band[0] <= value / usual.median <= band[1]


def _leapt(notes: dict[str, float], seen: Seen, now: tuple[float, float]) -> bool:
    """Whether both rates doubled from one reading to the next and have stayed there: no heart does that with a breath.

    Somebody who is ill is far from the own usual already, so that only the device's own last words show it. A firmware
    that was changed in between makes a longer pause and a rougher doubling enough.
    """
    at, heart, breath = (f"{name}:{seen.device}" for name in ("vital_at", "heart", "breath"))
    before = (notes.get(heart, 0.0), notes.get(breath, 0.0))
    is_changed = seen.at - notes.get(f"changed:{seen.device}", 0.0) <= _CHANGE_S
    low, high = _CHANGED if is_changed else _TWICE
    is_leap = seen.at - notes.get(at, 0.0) <= (_CHANGE_S if is_changed else _LEAP_S) and all(
        was > 0 and low <= value / was <= high for was, value in zip(before, now, strict=True)
    )
    # While it stays up there, what is remembered stays what it was before the leap.
    if not is_leap:
        notes[heart], notes[breath] = now
    notes[at] = seen.at
    return is_leap


def _note_firmware(notes: dict[str, float], seen: Seen) -> None:
    """When a device last said that its firmware is another one."""
    assert seen.said is not None
    if seen.said.firmware is None:
        return
    mark, key = float(crc32(seen.said.firmware.encode())), f"firmware:{seen.device}"
    if notes.get(key, mark) != mark:
        notes[f"changed:{seen.device}"] = seen.at
    notes[key] = mark


RULE = Rule(_KIND, frozenset({"heart_rate", *_STATEMENTS, FAULT, STATUS, "event:device_fault"}), SensorError, step)
