import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP

from carecircle.clock import SystemClock
from carecircle_alerts.http_client import http_client
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent, Unknown
from carecircle_alerts.notify.email import EmailChannel
from carecircle_alerts.notify.webhook import WebhookChannel
from carecircle_sim.world.faults import Faults
from carecircle_sim.world.http import Request, Response, serve_http
from carecircle_sim.world.inbox import Inbox
from carecircle_sim.world.receiver import Receiver
from carecircle_sim.world.responders import Responders, Temper

SECRET = "the key of this test"
FAULTLESS = Faults()
EAGER = Temper(accept_probability=1.0, accept_after_s=0.01, time_scale=10_000)


class World:
    """The simulated world, a console that notes what responders post, and the platform's own channels to reach it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.posts: list[str] = []
        self.has_posted = asyncio.Condition()
        self.accept_status = 200
        self.inbox = Inbox()

    async def start(self, stack: AsyncExitStack, faults: Faults, temper: Temper, hands_off: frozenset[str]) -> None:
        responders = Responders(self.client, temper, Random(1), hands_off)
        receiver = Receiver(secret=SECRET, inbox=self.inbox, responders=responders, faults=faults, rng=Random(1))
        console = await stack.enter_async_context(serve_http(self._console, "127.0.0.1", 0))
        world = await stack.enter_async_context(serve_http(receiver.handle_http, "127.0.0.1", 0))
        mail = await asyncio.get_running_loop().create_server(
            lambda: SMTP(receiver, enable_SMTPUTF8=True), "127.0.0.1", 0
        )
        stack.callback(mail.close)
        self.url = f"http://127.0.0.1:{world}"
        links = AnswerLinks(f"http://127.0.0.1:{console}", "links")
        client = await stack.enter_async_context(http_client(2))
        self.webhook = WebhookChannel(client, secret=SECRET, links=links, clock=SystemClock())
        mail_port = mail.sockets[0].getsockname()[1]
        self.email = EmailChannel(f"smtp://127.0.0.1:{mail_port}", "care@demo.invalid", links)

    async def _console(self, request: Request) -> Response:
        step = request.path.rsplit("/", 1)[-1]
        assert request.query["token"]
        assert request.headers["x-carecircle"] == "1"
        assert request.headers["idempotency-key"]
        async with self.has_posted:
            self.posts.append(step)
            self.has_posted.notify_all()
        if step == "accept":
            eta_at = datetime.now(UTC) + timedelta(minutes=7)
            document = {"id": str(uuid4()), "eta_at": eta_at.isoformat(), "state": "ACCEPTED"}
            return Response(self.accept_status, json.dumps(document).encode())
        return Response()

    def message(self, audience: str = "family", **changes: object) -> Outgoing:
        message = Outgoing(
            id=uuid4(),
            incident_id=uuid4(),
            offer_id=uuid4() if audience == "offer" else None,
            audience=audience,
            recipient_id="relative-1",
            step="opened",
            channel="webhook",
            address=f"{self.url}/webhook",
            content={"text": "家中发出一键呼叫"},
            attempts=1,
            created_at=datetime.now(UTC),
            offer_expires_at=datetime.now(UTC) + timedelta(minutes=1),
        )
        return replace(message, **changes)  # type: ignore[arg-type]

    async def posted(self, count: int) -> list[str]:
        async with asyncio.timeout(10), self.has_posted:
            await self.has_posted.wait_for(lambda: len(self.posts) >= count)
        return self.posts


class MakeWorld(Protocol):
    async def __call__(self, faults: Faults = ..., temper: Temper = ..., hands_off: frozenset[str] = ...) -> World: ...


@pytest_asyncio.fixture
async def make_world() -> AsyncIterator[MakeWorld]:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=2))

        async def make(
            faults: Faults = FAULTLESS, temper: Temper = EAGER, hands_off: frozenset[str] = frozenset()
        ) -> World:
            world = World(client)
            await world.start(stack, faults, temper, hands_off)
            return world

        yield make


async def test_a_family_message_arrives_once_and_its_repeat_is_absorbed(make_world: MakeWorld) -> None:
    world = await make_world()
    message = world.message()
    assert isinstance(await world.webhook.send(message), Sent)
    assert isinstance(await world.webhook.send(message), Sent)
    (arrival,) = world.inbox.after(0)
    assert (arrival.message_id, arrival.kind, arrival.recipient_id) == (str(message.id), "family", "relative-1")
    assert (world.inbox.counts["repeated"], world.inbox.counts["told_twice"]) == (1, 0)


async def test_the_same_words_under_another_id_are_counted_as_told_twice(make_world: MakeWorld) -> None:
    world = await make_world()
    message = world.message()
    await world.webhook.send(message)
    await world.webhook.send(world.message(incident_id=message.incident_id))
    assert world.inbox.counts["told_twice"] == 1


async def test_a_message_with_a_wrong_signature_is_refused_and_nobody_is_told(make_world: MakeWorld) -> None:
    world = await make_world()
    for headers in ({"Idempotency-Key": "k"}, {"Idempotency-Key": "k", "X-CareCircle-Signature": "t=1,v1=00"}):
        answer = await world.client.post(f"{world.url}/webhook", json={}, headers=headers)
        assert answer.status_code == 401
    assert world.inbox.counts["refused"] == 2
    assert world.inbox.after(0) == []


@pytest.mark.parametrize("faults", [Faults(error_in_body=1.0), Faults(server_error=1.0)])
async def test_a_channel_that_fails_is_seen_as_failed_and_nobody_is_told(make_world: MakeWorld, faults: Faults) -> None:
    world = await make_world(faults)
    result = await world.webhook.send(world.message())
    assert isinstance(result, Failed)
    assert result.again
    assert world.inbox.after(0) == []


async def test_a_message_whose_answer_was_lost_reaches_the_person_once(
    make_world: MakeWorld,
) -> None:
    world = await make_world(Faults(answer_lost=1.0, hang_s=5.0))
    message = world.message()
    assert isinstance(await world.webhook.send(message), Unknown), "it may have been taken"
    assert isinstance(await world.webhook.send(message), Sent)
    assert len(world.inbox.after(0)) == 1


async def test_a_responder_accepts_sets_off_arrives_and_hands_over(make_world: MakeWorld) -> None:
    world = await make_world()
    await world.webhook.send(world.message("offer", recipient_id="station-01-staff-2"))
    assert await world.posted(4) == ["accept", "moving", "arrived", "handover"]


async def test_a_responder_who_comes_too_late_does_not_set_off(make_world: MakeWorld) -> None:
    world = await make_world()
    world.accept_status = 409
    await world.webhook.send(world.message("offer"))
    await world.posted(1)
    await asyncio.sleep(0.2)
    assert world.posts == ["accept"]


async def test_of_the_unwilling_some_decline_and_some_stay_silent(make_world: MakeWorld) -> None:
    world = await make_world(temper=Temper(accept_probability=0.0, accept_after_s=0.01))
    for number in range(40):
        await world.webhook.send(world.message("offer", recipient_id=f"r{number}"))
    await asyncio.sleep(0.3)
    assert set(world.posts) == {"decline"}
    assert 8 <= len(world.posts) <= 32


async def test_the_responder_whom_a_person_plays_is_left_alone(make_world: MakeWorld) -> None:
    world = await make_world(hands_off=frozenset({"played"}))
    await world.webhook.send(world.message("offer", recipient_id="played"))
    await asyncio.sleep(0.2)
    assert world.posts == []


async def test_a_mail_arrives_with_its_text_and_its_repeat_is_absorbed(make_world: MakeWorld) -> None:
    world = await make_world()
    message = world.message(channel="email", address="relative-2-1@demo.invalid")
    assert isinstance(await world.email.send(message), Sent)
    assert isinstance(await world.email.send(message), Sent)
    (arrival,) = world.inbox.after(0)
    assert (arrival.channel, arrival.message_id) == ("email", str(message.id))
    assert (arrival.recipient_id, arrival.text) == ("relative-2-1", "家中发出一键呼叫")


async def test_a_mail_server_in_trouble_is_seen_as_worth_another_try(make_world: MakeWorld) -> None:
    world = await make_world(Faults(server_error=1.0))
    result = await world.email.send(world.message(channel="email", address="a@demo.invalid"))
    assert isinstance(result, Failed)
    assert result.again


async def test_the_page_and_its_json_show_what_arrived(make_world: MakeWorld) -> None:
    world = await make_world()
    await world.webhook.send(world.message())
    page = (await world.client.get(f"{world.url}/")).text
    assert "演示收件箱" in page
    assert "家中发出一键呼叫" in page
    document = (await world.client.get(f"{world.url}/inbox.json")).json()
    assert document["counts"]["arrived"] == 1
    assert (await world.client.get(f"{world.url}/inbox.json?after=1")).json()["arrivals"] == []


async def test_the_page_is_not_shown_under_a_foreign_name(make_world: MakeWorld) -> None:
    world = await make_world()
    answer = await world.client.get(f"{world.url}/", headers={"Host": "evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "nonsense", [b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"x" * 100_000]
)
async def test_nonsense_ends_its_own_connection_alone(make_world: MakeWorld, nonsense: bytes) -> None:
    world = await make_world()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(world.url.rpartition(":")[2]))
    writer.write(nonsense)
    assert await reader.read() == b""
    writer.close()
    assert (await world.client.get(f"{world.url}/inbox.json")).status_code == 200


def test_the_command_starts_says_where_it_listens_and_stops() -> None:
    command = [sys.executable, "-c", "from carecircle.cli import main; main()", "sim", "world"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--smtp-port", "0"],
        env={"CARECIRCLE_WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        address = process.stdout.readline().split()[1]
        assert httpx.get(f"{address}inbox.json").json()["arrivals"] == []
        process.terminate()
        assert process.wait(10) == 0
