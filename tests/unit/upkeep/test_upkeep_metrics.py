"""Upkeep's figures: the lag grows while nothing happens, and nothing names a bed."""

import math
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest

from carecircle.clock import ManualClock
from carecircle_upkeep.metrics import UpkeepMetrics
from carecircle_upkeep.resolutions import HOUR, MINUTE
from carecircle_upkeep.rolling import Redone

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_lag_is_unknown_first_and_then_grows_by_itself() -> None:
    registry, clock = CollectorRegistry(), ManualClock(NOW)
    metrics = UpkeepMetrics(registry, clock)
    lag = registry.get_sample_value("carecircle_upkeep_lag_seconds")
    assert lag is not None
    assert math.isnan(lag)
    metrics.stands_at(NOW - timedelta(minutes=2))
    clock.forward(seconds=30)
    assert registry.get_sample_value("carecircle_upkeep_lag_seconds") == 150


def test_what_was_done_is_counted() -> None:
    registry = CollectorRegistry()
    metrics = UpkeepMetrics(registry, ManualClock(NOW))
    metrics.rolled({MINUTE: 5, HOUR: 0}, 0.2)
    metrics.redone(Redone(hours=3, too_old=1))
    metrics.waits(7)
    metrics.dropped({"vitals": 2})
    metrics.database_is_away()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.value and not sample.name.endswith(("_created", "_bucket"))
    }
    assert {name: value for name, value in found.items() if value == value} == {  # noqa: PLR0124 - leaves NaN out
        ("carecircle_upkeep_rows_total", "minute"): 5,
        ("carecircle_upkeep_touched_redone_total",): 3,
        ("carecircle_upkeep_touched_too_old_total",): 1,
        ("carecircle_upkeep_touched_waiting",): 7,
        ("carecircle_upkeep_chunks_dropped_total", "vitals"): 2,
        ("carecircle_upkeep_database_away_total",): 1,
        ("carecircle_upkeep_slice_seconds_count",): 1,
        ("carecircle_upkeep_slice_seconds_sum",): 0.2,
    }
    assert b"bed=" not in generate_latest(registry)
