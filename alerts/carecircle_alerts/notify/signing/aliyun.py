"""Aliyun's signature V3, ACS3-HMAC-SHA256, for RPC-style interfaces (pure)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

_ALGORITHM = "ACS3-HMAC-SHA256"
_EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class AliyunKey:
    """An access key of Aliyun."""

    key_id: str
    secret: str = field(repr=False)

    def sign(
        self, host: str, action: str, version: str, parameters: Mapping[str, str], *, nonce: str, at: datetime
    ) -> tuple[str, dict[str, str]]:
        """The query string and the headers of a POST without a body."""
        query = canonical_query(parameters)
        headers = {
            "host": host,
            "x-acs-action": action,
            "x-acs-content-sha256": _EMPTY,
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": version,
        }
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        request = f"POST\n/\n{query}\n{lines}\n{names}\n{_EMPTY}"
        to_sign = f"{_ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.new(self.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        authorization = f"{_ALGORITHM} Credential={self.key_id},SignedHeaders={names},Signature={signature}"
        return query, {**headers, "Authorization": authorization}


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Parameters in their order, percent-encoded as RFC 3986 says."""
    return "&".join(f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters))
