"""Run: one bed's history through the rules, with the clock of its arrivals (pure)."""

from collections.abc import Iterable

from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.settings import RuleSet
from carecircle_alerts.watch.mind import LATENESS_S, know, new_mind, settle, take
from carecircle_alerts.watch.roster import BedFacts
from carecircle_alerts.watch.seen import Seen


def replay(
    facts: BedFacts, messages: Iterable[tuple[Seen, bool]], rules: RuleSet, begin: float, end: float
) -> list[Signal]:
    """All that the rules would have said from `begin` to `end` (Unix seconds of arrival)."""
    mind = new_mind(begin, facts.altitude_m)
    for device in facts.devices:
        know(mind, device, begin)
    signals: list[Signal] = []
    for seen, clock_was_wrong in messages:
        signals += settle(mind, seen.received - LATENESS_S, rules)
        take(mind, seen, {"clock": "wild"} if clock_was_wrong else None)
    return signals + settle(mind, end, rules)
