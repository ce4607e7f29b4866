"""Ingest's figures for Prometheus: touched once a batch, never once a message (pure but for the registry)."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from carecircle.mqtt import Delivery
from carecircle_ingest.decode import unix_ms
from carecircle_ingest.writer import Written

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600, 3600)
_MESSAGES = (1, 5, 20, 100, 300, 1000, 2000)


class IngestMetrics:
    """What the history path did. No label names a bed or a device: figures are no way around the access rules."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"carecircle_ingest_{name}", what, labels, registry=registry)

        def seconds(name: str, what: str) -> Histogram:
            return Histogram(f"carecircle_ingest_{name}_seconds", what, buckets=_SECONDS, registry=registry)

        self._received = counter("received", "messages taken from the broker, repeats included")
        self._stored = counter("stored", "messages that are in history, now or before")
        self._duplicates = counter("duplicates", "rows that were there already")
        self._quarantined = counter("quarantined", "messages that could not be read", "reason")
        self._database_away = counter("database_away", "batches that waited because the database did not answer")
        self._marks = counter("marks", "stored marks published to senders")
        self._batch = Histogram(
            "carecircle_ingest_batch_messages", "messages of a batch", buckets=_MESSAGES, registry=registry
        )
        self._batch_seconds = seconds("batch", "from taking a batch to its commit")
        self._lag = seconds("lag", "from a message's arrival to its commit, the oldest of each batch")
        self._end_to_end = seconds("end_to_end_lag", "from a measurement to its commit, the last of each batch")
        self._waiting = Gauge(
            "carecircle_ingest_waiting", "messages taken from the broker, not yet stored", registry=registry
        )
        self._uncovered = Gauge(
            "carecircle_ingest_uncovered_counties", "counties with beds that no partition reads", registry=registry
        )

    def batch(self, deliveries: Sequence[Delivery], written: Written, took_s: float, committed_at: datetime) -> None:
        """A batch is committed."""
        self._received.inc(len(deliveries))
        self._stored.inc(written.stored)
        self._duplicates.inc(written.duplicates)
        for reason, count in written.refused.items():
            self._quarantined.labels(reason.value).inc(count)
        self._batch.observe(len(deliveries))
        self._batch_seconds.observe(took_s)
        self._lag.observe((committed_at - deliveries[0].received_at).total_seconds())
        rows = written.understood[-1].rows if written.understood else []
        for _table, (measured_at, *_) in rows[:1]:
            assert isinstance(measured_at, int)
            self._end_to_end.observe(max(0.0, committed_at.timestamp() - unix_ms(measured_at) / 1000))

    def waits(self, messages: int) -> None:
        """So many messages wait in memory."""
        self._waiting.set(messages)

    def database_is_away(self) -> None:
        """A batch waits for the database."""
        self._database_away.inc()

    def marks_said(self, count: int) -> None:
        """So many senders were told what they may forget."""
        self._marks.inc(count)

    def uncovered(self, counties: int) -> None:
        """So many counties have beds and no reader."""
        self._uncovered.set(counties)
