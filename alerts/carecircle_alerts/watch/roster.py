"""Roster: the minds of the beds in hand, and which bed wants to be looked at next (pure)."""

import heapq
from dataclasses import dataclass, field

from carecircle_alerts.rules.settings import STANDARD, Override, RuleSet, overrides_for, rule_set_of
from carecircle_alerts.watch.mind import LATENESS_S, Mind


@dataclass(frozen=True, slots=True)
class BedFacts:
    """What rules have to know of a bed that no message says."""

    county: str
    division_code: str
    altitude_m: int
    devices: tuple[str, ...]


@dataclass(slots=True)
class Roster:
    """Minds of the beds in hand. A bed is planned once; an earlier wish counts at once, a later one at its turn."""

    facts: dict[str, BedFacts] = field(default_factory=dict)
    minds: dict[str, Mind] = field(default_factory=dict)
    version: int = 0
    _overrides: tuple[Override, ...] = ()
    _rules: dict[str, RuleSet] = field(default_factory=dict)
    _shared: dict[tuple[int, ...], RuleSet] = field(default_factory=dict)
    _wanted: dict[str, float] = field(default_factory=dict)
    _planned: dict[str, float] = field(default_factory=dict)
    _looks: list[tuple[float, str]] = field(default_factory=list)

    def forget(self) -> None:
        """Drop what may have run ahead of the database."""
        self.minds.clear()
        self._wanted.clear()
        self._planned.clear()
        self._looks.clear()

    def change_rules(self, overrides: tuple[Override, ...], version: int) -> None:
        """Other settings of rules count from now on."""
        self._overrides, self.version = overrides, version
        self._rules.clear()
        self._shared.clear()

    def rules_of(self, bed: str) -> RuleSet:
        """The rules of a bed; beds with the same settings share one set."""
        found = self._rules.get(bed)
        if found is None:
            if not self._overrides:
                return STANDARD
            mine = overrides_for(self.facts[bed].division_code, bed, self._overrides)
            shared = tuple(map(id, mine))
            found = self._shared.get(shared)
            if found is None:
                found = self._shared[shared] = rule_set_of(mine)
            self._rules[bed] = found
        return found

    def plan(self, bed: str, at: float) -> None:
        """A bed wants to be looked at when `at` (Unix seconds, event time) has been settled."""
        at += LATENESS_S
        self._wanted[bed] = at
        if at < self._planned.get(bed, float("inf")):
            self._planned[bed] = at
            heapq.heappush(self._looks, (at, bed))

    def due(self, now: float, most: int) -> list[str]:
        """The beds that are due, longest overdue first; their plans are taken."""
        found: list[str] = []
        while self._looks and self._looks[0][0] <= now and len(found) < most:
            at, bed = heapq.heappop(self._looks)
            if self._planned.get(bed) != at:
                continue
            del self._planned[bed]
            wanted = self._wanted.get(bed, at)
            if wanted > now:
                # It has spoken since it was planned, and wants nothing yet.
                self.plan(bed, wanted - LATENESS_S)
            elif bed in self.facts:
                found.append(bed)
        return found
