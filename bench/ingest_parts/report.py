"""Report: progress on the terminal, and figures out of repeated runs (pure but for printing)."""

import json
import statistics
import time
from collections.abc import Callable

from bench.ingest_parts.throughput import Sample

KEYS = (
    "limit_msgs_s",
    "one_process_msgs_s",
    "ratio_to_limit",
    "plain_plan_msgs_s",
    "ratio_to_plain",
    "peers",
    "latency_ms",
    "rss_mb_full_queue",
    "bytes_per_message",
)
Figures = dict[str, object]
_began = time.monotonic()


def say(line: str) -> None:
    """One line of progress with the seconds since the start."""
    print(f"{time.monotonic() - _began:6.0f} s  {line}", flush=True)


def shown(name: str, sample: Sample) -> None:
    """One run as a line of progress."""
    say(
        f"  {name:<28} {sample.messages_s:>9,.0f} messages/s"
        f" {sample.cpu_us:>7.1f} us consumer {sample.database_cpu_us:>7.1f} us database"
    )


def median(samples: list[Sample], what: Callable[[Sample], float]) -> float:
    """The middle of repeated runs."""
    return statistics.median(map(what, samples))


def paired(ones: list[Sample], others: list[Sample], what: Callable[[Sample], float]) -> float:
    """The median of the ratios of neighbouring runs: what disturbs the machine disturbs both."""
    return round(statistics.median(what(a) / what(b) for a, b in zip(ones, others, strict=True)), 2)


def peer_figures(samples: list[Sample]) -> Figures:
    """Rows a second and processor microseconds a row."""
    return {
        "rows_s": round(median(samples, lambda one: one.messages_s)),
        "cpu_us_per_row": round(median(samples, lambda one: one.cpu_us), 1),
    }


def print_figures(figures: Figures) -> None:
    """What was found beside `KEYS`, and in the last line `KEYS`, null where one was not measured."""
    print(json.dumps({"more": {key: value for key, value in figures.items() if key not in KEYS}}))
    print(json.dumps({key: figures.get(key) for key in KEYS}))
