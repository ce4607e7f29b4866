"""The report of a smoke run: stages, percentiles, a table and the last line (pure)."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one press: milliseconds from the press to each stage, None where it was never seen."""

    bed: str
    incident_ms: float | None
    offer_ms: float | None
    console_ms: float | None
    accepted_ms: float | None
    family_ms: float | None

    @property
    def is_whole(self) -> bool:
        """Whether every stage was seen."""
        return not self.missing()

    def missing(self) -> list[str]:
        """The stages that were not seen, as the report names them."""
        return [name for name, field in STAGES.items() if getattr(self, field) is None]


STAGES: Mapping[str, str] = {
    "incident committed 事件已落库": "incident_ms",
    "first offer at its channel 派单已送达渠道": "offer_ms",
    "on the dispatcher's stream 调度台已显示": "console_ms",
    "a responder accepted 响应员已接单": "accepted_ms",
    "family told 家属已告知": "family_ms",
}


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank: the smallest value that at least this share does not exceed; of 50 values the 99th is the worst."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def table(courses: Sequence[Course]) -> str:
    """A line a stage: median, 99th percentile, worst, and how many presses reached it."""
    head = f"{'ms from the press to':<28}{'p50':>9}{'p99':>9}{'worst':>9}{'seen':>9}"
    lines = [head, "-" * len(head)]
    for name, field in STAGES.items():
        seen = _seen(courses, field)
        figures = "".join(
            _cell(value) for value in (percentile(seen, 0.5), percentile(seen, 0.99), max(seen, default=None))
        )
        english, _, chinese = name.rpartition(" ")
        lines.append(f"{english:<28}{figures}{f'{len(seen)}/{len(courses)}':>9}  {chinese}")
    return "\n".join(lines)


def last_line(courses: Sequence[Course]) -> str:
    """The figures as one JSON object; null where nothing was seen."""
    figures: dict[str, object] = {"presses": len(courses)}
    for stage in ("incident", "offer", "console"):
        seen = _seen(courses, f"{stage}_ms")
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            value = percentile(seen, share)
            figures[f"{stage}_ms_{name}"] = None if value is None else round(value, 1)
    figures["all_accepted"] = all(course.accepted_ms is not None for course in courses)
    figures["all_family_told"] = all(course.family_ms is not None for course in courses)
    return json.dumps(figures)


def _seen(courses: Sequence[Course], field: str) -> list[float]:
    return [value for course in courses if (value := getattr(course, field)) is not None]


def _cell(value: float | None) -> str:
    return f"{'–':>9}" if value is None else f"{value:>9.1f}"
