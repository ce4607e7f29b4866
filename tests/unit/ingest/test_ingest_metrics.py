"""Ingest's figures as a collector reads them."""

import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from carecircle.errors import Misconfigured
from carecircle.metrics import MetricsSettings, new_registry, serving
from carecircle.mqtt import Delivery
from carecircle.rejected import Reason
from carecircle.runtime.ports import free_port
from carecircle.topics import Kind, Topic
from carecircle_ingest.decode import TABLES, Decoded, written_time
from carecircle_ingest.metrics import IngestMetrics
from carecircle_ingest.writer import Written

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BED = "bed-of-somebody"


def scrape(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def test_a_batch_is_told_without_naming_anybody() -> None:
    registry = new_registry()
    metrics = IngestMetrics(registry)
    delivery = Delivery("", b"", retained=False, received_at=NOW - timedelta(seconds=3), generation=1, mid=1)
    measured = written_time(int(NOW.timestamp() * 1000) - 7000)
    message = Decoded(Topic("630102", BED, "mat", Kind.TELEMETRY), 1, 1, None, [(TABLES[0], (measured,))])
    metrics.batch([delivery] * 3, Written([message], 1, Counter({Reason.NOT_JSON: 2})), 0.004, NOW)
    metrics.waits(9)
    port = free_port()
    with serving(MetricsSettings(metrics_port=port), registry):
        text = scrape(port)
    assert "carecircle_ingest_received_total 3.0" in text
    assert "carecircle_ingest_stored_total 1.0" in text
    assert "carecircle_ingest_duplicates_total 1.0" in text
    assert 'carecircle_ingest_quarantined_total{reason="not_json"} 2.0' in text
    assert "carecircle_ingest_lag_seconds_sum 3.0" in text
    assert "carecircle_ingest_end_to_end_lag_seconds_sum 7.0" in text
    assert "carecircle_ingest_waiting 9.0" in text
    assert "process_resident_memory_bytes" in text
    assert BED not in text


def test_a_taken_port_is_said_by_the_name_of_its_setting() -> None:
    port = free_port()
    with (
        serving(MetricsSettings(metrics_port=port), new_registry()),
        pytest.raises(Misconfigured, match="CARECIRCLE_METRICS_PORT"),
        serving(MetricsSettings(metrics_port=port), new_registry()),
    ):
        pass


def test_without_a_port_nothing_is_opened() -> None:
    with serving(MetricsSettings(), new_registry()):
        pass
