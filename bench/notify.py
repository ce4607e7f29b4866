"""Notify: how long offers wait until their channel has them, at 200 incidents a second.

    python -m bench.notify [--rate 200] [--seconds 20] [--channel-ms 20] [--hang] [--pile 500]

Each incident queues two offers and one message to a relative, in one transaction as the engine does. A channel answers
after `--channel-ms`; with `--hang` relatives' e-mail never answers, and offers must not notice.

Then the messages of a pile of incidents go by HTTP to a gateway in another process, and bare POSTs of as many bytes by
our client and by httpx: what each takes of a processor, here and in the database. The last line is JSON.
"""

import argparse
import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import httpx
import structlog
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from bench.dispatch_parts.sink import Sink
from bench.ingest_parts.servers import database_cpu_s
from carecircle.clock import SystemClock
from carecircle.runtime.install import ensure_runtime
from carecircle_alerts.hints import wait
from carecircle_alerts.http_client import http_client
from carecircle_alerts.notes import ToFamily
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Outgoing, Sent
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.notify.webhook import WebhookChannel
from carecircle_alerts.plan import URBAN
from carecircle_alerts.store import Connection, as_rows, run
from carecircle_alerts.texts import say
from tests.scene import Scene
from tests.servers import OwnDatabase, new_own_database

_PEOPLE = 400
_SECRET = "a secret of the bench"  # noqa: S105 - nothing is behind it
_MESSAGES = 3  # of each incident
_TOGETHER_S = 0.02  # as the engine looks into its outbox
_AT_ONCE = 64  # as many webhooks as are handed over at a time
_BODY = json.dumps({"incident_id": str(uuid4()), "kind": "offer", "step": "offer", "text": "x" * 1500}).encode()
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
        outbox = Outbox(pool, {"webhook": webhook, "email": mail}, SystemClock(), on_more=hint.set)

        async def work() -> None:
            while not stop.is_set():
                hint.clear()
                if not await outbox.send_waiting():
                    await wait(hint, 0.25)
                await asyncio.sleep(_TOGETHER_S)

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


async def _hand_over(database: OwnDatabase, first: int, pile: int, gateway: str) -> dict[str, float]:
    """Processor milliseconds that one message of a pile takes, and that one POST does which is nothing but that.

    The pile is of so many incidents, at the beds from `first` on.
    """
    async with (
        AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=4, max_size=10) as pool,
        http_client(10) as client,
        httpx.AsyncClient(timeout=10, trust_env=False) as other,
    ):
        links, clock = AnswerLinks("https://console.example", _SECRET), SystemClock()
        webhook = WebhookChannel(client, secret=_SECRET, links=links, clock=clock)
        room = asyncio.Event()
        outbox = Outbox(pool, {"webhook": webhook}, clock, on_more=room.set)
        # The first pile warms up; of the second is told.
        for begin in (first, first + pile):
            for number in range(begin, begin + pile):
                await _queue(pool, number, f"bed-{number}")
            own, theirs = time.process_time(), database_cpu_s(database)
            taken = 0
            while taken < pile * _MESSAGES:
                room.clear()
                taken += await outbox.send_waiting()
                await asyncio.sleep(_TOGETHER_S)
                await wait(room, 0.25)
            await outbox.finish()
            message_s, database_s = time.process_time() - own, database_cpu_s(database) - theirs
        return {
            "message_ms": round(message_s / pile / _MESSAGES * 1000, 3),
            "message_database_ms": round(database_s / pile / _MESSAGES * 1000, 3),
            "post_ms": await _posting(pile * _MESSAGES, lambda: client.post(gateway, _BODY, {})),
            "post_by_httpx_ms": await _posting(pile * _MESSAGES, lambda: other.post(gateway, content=_BODY)),
        }


async def _posting(count: int, post: Callable[[], Awaitable[object]]) -> float:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one() -> None:
        async with places:
            await post()

    await asyncio.gather(*(one() for _ in range(_AT_ONCE)))
    began = time.process_time()
    await asyncio.gather(*(one() for _ in range(count)))
    return round((time.process_time() - began) / count * 1000, 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--channel-ms", type=float, default=20)
    parser.add_argument("--hang", action="store_true")
    parser.add_argument("--pile", type=int, default=500)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        try:
            scene = Scene(database)
            pressed = int(arguments.rate * arguments.seconds)
            beds = pressed + 2 * arguments.pile
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
            sink = Sink(Path(folder) / "taken")
            try:
                scene.run("update contact set channel = 'webhook', address = %s", sink.url)
                result |= asyncio.run(_hand_over(database, pressed, arguments.pile, sink.url))
            finally:
                sink.end()
        finally:
            database.stop()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
