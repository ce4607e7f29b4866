"""The box's account: fetched from the platform, kept in a file that only its owner reads (I/O).

The file holds settings as `NAME=value` lines; `carecircle gateway --account FILE` reads it.
"""

import json
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from carecircle.errors import Forbidden, Misconfigured, Unavailable

_TIMEOUT_S = 20.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_REFUSED = frozenset({400, 401, 403, 404, 422, 429})


class Account(BaseModel):
    """What the platform answers, and what the file holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    county: str = Field(pattern=r"^\d{6}$")
    bed_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    user: str = Field(min_length=1)
    password: str = Field(min_length=1)
    mqtt_url: str = Field(pattern=r"^mqtts?://[^/\s@]+$")
    ca_certificate: str | None = None

    @property
    def broker_url(self) -> str:
        """The broker's address with this account."""
        scheme, _, place = self.mqtt_url.partition("://")
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{place}"


def ask_platform(platform: str, path: str, said: Mapping[str, str]) -> bytes:
    """POST JSON to the platform; raises `Forbidden` with its sentence, `Unavailable`, `Misconfigured`."""
    place = urlsplit(platform)
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _LOOPBACK):
        raise Misconfigured(f"{platform}: passwords travel over https:// only")
    request = Request(  # noqa: S310 - the scheme was looked at
        platform.rstrip("/") + path, json.dumps(said).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urlopen(request, timeout=_TIMEOUT_S, context=_tls(place.scheme)) as answer:  # noqa: S310
            body: bytes = answer.read()
            return body
    except HTTPError as error:
        if error.code in _REFUSED:
            raise Forbidden(_sentence(error.read())) from None
        raise Unavailable(f"the platform answers {error.code}") from None
    except (URLError, TimeoutError, OSError) as error:
        raise Unavailable(f"the platform cannot be reached: {error}") from error


def read_answer(body: bytes) -> Account:
    """The account in an answer; raises `Unavailable` for one that is none."""
    try:
        return Account.model_validate_json(body)
    except ValidationError as error:
        raise Unavailable("the platform's answer is no account") from error


def write_account(file: Path, account: Account) -> None:
    """Replace the file at once; the certificate of the broker's authority lies beside it."""
    authority = file.with_suffix(".ca.pem")
    lines = {
        "CARECIRCLE_GATEWAY_COUNTY": account.county,
        "CARECIRCLE_GATEWAY_BED": account.bed_id,
        "CARECIRCLE_MQTT_URL": account.broker_url,
    }
    if account.ca_certificate is not None:
        _write(authority, account.ca_certificate)
        lines["CARECIRCLE_MQTT_CA_FILE"] = str(authority)
    _write(file, "".join(f"{name}={value}\n" for name, value in lines.items()))


def read_settings(file: Path) -> dict[str, str]:
    """The settings in an account's file; raises `Misconfigured`."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}; `carecircle gateway pair` makes it") from error
    pairs = [line.partition("=") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in pairs}


def _write(path: Path, text: str) -> None:
    work = path.with_name(f".{path.name}.{os.getpid()}")
    work.unlink(missing_ok=True)
    with os.fdopen(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    work.replace(path)


def _tls(scheme: str) -> ssl.SSLContext | None:
    return ssl.create_default_context() if scheme == "https" else None


def _sentence(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "the platform refused"
