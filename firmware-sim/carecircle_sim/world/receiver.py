"""The receiver of signed webhooks and of mail: checks, misbehaves as told, and tells the person (I/O)."""

import asyncio
import json
import time
from dataclasses import asdict
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from random import Random

import structlog
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as MailSession

from carecircle_sim.world.faults import Fate, Faults
from carecircle_sim.world.http import Request, Response
from carecircle_sim.world.inbox import Inbox
from carecircle_sim.world.page import render_page
from carecircle_sim.world.responders import Responders
from carecircle_sim.world.signature import Verdict, check_signature

_SHOWN = 200

_log = structlog.get_logger()


class Receiver:
    """Stands for every channel at once. Its pages show messages and are meant for the machine's own eyes."""

    def __init__(self, *, secret: str, inbox: Inbox, responders: Responders, faults: Faults, rng: Random) -> None:
        self._secret = secret
        self._inbox = inbox
        self._responders = responders
        self._faults = faults
        self._rng = rng

    async def handle_http(self, request: Request) -> Response:
        """Answer one request: the webhook, the page, the page as JSON."""
        if not _is_named_locally(request.headers.get("host", "")):
            return Response(403, b'{"error":"host"}')
        match request.method, request.path:
            case "POST", "/webhook":
                return await self._webhook(request)
            case "GET", "/":
                latest = self._inbox.after(self._inbox.counts["arrived"] - _SHOWN)
                return Response(body=render_page(latest, self._inbox.counts), content_type="text/html; charset=utf-8")
            case "GET", "/inbox.json":
                after = request.query.get("after", ["0"])[0]
                arrivals = self._inbox.after(int(after) if after.isdigit() else 0)
                document = {"counts": self._inbox.counts, "arrivals": [asdict(arrival) for arrival in arrivals]}
                return Response(body=json.dumps(document, ensure_ascii=False).encode())
            case _:
                return Response(404, b'{"error":"not found"}')

    async def _webhook(self, request: Request) -> Response:
        received_at = time.time()
        signature = request.headers.get("x-carecircle-signature")
        verdict = check_signature(self._secret, signature, request.body, received_at)
        message_id = request.headers.get("idempotency-key", "")
        if verdict is not Verdict.GENUINE or not message_id:
            self._inbox.counts["refused"] += 1
            _log.warning("webhook_refused", verdict=verdict, has_key=bool(message_id))
            return Response(401, b'{"error":"signature"}')
        if self._inbox.knows(message_id):
            return Response()
        fate, delay_s = self._faults.draw(self._rng)
        self._inbox.counts[fate] += 1
        if fate in {Fate.TAKEN, Fate.ANSWER_LOST}:
            self._tell(json.loads(request.body), message_id, received_at)
        await asyncio.sleep(delay_s)
        match fate:
            case Fate.ERROR_IN_BODY:  # as gateways do it: the HTTP status says nothing
                return Response(body=b'{"error":45009,"message":"api freq out of limit"}')
            case Fate.SERVER_ERROR:
                return Response(500, b'{"error":"try again"}')
            case _:
                return Response()

    def _tell(self, document: dict[str, object], message_id: str, received_at: float) -> None:
        recipient, offer = document.get("recipient"), document.get("offer")
        recipient_id = str(recipient.get("id")) if isinstance(recipient, dict) else ""
        self._inbox.add(
            received_at=received_at,
            channel="webhook",
            message_id=message_id,
            kind=str(document.get("kind")),
            recipient_id=recipient_id,
            incident_id=str(document.get("incident_id")),
            text=str(document.get("text")),
            step=str(document.get("step") or ""),
            offer_id=str(document.get("offer_id") or ""),
        )
        if isinstance(offer, dict):
            self._responders.consider(recipient_id, str(offer.get("accept_url")), str(offer.get("decline_url")))

    async def handle_DATA(self, _server: SMTP, _session: MailSession, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take one mail, or refuse it for now."""
        received_at = time.time()
        fate, delay_s = self._faults.draw(self._rng)
        await asyncio.sleep(delay_s)
        if fate in {Fate.ERROR_IN_BODY, Fate.SERVER_ERROR}:
            return "451 4.3.0 try again"
        letter = message_from_bytes(_content(envelope), policy=policy.default)
        message_id = str(letter["Message-ID"] or "").strip("<>").partition("@")[0]
        if not self._inbox.knows(message_id):
            body = letter.get_body(("plain",)) if isinstance(letter, EmailMessage) else None
            self._inbox.add(
                received_at=received_at,
                channel="email",
                message_id=message_id,
                kind="mail",
                recipient_id=str(envelope.rcpt_tos[0]).partition("@")[0],
                incident_id="",
                text=str(body.get_content()).strip() if body else "",
            )
        return "250 2.0.0 taken"


def _is_named_locally(host: str) -> bool:
    """Whether we were asked for by address or as localhost; a page elsewhere could give itself any other name."""
    name = host.rpartition(":")[0] or host
    if name == "localhost" or "." not in name:  # the plain name of a container
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _content(envelope: Envelope) -> bytes:
    content = envelope.content or b""
    return content if isinstance(content, bytes) else content.encode()
