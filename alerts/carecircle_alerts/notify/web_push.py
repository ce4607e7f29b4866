"""Web Push: to browsers and phones that have subscribed, encrypted for them and signed by us (RFC 8030, 8291; I/O).

An address is the subscription as the browser made it, in JSON. The push service reads nothing of it; the lock screen
may, so that the text is the brief one.
"""

import base64
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import ValidationError
from webpush import WebPush, WebPushSubscription  # type: ignore[import-untyped]

from carecircle.errors import Misconfigured
from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.posting import post, read_status
from carecircle_alerts.notify.wording.compose import subject

_SCALAR_BYTES = 32
_GONE = frozenset({404, 410})
# An offer is of no use later; the push service drops what it could not deliver by then.
_OFFER_KEPT_S = 120
_KEPT_S = 3600


@dataclass(frozen=True, slots=True)
class PushKey:
    """The key pair by which push services know us (VAPID), from a private key as browsers' tools print it."""

    private_pem: bytes = field(repr=False)
    public_pem: bytes
    public: str

    @classmethod
    def of(cls, private: str) -> "PushKey":
        """From 32 bytes in base64url; raises `Misconfigured` for what is no such key."""
        try:
            raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
            if len(raw) != _SCALAR_BYTES:
                raise ValueError("length")  # noqa: TRY301 - one error for all that is wrong with it
            key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
        except ValueError as error:
            raise Misconfigured("CARECIRCLE_WEB_PUSH_KEY is no P-256 private key: 32 bytes in base64url") from error
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return cls(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
        )


class WebPushChannel:
    """Hands messages to push services; a subscription that is gone says so, and its contact is removed."""

    def __init__(self, client: HttpClient, key: PushKey, contact: str, links: AnswerLinks) -> None:
        self._client = client
        self._links = links
        self._push = WebPush(key.private_pem, key.public_pem, subscriber=contact)

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; one with the same topic replaces it while it still waits there."""
        try:
            subscription = WebPushSubscription.model_validate_json(message.address)
            kept_s = _OFFER_KEPT_S if message.audience == "offer" else _KEPT_S
            sealed = self._push.get(self._note(message), subscription, ttl=kept_s)
        except (ValidationError, ValueError):
            return Failed("address is no subscription", again=False, gone=True)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "Authorization": sealed.headers["authorization"],
            "TTL": str(kept_s),
            "Urgency": "high",
            "Topic": message.id.hex,
        }
        answer = await post(self._client, str(subscription.endpoint), sealed.encrypted, headers)
        if isinstance(answer, Failed | Unknown):
            return answer
        if answer.status in _GONE:
            return Failed(f"HTTP {answer.status}", again=False, gone=True)
        return read_status(answer) or Sent()

    def _note(self, message: Outgoing) -> bytes:
        addresses = self._links.of(message)
        note = {
            "id": str(message.id),
            "title": subject(message.audience, message.language),
            "text": message.text,
            "lang": message.language,
            "url": addresses.page_url if addresses else message.content.get("url"),
        }
        return json.dumps(note, ensure_ascii=False, separators=(",", ":")).encode()
