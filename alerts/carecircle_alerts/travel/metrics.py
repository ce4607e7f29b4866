"""Travel metrics: which source answers, how fast, what is left alone; no label names a place (I/O)."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from carecircle_alerts.travel.chain import Chain
from carecircle_alerts.travel.straight_line import BASIS

_ANSWERS = frozenset({"answered", "unknown"})
# The network in this process answers below a millisecond, a service within the budget of a search (600 ms by default).
_SECONDS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 2.0)


class TravelMetrics(Collector):
    """What one process asks of its sources; counts are read from the chain when somebody scrapes."""

    def __init__(self, registry: CollectorRegistry, chain: Chain) -> None:
        self._chain = chain
        seconds = Histogram(
            "carecircle_travel_seconds", "seconds that a source took for one question about everybody around a bed",
            ["source"], buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        chain.on_asked = lambda source, took_s: seconds.labels(source).observe(took_s)
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """People whose time each source has answered, failed questions, and what is left alone at this moment."""
        counts = dict(self._chain.counts)
        people = CounterMetricFamily(
            "carecircle_travel_people", "people whose time was asked for", labels=["source", "outcome"]
        )
        failed = CounterMetricFamily("carecircle_travel_failed", "questions that failed", labels=["source", "reason"])
        for (source, outcome), count in sorted(counts.items()):
            (people if outcome in _ANSWERS else failed).add_metric([source, outcome], count)
        yield people
        yield failed
        answered = sum(count for (_source, outcome), count in counts.items() if outcome == "answered")
        yield GaugeMetricFamily(
            "carecircle_travel_fallback_share", "share of all answers since the start that are straight-line estimates",
            value=counts.get((BASIS, "answered"), 0) / answered if answered else 0.0,
        )  # fmt: skip
        alone = GaugeMetricFamily("carecircle_travel_left_alone", "1 while a source is left alone", labels=["source"])
        for source, is_alone in sorted(self._chain.left_alone().items()):
            alone.add_metric([source], is_alone)
        yield alone
