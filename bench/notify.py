"""Notify: how long offers wait until their channel has them, at 200 incidents a second.

    python -m bench.notify [--rate 200] [--seconds 20] [--channel-ms 20] [--hang]

Each incident queues two offers and one message to a relative, in one transaction as the engine does. A channel answers
after `--channel-ms`; with `--hang` relatives' e-mail never answers, and offers must not notice. The last line is JSON.
"""

import argparse
import asyncio
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import structlog
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import SystemClock
from carecircle.runtime.install import ensure_runtime
from carecircle_alerts.notes import ToFamily
from carecircle_alerts.notify.channel import Outgoing, Sent
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.plan import URBAN
from carecircle_alerts.store import Connection, as_rows, run
from carecircle_alerts.texts import say
from tests.scene import Scene
from tests.servers import new_own_database

_PEOPLE = 400
_OFFER = say("offer", area="东关大街街道", kind="sos", km="1.5", minutes=8, basis="road_network")
_FAMILY = say("family_opened", resident="老人", kind="sos", at="2026-11-23T02:03:00+00:00")


class Channel:
    """Takes a message after a while and notes how old it was when it came."""

    def __init__(self, answers_after_s: float | None) -> None:
        self.ages_s: list[float] = []
        self._answers_after_s = answers_after_s

    async def send(self, message: Outgoing) -> Sent:
        """Hand over one message."""
        self.ages_s.append((datetime.now(UTC) - message.created_at).total_seconds())
        await asyncio.sleep(3600 if self._answers_after_s is None else self._answers_after_s)
        return Sent()


async def _queue(pool: AsyncConnectionPool[Connection], number: int, bed: str) -> None:
    incident, now = uuid4(), datetime.now(UTC)
    async with pool.connection() as connection, connection.pipeline():
        await connection.execute(
            b"insert into incident "
            b"(id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, deadline_at)"
            b" values (%s, %s, 'sos', 1, 'SEARCHING', %s, 'button', %s, %s, %s)",
            [incident, bed, Jsonb(URBAN.model_dump()), now, now, now + timedelta(minutes=15)],
        )
        for side in range(2):
            await _offer(connection, incident, f"r{(2 * number + side) % _PEOPLE}", now)
        await run(
            connection, "tell_family", no_receipt_s=60,
            told=as_rows([ToFamily(incident, bed, now, "opened_0", _FAMILY, is_urgent=True)]),
        )  # fmt: skip


async def _offer(connection: AsyncConnection[object], incident: UUID, responder: str, now: datetime) -> None:
    offer = uuid4()
    await connection.execute(
        b"insert into offer (id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis,"
        b" distance_m, created_at, expires_at) "
        b"values (%s, %s, %s, 1, 'QUEUED', 1, 300, 400, 'road_network', 900, %s, %s)",
        [offer, incident, responder, now, now + timedelta(minutes=2)],
    )
    await run(
        connection, "tell_offers", now=now, offer_ids=[offer], step="offer",  # type: ignore[arg-type]
        contents=[json.dumps(_OFFER)], no_receipt_s=[10],
    )  # fmt: skip


async def _measure(url: str, beds: int, arguments: argparse.Namespace) -> dict[str, object]:
    webhook, mail = Channel(arguments.channel_ms / 1000), Channel(None if arguments.hang else 0.02)
    hint, stop = asyncio.Event(), asyncio.Event()
    async with AsyncConnectionPool[Connection](url, min_size=4, max_size=10) as pool:
        outbox = Outbox(pool, {"webhook": webhook, "email": mail}, SystemClock(), on_room=hint.set)

        async def work() -> None:
            while not stop.is_set():
                hint.clear()
                if not await outbox.send_waiting():
                    await asyncio.wait([asyncio.create_task(hint.wait())], timeout=0.25)

        worker = asyncio.create_task(work())
        began, queueing = time.perf_counter(), set[asyncio.Task[None]]()
        for number in range(int(arguments.rate * arguments.seconds)):
            await asyncio.sleep(max(0.0, began + number / arguments.rate - time.perf_counter()))
            task = asyncio.create_task(_queue(pool, number, f"bed-{number % beds}"))
            task.add_done_callback(lambda _task: hint.set())
            queueing.add(task)
        await asyncio.gather(*queueing)
        took_s = time.perf_counter() - began
        await asyncio.sleep(2)
        stop.set()
        hint.set()
        await worker
        for task in list(outbox._sending):  # noqa: SLF001 - what hangs would hang for good
            task.cancel()
    ages = sorted(webhook.ages_s)
    wanted = 2 * int(arguments.rate * arguments.seconds)
    return {
        "rate": round(int(arguments.rate * arguments.seconds) / took_s, 1),
        "offers": wanted,
        "handed_over": len(ages),
        "offer_ms_p50": round(ages[len(ages) // 2] * 1000, 1),
        "offer_ms_p99": round(ages[int(len(ages) * 0.99)] * 1000, 1),
        "other_channel": "hangs" if arguments.hang else "answers",
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--channel-ms", type=float, default=20)
    parser.add_argument("--hang", action="store_true")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        try:
            scene = Scene(database)
            beds = int(arguments.rate * arguments.seconds)
            scene.run(
                "insert into resident (id, name) select 'resident-bed-' || n, '老人' from generate_series(0, %s) n",
                beds,
            )
            scene.run(
                "insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m) "
                "select 'bed-' || n, 'resident-bed-' || n, '630102', '630102001001', '路', 'urban', 'city', 2260 "
                "from generate_series(0, %s) n", beds,
            )  # fmt: skip
            scene.run(
                "insert into responder (id, name, role, area_code, travel_mode) "
                "select 'r' || n, '人', 'staff', '630102001', 'e_bike' from generate_series(0, %s) n", _PEOPLE,
            )  # fmt: skip
            scene.run("insert into family_member (id, name) select 'f' || n, '人' from generate_series(0, %s) n", beds)
            scene.run(
                "insert into kinship (family_member_id, resident_id, relation, consented_at) "
                "select 'f' || n, 'resident-bed-' || n, '女儿', now() from generate_series(0, %s) n", beds,
            )  # fmt: skip
            scene.run(
                "insert into contact (person_kind, person_id, channel, address, place) "
                "select 'responder', id, 'webhook', 'somewhere', 10 from responder "
                "union all select 'family_member', id, 'email', 'somewhere', 10 from family_member"
            )
            scene.run("analyze")
            result = asyncio.run(_measure(database.url("carecircle_alerts"), beds, arguments))
        finally:
            database.stop()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
