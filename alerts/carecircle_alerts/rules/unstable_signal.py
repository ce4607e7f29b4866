"""Unstable signal: a device that comes and goes, or is heard badly for an hour (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.bucket import fill
from carecircle_alerts.rules.rule import STATUS, Memory, Outcome, Rule, Settings, Turn, condition, tell
from carecircle_alerts.watch.hold import Change, Delays, Stage

_KIND = Kind.UNSTABLE_SIGNAL


class UnstableSignal(Settings):
    """Engineering proposals."""

    changes: float = Field(6, ge=2, description="of online and offline; one is forgotten every ten minutes")
    weak_percent: float = Field(20, ge=0, le=100, description="link quality at or below")
    weak_s: float = Field(3600, ge=0)
    gap_s: float = Field(3 * 3600, gt=0)


def step(memory: Memory, turn: Turn, settings: UnstableSignal) -> Outcome:
    """Judge one word of a device on itself."""
    seen = turn.seen
    assert seen is not None
    assert seen.said is not None
    name, said = seen.device, seen.said
    outcome = Outcome(memory)
    if said.link_quality is not None:
        is_active = name in memory.holds and memory.holds[name].is_active
        is_weak = said.link_quality <= settings.weak_percent + (10 if is_active else 0)
        delays = Delays((Stage(settings.weak_s, 3),), settings.weak_s, settings.gap_s, 24 * 3600)
        why = {"code": "weak", "value": said.link_quality, "limit": settings.weak_percent}
        outcome = condition(memory, _KIND, turn.at, is_weak, delays, lambda: why, name)
    flapped, signals = _flapping(outcome.memory, turn, settings)
    return Outcome(flapped, outcome.signals + signals)


def _flapping(memory: Memory, turn: Turn, settings: UnstableSignal) -> Outcome:
    seen = turn.seen
    assert seen is not None
    assert seen.said is not None
    name, notes = seen.device, dict(memory.notes)
    active, was, online = f"active:{name}", f"was:{name}", float(seen.said.online)
    left = fill(notes, f"turns:{name}", turn.at, float(notes.get(was, online) != online))
    notes[was] = online
    if left >= settings.changes and active not in notes:
        notes[active] = turn.at
        why = {"code": "flapping", "changes": round(left)}
        return Outcome(Memory(memory.holds, notes, memory.due), tell(_KIND, Change.RAISED, turn.at, 3, why, name))
    if active in notes and left < 1:
        del notes[active]
        why = {"code": "steady"}
        return Outcome(Memory(memory.holds, notes, memory.due), tell(_KIND, Change.CLEARED, turn.at, 3, why, name))
    return Outcome(Memory(memory.holds, notes, memory.due))


RULE = Rule(_KIND, frozenset({STATUS}), UnstableSignal, step)
