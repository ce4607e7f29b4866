"""Latency: from publishing a message to the commit that holds it, as the database's own clock tells (I/O).

PostgreSQL notes the time of every commit (`track_commit_timestamp`), so nobody has to look while it runs. A message
carries the millisecond in which it was made, so a figure may be up to 1 ms too high.
"""

import statistics
import time
from dataclasses import dataclass

from bench.ingest_parts.ours import Ours, stored_of_last_bed
from bench.ingest_parts.publisher import Plan, Publisher
from bench.ingest_parts.servers import Servers
from bench.ingest_parts.throughput import good_of_last_bed, next_boot

_ATTACH_S = 1.0
_WARM_UP_S = 3.0
_PATIENCE_S = 60.0
_QUERY = """
select percentile_cont(array[0.5, 0.99]) within group (
    order by extract(epoch from pg_xact_commit_timestamp(xmin) - measured_at) * 1000)
from vitals
where boot = %(boot)s
    and measured_at > (select min(measured_at) from vitals where boot = %(boot)s) + %(warm_up_s)s * interval '1 second'
"""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    p50: float
    p99: float


def latency(servers: Servers, rate: float, seconds: float) -> Latency:
    """Publish at a steady rate; the first three seconds, in which connections and chunks are made, do not count."""
    plan = Plan(servers.broker.port, int(rate * (seconds + _WARM_UP_S)), next_boot(), rate=rate)
    servers.fresh_broker()
    ours = Ours()
    publisher = Publisher(plan)
    url = servers.database.url("carecircle_ingest")
    log = servers.folder / "latency.log"
    running = ours.start(servers.mqtt_url, url, "care/v1/#", servers.folder / "latency", log)
    try:
        time.sleep(_ATTACH_S)
        publisher.go()
        publisher.wait()
        with servers.connect() as connection:
            deadline = time.monotonic() + _PATIENCE_S
            while stored_of_last_bed(connection, plan.boot) < good_of_last_bed(plan):
                assert time.monotonic() < deadline, "not all of it was stored"
                time.sleep(0.1)
            row = connection.execute(_QUERY, {"boot": plan.boot, "warm_up_s": _WARM_UP_S}).fetchone()
    finally:
        running.stop()
    assert row is not None
    assert isinstance(row[0], list)
    p50, p99 = map(float, row[0])
    return Latency(round(p50, 1), round(p99, 1))


def middle(samples: list[Latency]) -> Latency:
    """The median of each figure over repeated runs."""
    return Latency(
        statistics.median(one.p50 for one in samples),
        statistics.median(one.p99 for one in samples),
    )
