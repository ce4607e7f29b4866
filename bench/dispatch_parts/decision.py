"""From an event to its offers, committed: milliseconds of one decision at a time, with few beds and a million (I/O).

One process against a real TimescaleDB: a press is handled as the alert engine handles it (twin, incident, signal, first
timers, one transaction), then its wave is due at once (ranking, offers, messages, audit, one transaction). Nothing else
runs beside it; travel times come from the straight line, so that the road network's share is not in it (see `roads`).
"""

import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from bench.dispatch_parts.figures import percentile
from bench.dispatch_parts.town import COUNTY, Town, build
from carecircle.clock import SystemClock
from carecircle.mqtt import Delivery
from carecircle.runtime.install import ensure_runtime
from carecircle_alerts.detect import Detector
from carecircle_alerts.engine import run_due
from carecircle_alerts.memory import calm_collector
from carecircle_alerts.store import Connection
from carecircle_alerts.travel.straight_line import StraightLine
from tests.servers import OwnDatabase, new_own_database

SMALL = Town(2_000, 300)
LARGE = Town(1_000_000, 50_000)
TOWNS = {"2k": SMALL, "1m": LARGE}
_WARM = 30
_END = (
    "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other' where id = %s",
    "delete from due where incident_id = %s",
    "update offer set state = 'WITHDRAWN' where incident_id = %s",
)


async def measure(town: Town, presses: int = 400) -> dict[str, float]:
    """Milliseconds of a decision: median, 99th percentile, worst; and of its two halves in the middle."""
    calm_collector()
    with tempfile.TemporaryDirectory(prefix="dispatch-bench-") as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        try:
            build(database, town)
            return await _press(database, town, presses)
        finally:
            database.stop()


async def _press(database: OwnDatabase, town: Town, presses: int) -> dict[str, float]:
    rng = Random(1)  # noqa: S311 - reproducible
    clock, travel = SystemClock(), StraightLine()
    whole, opening, offers = [], [], 0
    url = database.url("carecircle_alerts")
    admin = AsyncConnectionPool[Connection](
        database.admin_url, min_size=1, max_size=1, open=False, kwargs={"row_factory": dict_row}
    )
    async with AsyncConnectionPool[Connection](url, min_size=2, max_size=4) as pool, admin:
        detector = Detector(pool, clock)
        for number in range(presses + _WARM):
            delivery = _event(f"bed-{rng.randint(1, town.beds)}", number)
            began = time.perf_counter()
            await detector.handle([delivery], is_live=True)
            opened = time.perf_counter()
            await run_due(pool, travel, clock.now())
            ended = time.perf_counter()
            incident, made = await _end(admin)
            assert incident is not None, "every press opens an incident"
            if number >= _WARM:
                whole.append(1000 * (ended - began))
                opening.append(1000 * (opened - began))
                offers += made
    return {
        "p50": percentile(whole, 50),
        "p99": percentile(whole, 99),
        "worst": round(max(whole), 1),
        "opening_p50": percentile(opening, 50),
        "offers_each": round(offers / presses, 1),
    }


def _event(bed: str, number: int) -> Delivery:
    now = datetime.now(UTC)
    payload = json.dumps({"boot": 1, "seq": number + 1, "at": int(now.timestamp() * 1000), "event": "sos"}).encode()
    topic = f"care/v1/{COUNTY}/{bed}/button-{number}/event"
    return Delivery(topic, payload, retained=False, received_at=now, generation=1, mid=1)


async def _end(admin: AsyncConnectionPool[Connection]) -> tuple[UUID | None, int]:
    """Close what was opened, out of the measured time; its id and how many were asked."""
    async with admin.connection() as connection:
        cursor = await connection.execute(
            "select i.id, (select count(*) from offer o where o.incident_id = i.id) as offers "
            "from incident i where i.state <> 'CLOSED'"
        )
        rows = await cursor.fetchall()
        for row in rows:
            for statement in _END:
                await connection.execute(statement.encode(), [row["id"]])
        return (rows[0]["id"], rows[0]["offers"]) if rows else (None, 0)
