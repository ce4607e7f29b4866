"""Upkeep's figures for Prometheus: how far rollups lag, what waits, what was dropped (pure but for the registry)."""

import math
from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from carecircle.clock import Clock
from carecircle_upkeep.resolutions import Resolution
from carecircle_upkeep.rolling import Redone

_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 600)


class UpkeepMetrics:
    """What upkeep did; the lag is worked out when it is asked for, so that it grows while upkeep hangs."""

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"carecircle_upkeep_{name}", what, labels, registry=registry)

        def gauge(name: str, what: str) -> Gauge:
            return Gauge(f"carecircle_upkeep_{name}", what, registry=registry)

        self._clock = clock
        self._done_until: datetime | None = None
        gauge("lag_seconds", "how far rollups are behind; two to three minutes is in order").set_function(self._lag_s)
        self._waiting = gauge("touched_waiting", "hours of beds that wait to be rolled up again")
        self._rows = counter("rows", "rollup rows written", "resolution")
        self._redone = counter("touched_redone", "hours of beds that were rolled up again")
        self._too_old = counter("touched_too_old", "late hours of beds whose readings were dropped before")
        self._dropped = counter("chunks_dropped", "chunks dropped because they were old", "table")
        self._away = counter("database_away", "rounds that ended early because the database did not answer")
        self._erased = counter("erased_rows", "rows deleted or emptied because a person is erased")
        self._erasure_failed = counter("erasure_failed", "steps of erasing a person that the database refused")
        self._slice = Histogram(
            "carecircle_upkeep_slice_seconds", "time to roll up one slice", buckets=_SECONDS, registry=registry
        )

    def _lag_s(self) -> float:
        if self._done_until is None:
            return math.nan
        return (self._clock.now() - self._done_until).total_seconds()

    def stands_at(self, done_until: datetime) -> None:
        """Rollups are made up to here."""
        self._done_until = done_until

    def rolled(self, rows: Mapping[Resolution, int], took_s: float) -> None:
        """A slice is rolled up."""
        self._slice.observe(took_s)
        for resolution, count in rows.items():
            self._rows.labels(resolution.name).inc(count)

    def redone(self, redone: Redone) -> None:
        """Hours that got late readings are rolled up again."""
        self._redone.inc(redone.hours)
        self._too_old.inc(redone.too_old)

    def waits(self, hours: int) -> None:
        """So many hours of beds wait to be rolled up again."""
        self._waiting.set(hours)

    def dropped(self, chunks: Mapping[str, int]) -> None:
        """Old chunks are dropped."""
        for table, count in chunks.items():
            self._dropped.labels(table).inc(count)

    def erased(self, rows: int) -> None:
        """A step of erasing a person is done."""
        self._erased.inc(rows)

    def erasure_failed(self) -> None:
        """A step of erasing a person was refused."""
        self._erasure_failed.inc()

    def database_is_away(self) -> None:
        """A round ended early."""
        self._away.inc()
