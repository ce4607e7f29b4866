"""Sources told: what the pulse says of each source of travel times that a process has (pure)."""

from collections.abc import Iterable, Mapping

from carecircle_alerts.travel.chain import Chain

_ANSWERS = frozenset({"answered", "unknown"})


def sources_told(chain: Chain, daily_budgets: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """Each source by its name, with its place in the order of trust; people and failed questions since the start.

    `p50_ms` and `p95_ms` are of its last questions, None before the first. A source with a daily budget says it; what
    is left of that, the database knows.
    """
    alone, told = chain.left_alone(), dict[str, dict[str, object]]()
    for place, source in enumerate(chain.sources, start=1):
        outcomes = {outcome: count for (name, outcome), count in chain.counts.items() if name == source.name}
        about: dict[str, object] = {
            "place": place,
            "is_remote": source.is_remote,
            "is_left_alone": alone.get(source.name, False),
            "answered": outcomes.get("answered", 0),
            "unknown": outcomes.get("unknown", 0),
            "failed": sum(count for outcome, count in outcomes.items() if outcome not in _ANSWERS),
            "p50_ms": _percentile_ms(chain.lately_s[source.name], 0.5),
            "p95_ms": _percentile_ms(chain.lately_s[source.name], 0.95),
        }
        if source.name in daily_budgets:
            about["daily_budget"] = daily_budgets[source.name]
        told[source.name] = about
    return told


def _percentile_ms(seconds: Iterable[float], share: float) -> float | None:
    ordered = sorted(seconds)
    return round(ordered[int(share * (len(ordered) - 1))] * 1000, 2) if ordered else None
