"""Broker accounts: Mosquitto's password file and access list, one account a service and one a home (I/O at the end).

A home logs in with its bed's id, may publish under its own bed alone and hears only what its own devices are told.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# Mosquitto's own default. Our passwords are random and long, so more rounds would only slow reconnecting homes down.
_ROUNDS = 101
_SALT_BYTES = 12

SERVICE_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "ingest": ("read care/v1/#", "write care/v1/+/+/+/command"),
    "alerts": ("read care/v1/#", "write care/v1/+/+/+/command", "write care/committed/v1/+/+/+"),
    # It hears calls and what has become of them, and can say nothing.
    "lifeline": ("read care/v1/+/+/+/event", "read care/committed/v1/+/+/+"),
}


@dataclass(frozen=True, slots=True)
class Home:
    """A home's account: `county` is the 6-digit division code, `user` the account's name, the bed's id if empty."""

    county: str
    bed: str
    password: str
    user: str = ""

    @property
    def login(self) -> str:
        """The account's name."""
        return self.user or self.bed


def password_line(user: str, password: str, salt: bytes | None = None) -> str:
    """A line of Mosquitto's password file: PBKDF2 with HMAC-SHA-512, its format `$7$`."""
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"{user}:$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}\n"


def access_list(services: Iterable[str], homes: Iterable[Home]) -> str:
    """Mosquitto's access list: what is not written here is forbidden. Unknown services get no rights."""
    parts = []
    for service in services:
        rights = "".join(f"topic {right}\n" for right in SERVICE_RIGHTS.get(service, ()))
        parts.append(f"user {service}\n{rights}")
    for home in homes:
        topic = f"care/v1/{home.county}/{home.bed}"
        parts.append(f"user {home.login}\ntopic write {topic}/#\ntopic read {topic}/+/command\n")
    return "\n".join(parts)


def write_accounts(folder: Path, services: Mapping[str, str], homes: Iterable[Home]) -> None:
    """Write `passwords` and `access` into the broker's folder, each at once; the broker reads them again on SIGHUP."""
    homes = list(homes)
    lines = [password_line(user, password) for user, password in services.items()]
    lines += [password_line(home.login, home.password) for home in homes]
    write_private(folder / "passwords", "".join(lines))
    write_private(folder / "access", access_list(services, homes))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f".{path.name}.{os.getpid()}")
    work.unlink(missing_ok=True)
    with os.fdopen(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    if path.exists():  # the broker's user may own it
        owner = path.stat()
        os.chown(work, owner.st_uid, owner.st_gid)
    work.replace(path)
