"""Installation secrets: every password and key of one installation, made once and kept in a private file (I/O)."""

import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from carecircle.errors import Misconfigured
from carecircle.push_key import new_private_key
from carecircle.runtime.broker_accounts import write_private

# Letters and digits that nobody takes for another when typing from a screen.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def _key() -> str:
    return secrets.token_urlsafe(24)


def _typed() -> str:
    groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """192 random bits each; the demo's password is made to be typed (59 bits), the push key is one of P-256."""

    superuser_password: str = field(default_factory=_key)
    role_key: str = field(default_factory=_key)
    broker_key: str = field(default_factory=_key)
    home_secret: str = field(default_factory=_key)
    link_secret: str = field(default_factory=_key)
    webhook_secret: str = field(default_factory=_key)
    demo_password: str = field(default_factory=_typed)
    web_push_key: str = field(default_factory=new_private_key)


def load_secrets(path: Path, *, has_database: bool) -> Secrets:
    """The installation's secrets, made where there are none yet; a secret added by a newer version is made now.

    Raises `Misconfigured` where a database is there whose password is lost.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        stored = {}
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path} cannot be read ({error}): restore it, or start anew with --state") from error
    if has_database and "superuser_password" not in stored:
        raise Misconfigured(
            f"{path} is missing, and with it the password of the database beside it: restore the file, or remove "
            f"{path.parent} to start anew (its data is lost)"
        )
    known = {entry.name for entry in fields(Secrets)}
    kept = Secrets(**{name: value for name, value in stored.items() if name in known})
    if asdict(kept) != stored:
        write_private(path, json.dumps(asdict(kept), indent=1) + "\n")
    return kept
