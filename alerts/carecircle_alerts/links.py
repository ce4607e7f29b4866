"""Links: signed addresses by which a responder answers an offer without signing in (pure)."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a link speaks for, and for which offer."""

    responder_id: str
    offer_id: UUID


def sign_link(secret: str, link: Link, expires_at: datetime) -> str:
    """Make the token of a link; it opens this one offer, and the assignment that comes of it, until it expires."""
    body = f"{int(expires_at.timestamp())}.{link.offer_id}.{link.responder_id}".encode()
    return f"{_encode(body)}.{_encode(_mac(secret, body))}"


def verify_link(secret: str, token: str, now: datetime) -> Link | None:
    """Read a token; None when it is forged, cut short or past its time."""
    try:
        body, mac = (_decode(part) for part in token.split("."))
        expires, offer_id, responder_id = body.decode().split(".", 2)
        link = Link(responder_id, UUID(offer_id))
        expires_at = datetime.fromtimestamp(int(expires), UTC)
    except (ValueError, binascii.Error, OverflowError, OSError):
        return None
    if not hmac.compare_digest(mac, _mac(secret, body)) or now > expires_at:
        return None
    return link


def _mac(secret: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"offer-link:" + body, hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(raw) != text:
        raise binascii.Error("not as we write it")  # the last character has bits that decoding ignores
    return raw
