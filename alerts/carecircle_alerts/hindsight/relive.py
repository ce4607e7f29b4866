"""Relive: a bed's stretch of history through the same rules, from a memory of that time, in slices (pure)."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.settings import RuleSet
from carecircle_alerts.watch.mind import LATENESS_S, settle, take, thaw
from carecircle_alerts.watch.seen import Seen

SLICE = 100
"""Messages between two pauses: about ten milliseconds, the longest that a help call may wait for this work."""
_SKEW_S = 60.0  # two readers of a broker see a message at different moments, and one that is given twice counts once
Message = tuple[Seen, bool]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the rules remembered of a bed, frozen. Unix seconds: up to when it was judged, and when it was kept."""

    settled: float
    taken: float
    frozen: bytes


def is_late(seen: Seen) -> bool:
    """Whether a message came after its time had been judged."""
    return seen.received - seen.at > LATENESS_S


def as_it_came(memory: Memory, messages: Iterable[Message]) -> list[Message]:
    """What arrived after the memory was kept, in the order of arrival."""
    return [one for one in messages if one[0].received > memory.taken - _SKEW_S]


def as_it_was_measured(memory: Memory, messages: Iterable[Message]) -> list[Message]:
    """What was measured after the memory ends, as if each message had come at once."""
    moved = [
        (replace(seen, received=seen.at), wrong) if seen.received > seen.at else (seen, wrong)
        for seen, wrong in messages
        if seen.at > memory.settled
    ]
    return sorted(moved, key=lambda one: (one[0].received, one[0].order()))


def relive(
    memory: Memory, messages: Sequence[Message], rules: RuleSet, until: float
) -> Generator[None, None, list[Signal]]:
    """All that the rules say up to `until` (Unix seconds); gives way after each slice of messages."""
    mind, signals = thaw(memory.frozen), list[Signal]()
    for number, (seen, clock_was_wrong) in enumerate(messages):
        signals += settle(mind, min(seen.received - LATENESS_S, until), rules)
        take(mind, seen, {"clock": "wild"} if clock_was_wrong else None)
        if number % SLICE == SLICE - 1:
            yield
    return signals + settle(mind, until, rules)
