"""Rule: what every rule is made of: what it hears, what it may be told, and one pure step (pure)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.watch.around import Around
from carecircle_alerts.watch.hold import NOTHING, Change, Delays, Hold, hold
from carecircle_alerts.watch.seen import Seen

ANY = "any"
"""Every message, while the rule has something to end."""
STATUS = "status"
FAULT = "fault"
"""A message with a value that cannot be, or with a time that cannot be right."""
TICK = "tick"
"""Asked once as soon as the bed is known, so that silence itself can be judged."""


class Settings(BaseModel):
    """What a rule may be told. Unknown names are refused, so that a slip in a setting is found when it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    enabled: bool = True


class Memory(Struct, frozen=True, array_like=True, gc=False):
    """What a rule remembers of a bed: conditions and notes by device (or ""), and when it wants to be asked again."""

    holds: dict[str, Hold] = {}
    notes: dict[str, float] = {}
    due: float | None = None

    def is_open(self) -> bool:
        """Whether it has told something that has not ended."""
        return any(one.is_active for one in self.holds.values()) or any(
            name.startswith("active") for name in self.notes
        )


class Signal(Struct, frozen=True):
    """What a rule says: a condition was raised or has cleared at `at` (Unix seconds), and why, in fields.

    `device` is the one that it is about, or none; several conditions of one device are told apart by a part after `:`.
    """

    kind: Kind
    change: Change
    at: float
    priority: int
    device: str
    why: dict[str, Any]


class Outcome(NamedTuple):
    """What a step leaves behind and what it says."""

    memory: Memory
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a rule is asked about: a message, or, where `seen` is None, only that it is now `at` (Unix seconds)."""

    at: float
    seen: Seen | None
    around: Around
    faults: dict[str, str] = field(default_factory=dict)
    """What cannot be in this message: quantity or `clock` to the reason."""


Step = Callable[[Memory, Turn, Any], Outcome]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `hears` names quantities, `event:<name>`, `STATUS` and `ANY`."""

    kind: Kind
    hears: frozenset[str]
    settings: type[Settings]
    step: Step
    name: str = field(init=False)
    family: Family = field(init=False)

    def __post_init__(self) -> None:
        # One rule finds one kind of danger and is called by it; asked for every message, so that it is kept.
        object.__setattr__(self, "name", self.kind.value)
        object.__setattr__(self, "family", FAMILY[self.kind])


def condition(
    memory: Memory,
    kind: Kind,
    at: float,
    verdict: bool | None,  # noqa: FBT001 - it is the value
    delays: Delays,
    why: Callable[[], dict[str, Any]],
    device: str = "",
) -> Outcome:
    """Hold one piece of evidence against what is remembered, and say what came of it. `why` is asked only then."""
    before = memory.holds.get(device, NOTHING)
    if verdict is False and before is NOTHING:
        return Outcome(memory)
    after, change = hold(before, at, verdict, delays)
    if after is before:
        return Outcome(memory)
    holds = {**memory.holds, device: after}
    if verdict is False and after.told_at is None:
        del holds[device]
    memory = replace(memory, holds=holds)
    if change is None:
        return Outcome(memory)
    stage = after.stage if change is Change.RAISED else max(1, before.stage)
    priority = delays.stages[min(stage, len(delays.stages)) - 1].priority
    lasted_s = round(at - (after.begun if after.begun is not None else before.begun or at))
    return Outcome(memory, (Signal(kind, change, at, priority, device, {"lasted_s": lasted_s, **why()}),))


def tell(kind: Kind, change: Change, at: float, priority: int, why: dict[str, Any], device: str = "") -> tuple[Signal]:
    """One signal."""
    return (Signal(kind, change, at, priority, device, why),)


def together(memory: Memory, parts: Iterable[Callable[[Memory], Outcome]]) -> Outcome:
    """Several conditions of one rule, one after the other."""
    signals: tuple[Signal, ...] = ()
    for part in parts:
        memory, said = part(memory)
        signals += said
    return Outcome(memory, signals)
