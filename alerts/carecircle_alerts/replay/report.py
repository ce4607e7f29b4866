"""Report: what would have been raised, the difference between two sets of settings, and what it costs a desk (pure)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from carecircle_alerts.incident import FAMILY, Kind
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.texts import KIND_NAMES
from carecircle_alerts.watch.hold import Change

# One desk handles 6 alarms an hour (ISA-18.2, unverified): with 1,950 beds that is one alarm a bed in 13.5 days.
_DAYS_PER_ALARM = 13.5
Raised = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """Alarms by (bed, rule) under today's settings and under the change; equal where there is none."""

    beds: int
    days: float
    today: Raised
    changed: Raised

    def by_rule(self) -> dict[str, tuple[int, int]]:
        """Of each rule: alarms today and under the change."""
        today, changed = _by_rule(self.today), _by_rule(self.changed)
        return {rule: (today[rule], changed[rule]) for rule in sorted(today.keys() | changed.keys())}

    def differences(self) -> list[tuple[str, str, int, int]]:
        """Bed, rule, alarms today and under the change, the largest difference first."""
        keys = [key for key in self.today.keys() | self.changed.keys() if self.today[key] != self.changed[key]]
        rows = [(bed, rule, self.today[bed, rule], self.changed[bed, rule]) for bed, rule in keys]
        return sorted(rows, key=lambda row: (-abs(row[3] - row[2]), row[0], row[1]))

    def per_bed_day(self, raised: Raised) -> float:
        """Alarms a bed and day."""
        return raised.total() / (self.beds * self.days) if self.beds else 0.0

    def per_desk_hour(self, raised: Raised) -> float:
        """Alarms an hour for the desk that watches these beds."""
        return raised.total() / (self.days * 24)

    def document(self) -> dict[str, object]:
        """As machines read it."""
        return {
            "beds": self.beds,
            "days": self.days,
            "rules": {
                rule: {"today": today, "changed": changed, "family": FAMILY[Kind(rule)].value}
                for rule, (today, changed) in self.by_rule().items()
            },
            "per_bed_day": {"today": self._round(self.today), "changed": self._round(self.changed)},
            "per_desk_hour": {
                "today": round(self.per_desk_hour(self.today), 3),
                "changed": round(self.per_desk_hour(self.changed), 3),
            },
            "budget_per_bed_day": round(1 / _DAYS_PER_ALARM, 4),
            "differences": [
                {"bed": bed, "rule": rule, "today": today, "changed": changed}
                for bed, rule, today, changed in self.differences()
            ],
        }

    def lines(self, most: int = 20) -> list[str]:
        """As people read it."""
        found = [f"{self.beds} 张床位，{self.days:g} 天", "", f"{'规则':<24}{'今天':>8}{'更改后':>8}"]
        for rule, (today, changed) in self.by_rule().items():
            found.append(f"{rule:<24}{today:>8}{changed:>8}  {KIND_NAMES[Kind(rule)]}")
        for name, raised in (("今天", self.today), ("更改后", self.changed)):
            found.append(
                f"{name}：每床每天 {self.per_bed_day(raised):.4f}（预算 {1 / _DAYS_PER_ALARM:.4f}），"
                f"每坐席每小时 {self.per_desk_hour(raised):.2f}"
            )
        differences = self.differences()
        if differences:
            found += ["", f"变化最大的床位（共 {len(differences)} 项）："]
            found += [f"  {bed} {rule}: {today} → {changed}" for bed, rule, today, changed in differences[:most]]
        return found

    def _round(self, raised: Raised) -> float:
        return round(self.per_bed_day(raised), 4)


def counted(signals: Mapping[str, list[Signal]], since: float) -> Raised:
    """Alarms by (bed, rule) that were raised after `since` (Unix seconds)."""
    return Counter(
        (bed, signal.kind.value)
        for bed, said in signals.items()
        for signal in said
        if signal.change is Change.RAISED and signal.at >= since
    )


def _by_rule(raised: Raised) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_bed, rule), count in raised.items():
        found[rule] += count
    return found
