"""Lost signal: one device is silent for longer than its habit while others of its home are heard (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import ANY, TICK, Memory, Outcome, Rule, Signal, Turn, tell
from carecircle_alerts.rules.silence import SilenceSettings, allowed_s
from carecircle_alerts.watch.around import Device, rfc3339
from carecircle_alerts.watch.hold import Change

_KIND = Kind.LOST_SIGNAL


class LostSignal(SilenceSettings):
    """A sensor's habit, at least a quarter of an hour."""

    least_s: float = Field(900, gt=0, description="freshness of a bed sensor: 15 min")


def step(memory: Memory, turn: Turn, settings: LostSignal) -> Outcome:
    """A device that is heard is found again; the others are looked at when the first of them is due."""
    if turn.seen is not None and f"active:{turn.seen.device}" not in memory.notes:
        return Outcome(memory)
    notes, signals, due = dict(memory.notes), list[Signal](), float("inf")
    for name, device in turn.around.devices.items():
        key, silent_s, limit_s = f"active:{name}", silent_for(device, turn.around.home), allowed_s(device, settings)
        if silent_s < limit_s:
            due = min(due, turn.at + limit_s - silent_s)
            if notes.pop(key, None) is not None:
                signals += tell(_KIND, Change.CLEARED, turn.at, settings.priority, {"code": "heard"}, name)
        elif key not in notes:
            notes[key] = turn.at
            why = {"code": "silent", "allowed_s": round(limit_s), "capabilities": device.can}
            if device.heard is not None:
                why["last_heard"] = rfc3339(device.heard)
            signals += tell(_KIND, Change.RAISED, turn.at, settings.priority, why, name)
    # A device that joins later sets no clock of its own: within a quarter of an hour somebody looks.
    due = min(due, turn.at + settings.least_s)
    return Outcome(Memory(memory.holds, notes, due), tuple(signals))


def silent_for(device: Device, home: Device) -> float:
    """Seconds without a word in which its home was heard."""
    if home.heard is None:
        return 0.0
    since = device.known_since if device.heard is None else device.heard
    return home.heard - since - (home.missed_s - device.missed_s)


RULE = Rule(_KIND, frozenset({ANY, TICK}), LostSignal, step)
