"""The channels against real servers on the loopback that behave as other people's do: refuse, delay, lie."""

import email
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from carecircle.clock import ManualClock
from carecircle.runtime.ports import free_port
from carecircle_alerts.http_client import http_client
from carecircle_alerts.links import Link, verify_link
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent, Unknown
from carecircle_alerts.notify.email import EmailChannel
from carecircle_alerts.notify.webhook import SIGNATURE_HEADER, WebhookChannel, sign
from carecircle_sim.world.signature import Verdict, check_signature

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "webhook secret of the tests"
LINKS = AnswerLinks("http://console.example/", "link secret of the tests")
OFFER = Outgoing(
    id=uuid4(), incident_id=uuid4(), offer_id=uuid4(), audience="offer", recipient_id="r1", step="offer",
    channel="webhook", address="", content={"text": "请接单"}, attempts=1, created_at=NOW,
    offer_expires_at=NOW + timedelta(minutes=2),
)  # fmt: skip


@dataclass
class Gateway:
    """A message gateway that answers what it is told to."""

    status: int = 200
    body: bytes = b"{}"
    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.got.append((dict(self.headers), body))
            self.send_response(gateway.status)
            self.end_headers()
            self.wfile.write(gateway.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gateway.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield gateway
        server.shutdown()
        thread.join()


@pytest.fixture
async def webhook() -> AsyncIterator[WebhookChannel]:
    async with http_client(0.5) as client:
        yield WebhookChannel(client, secret=SECRET, links=LINKS, clock=ManualClock(NOW))


async def test_an_offer_is_signed_keyed_and_answerable(gateway: Gateway, webhook: WebhookChannel) -> None:
    assert await webhook.send(replace(OFFER, address=gateway.url)) == Sent()
    ((headers, body),) = gateway.got
    assert headers["Idempotency-Key"] == str(OFFER.id)
    assert headers[SIGNATURE_HEADER] == sign(SECRET, body, int(NOW.timestamp()))
    assert check_signature(SECRET, headers[SIGNATURE_HEADER], body, NOW.timestamp()) is Verdict.GENUINE
    document = json.loads(body)
    assert document["text"] == "请接单"
    token = document["offer"]["accept_url"].split("token=")[1]
    assert OFFER.offer_id is not None
    assert verify_link(LINKS.secret, token, NOW) == Link("r1", OFFER.offer_id)


async def test_a_withdrawal_names_the_offer_that_it_takes_back(gateway: Gateway, webhook: WebhookChannel) -> None:
    withdrawn = replace(OFFER, audience="withdrawn", step="withdrawn", address=gateway.url, offer_expires_at=None)
    assert await webhook.send(withdrawn) == Sent()
    await webhook.send(replace(withdrawn, audience="family", offer_id=None))
    documents = [json.loads(body) for _headers, body in gateway.got]
    assert [(one["offer_id"], one["offer"]) for one in documents] == [(str(OFFER.offer_id), None), (None, None)]


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (204, b"", Sent()),
        (200, b"OK", Sent()),
        (200, b'{"error":"quota"}', Failed("answered with an error in the body", again=True)),
        (500, b"", Failed("HTTP 500", again=True)),
        (429, b"", Failed("HTTP 429", again=True)),
        (404, b"", Failed("HTTP 404", again=False)),
        (302, b"", Failed("HTTP 302", again=False)),
    ],
)
async def test_what_the_gateway_answers_decides(
    gateway: Gateway, webhook: WebhookChannel, status: int, body: bytes, result: Sent | Failed
) -> None:
    gateway.status, gateway.body = status, body
    assert await webhook.send(replace(OFFER, address=gateway.url)) == result


async def test_a_gateway_that_is_down_hangs_or_is_no_address_never_raises(webhook: WebhookChannel) -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never says a word
    with silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert await webhook.send(replace(OFFER, address=address)) == Unknown("ReadTimeout")
    assert await webhook.send(replace(OFFER, address="http://127.0.0.1:1/")) == Failed("ConnectError", again=True)
    for nonsense in ("", "no address", "ftp://127.0.0.1/", "http://[::1"):
        assert isinstance(await webhook.send(replace(OFFER, address=nonsense)), Failed)


class Mailbox:
    """An SMTP server that refuses some recipients, for now or for good."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        del server, session
        if address.startswith("gone"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, EmailChannel]]:
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, EmailChannel(f"smtp://127.0.0.1:{port}", "care@example.org", LINKS)
    controller.stop()


async def test_a_letter_carries_the_text_and_the_page_to_answer_on(mail: tuple[Mailbox, EmailChannel]) -> None:
    mailbox, channel = mail
    assert await channel.send(replace(OFFER, channel="email", address="r1@example.org")) == Sent()
    letter = email.message_from_bytes(mailbox.letters[0])
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().startswith("请接单")
    assert f"http://console.example/answer/{OFFER.offer_id}?token=" in payload.decode()
    assert letter["Message-ID"] == f"<{OFFER.id}@carecircle>"


@pytest.mark.parametrize(
    ("address", "again"),
    [("gone@example.org", False), ("busy@example.org", True), ("a@example.org\nBcc: b@example.org", False)],
)
async def test_refusals_are_final_or_not(mail: tuple[Mailbox, EmailChannel], address: str, again: bool) -> None:  # noqa: FBT001
    mailbox, channel = mail
    result = await channel.send(replace(OFFER, channel="email", address=address))
    assert isinstance(result, Failed)
    assert result.again is again
    assert mailbox.letters == []


async def test_a_mail_server_that_is_down_is_tried_again() -> None:
    channel = EmailChannel("smtp://127.0.0.1:1", "care@example.org", LINKS)
    result = await channel.send(replace(OFFER, channel="email", address="r1@example.org"))
    assert isinstance(result, Failed)
    assert result.again
