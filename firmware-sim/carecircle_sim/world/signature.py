"""Signature check of an incoming webhook, as a careful receiver does it (pure)."""

import hashlib
import hmac
from enum import StrEnum

# The same five minutes that payment providers grant; older requests may be recordings.
_TOLERANCE_S = 300


class Verdict(StrEnum):
    """What the check found."""

    GENUINE = "genuine"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    STALE = "stale"
    FORGED = "forged"


def check_signature(secret: str, header: str | None, body: bytes, now_s: float) -> Verdict:
    """Check `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`; `now_s` is Unix time."""
    if not header:
        return Verdict.MISSING
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    try:
        sent_at, claimed = int(fields["t"]), bytes.fromhex(fields["v1"])
    except (KeyError, ValueError):
        return Verdict.UNREADABLE
    expected = hmac.digest(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256)
    if not hmac.compare_digest(expected, claimed):
        return Verdict.FORGED
    return Verdict.STALE if abs(now_s - sent_at) > _TOLERANCE_S else Verdict.GENUINE
