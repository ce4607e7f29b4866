"""Webhook: hands a message to another system by signed HTTP POST (I/O).

The signature is `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, as widely used by payment providers: the receiver
checks the time too, so that a recorded request cannot be replayed later.
"""

import hashlib
import hmac
import json

import httpx

from carecircle.clock import Clock
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent

SIGNATURE_HEADER = "X-CareCircle-Signature"
_ANSWER_BYTES = 4096
# The other side is busy or tells us to slow down; everything else below 500 will not get better by itself.
_WORTH_ANOTHER_TRY = frozenset({408, 409, 423, 425, 429})


def sign(secret: str, body: bytes, at_s: int) -> str:
    """The signature header for a body sent at `at_s` (Unix seconds)."""
    mac = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256)
    return f"t={at_s},v1={mac.hexdigest()}"


class WebhookChannel:
    """Posts messages as JSON. A 2xx answer whose body names an error is a failure: many gateways answer so."""

    def __init__(self, client: httpx.AsyncClient, *, secret: str, links: AnswerLinks, clock: Clock) -> None:
        self._client = client
        self._secret = secret
        self._links = links
        self._clock = clock

    async def send(self, message: Outgoing) -> Sent | Failed:
        """Hand over one message; the idempotency key lets the receiver drop a repetition."""
        body = json.dumps(self._document(message), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(message.id),
            SIGNATURE_HEADER: sign(self._secret, body, int(self._clock.now().timestamp())),
        }
        try:
            answer = await self._client.post(message.address, content=body, headers=headers)
        except httpx.InvalidURL:
            return Failed("address is no URL", again=False)
        except httpx.TransportError as error:
            return Failed(type(error).__name__, again=True)
        return _read_answer(answer)

    def _document(self, message: Outgoing) -> dict[str, object]:
        return {
            "message_id": str(message.id),
            "kind": message.audience,
            "step": message.step,
            "recipient": {"id": message.recipient_id},
            "text": message.text,
            "incident_id": str(message.incident_id),
            "offer": self._offer(message),
        }

    def _offer(self, message: Outgoing) -> dict[str, object] | None:
        addresses = self._links.of(message)
        if addresses is None or message.offer_expires_at is None:
            return None
        return {
            "id": str(message.offer_id),
            "accept_url": addresses.accept_url,
            "decline_url": addresses.decline_url,
            "page_url": addresses.page_url,
            "expires_at": message.offer_expires_at.isoformat(),
        }


def _read_answer(answer: httpx.Response) -> Sent | Failed:
    if answer.status_code >= 500 or answer.status_code in _WORTH_ANOTHER_TRY:  # noqa: PLR2004 - HTTP's own number
        return Failed(f"HTTP {answer.status_code}", again=True)
    if not answer.is_success:
        return Failed(f"HTTP {answer.status_code}", again=False)
    try:
        body = json.loads(answer.content[:_ANSWER_BYTES] or b"{}")
    except ValueError:
        return Sent()
    if isinstance(body, dict) and body.get("error"):
        return Failed("answered with an error in the body", again=True)
    return Sent()
