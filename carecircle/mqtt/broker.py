"""Where the broker is and who we are to it (pure)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from carecircle.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Broker:
    """Address and credentials of a broker; the password is kept out of its repr."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None

    @classmethod
    def parse(cls, url: str, ca_file: Path | None = None) -> Self:
        """Read `mqtt://user:password@host:port` or `mqtts://…`; raises `Misconfigured` for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Misconfigured("the MQTT URL cannot be read; it looks like mqtt://user:password@host:1883") from error
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise Misconfigured("the MQTT URL starts with mqtt:// or mqtts:// and names a host")
        tls = parts.scheme == "mqtts"
        return cls(
            host=parts.hostname,
            port=port or (8883 if tls else 1883),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            ca_file=ca_file,
        )
