"""Metrics: the lifeline's figures for Prometheus; no label names a bed or a person (pure but for the registry)."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from carecircle_alerts.lifeline.state import LifelineState


class LifelineMetrics:
    """What the lifeline saw and did."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str) -> Counter:
            return Counter(f"carecircle_lifeline_{name}", what, registry=registry)

        def gauge(name: str, what: str) -> Gauge:
            return Gauge(f"carecircle_lifeline_{name}", what, registry=registry)

        self.calls = counter("calls", "calls for help heard, repeats included")
        self.overdue = counter("overdue", "calls that were not committed in time")
        self.strangers = counter("strangers", "overdue calls of beds that the platform does not know")
        self.told = counter("told", "tellings that a channel has taken")
        self.not_told = counter("not_told", "tellings that no channel has taken")
        self.reconciled = counter("reconciled", "calls that the database knows again")
        self._waiting = gauge("waiting", "calls that wait for their commit")
        self._unreconciled = gauge("unreconciled", "calls that were told and that the database does not know yet")
        self._snapshot_age = gauge("snapshot_age_seconds", "age of the list of people; -1 without one")
        self._broker = gauge("broker_connected", "1 while the broker is there")

    def looked(self, state: LifelineState) -> None:
        """It has looked at itself."""
        self._waiting.set(state.waiting)
        self._unreconciled.set(state.unreconciled)
        self._snapshot_age.set(-1 if state.snapshot_age_s is None else state.snapshot_age_s)
        self._broker.set(state.broker)
