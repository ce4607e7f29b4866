"""Tencent Cloud's signature v3, TC3-HMAC-SHA256 (pure)."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime

_ALGORITHM = "TC3-HMAC-SHA256"
_CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class TencentKey:
    """A key of Tencent Cloud."""

    secret_id: str
    secret: str = field(repr=False)

    def sign(self, host: str, service: str, body: bytes, at: datetime) -> dict[str, str]:
        """The headers that sign a POST of this body; the action and version headers are the caller's."""
        timestamp, day = int(at.timestamp()), at.astimezone(UTC).strftime("%Y-%m-%d")
        names = "content-type;host"
        lines = f"content-type:{_CONTENT_TYPE}\nhost:{host}\n"
        request = "\n".join(("POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()))
        scope = f"{day}/{service}/tc3_request"
        to_sign = "\n".join((_ALGORITHM, str(timestamp), scope, hashlib.sha256(request.encode()).hexdigest()))
        key = f"TC3{self.secret}".encode()
        for part in (day, service, "tc3_request"):
            key = hmac.digest(key, part.encode(), hashlib.sha256)
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        credential = f"Credential={self.secret_id}/{scope}"
        return {
            "Authorization": f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}",
            "Content-Type": _CONTENT_TYPE,
            "Host": host,
            "X-TC-Timestamp": str(timestamp),
        }
