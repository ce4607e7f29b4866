"""Webhook: hands a message to another system by signed HTTP POST (I/O).

The signature is `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, as widely used by payment providers: the receiver
checks the time too, so that a recorded request cannot be replayed later.
"""

import hashlib
import hmac
import json
from datetime import datetime

from carecircle.clock import Clock
from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.posting import post, read_object, read_status

SIGNATURE_HEADER = "X-CareCircle-Signature"
_TOLERANCE_S = 300
_LONGEST_TIME = 12


def sign(secret: str, body: bytes, at_s: int) -> str:
    """The signature header for a body sent at `at_s` (Unix seconds)."""
    mac = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256)
    return f"t={at_s},v1={mac.hexdigest()}"


def is_genuine(secret: str, body: bytes, header: str, now: datetime) -> bool:
    """Whether a body was signed by somebody who knows the secret, within the last five minutes."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    at = parts.get("t", "")
    if not at.isdigit() or len(at) > _LONGEST_TIME or abs(int(at) - now.timestamp()) > _TOLERANCE_S:
        return False
    return hmac.compare_digest(header.encode(), sign(secret, body, int(at)).encode())


class WebhookChannel:
    """Posts messages as JSON. A 2xx answer whose body names an error is a failure: many gateways answer so."""

    def __init__(self, client: HttpClient, *, secret: str, links: AnswerLinks, clock: Clock) -> None:
        self._client = client
        self._secret = secret
        self._links = links
        self._clock = clock

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; the idempotency key lets the receiver drop a repetition."""
        body = json.dumps(self._document(message), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(message.id),
            SIGNATURE_HEADER: sign(self._secret, body, int(self._clock.now().timestamp())),
        }
        answer = await post(self._client, message.address, body, headers)
        if isinstance(answer, Failed | Unknown):
            return answer
        refusal = read_status(answer)
        if refusal is not None:
            return refusal
        if (read_object(answer) or {}).get("error"):
            return Failed("answered with an error in the body", again=True)
        return Sent()

    def _document(self, message: Outgoing) -> dict[str, object]:
        return {
            "message_id": str(message.id),
            "kind": message.audience,
            "step": message.step,
            "recipient": {"id": message.recipient_id},
            "language": message.language,
            "text": message.text,
            "incident_id": str(message.incident_id),
            # A withdrawal has no links any more, but takes back one offer of perhaps several to the same person.
            "offer_id": str(message.offer_id) if message.offer_id else None,
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
