"""Drill links: the signed address by which a person confirms that a test message came (pure)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DrillLinks:
    """Makes and checks addresses below the console's public URL; a token is good for one drill and nothing else."""

    public_url: str
    secret: str = field(repr=False)

    def page(self, drill_id: UUID, expires_at: datetime) -> str:
        """The page that asks once more; opening it confirms nothing, because mail scanners open what they see."""
        return self._address("drill", drill_id, expires_at)

    def press_page(self, test_id: UUID, expires_at: datetime) -> str:
        """The page on which the household says whether a press was the test of its bed."""
        return self._address("drill/press", test_id, expires_at)

    def _address(self, path: str, about: UUID, expires_at: datetime) -> str:
        until = int(expires_at.timestamp())
        return f"{self.public_url.rstrip('/')}/{path}/{about}?token={until}.{_mac(self.secret, about, until)}"


def is_drill_token(secret: str, token: str, drill_id: UUID, now: datetime) -> bool:
    """Whether a token was made for this drill and is still good."""
    until, _, mac = token.partition(".")
    if not (until.isascii() and until.isdigit()) or len(until) > len("99999999999"):
        return False
    genuine = hmac.compare_digest(mac.encode(), _mac(secret, drill_id, int(until)).encode())
    return genuine and now <= datetime.fromtimestamp(int(until), UTC)


def _mac(secret: str, drill_id: UUID, until: int) -> str:
    mac = hmac.digest(secret.encode(), f"drill-link:{until}.{drill_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
