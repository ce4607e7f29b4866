"""Pairing: one-time codes that somebody reads from a screen and types into a box, and the accounts of homes (pure)."""

import hashlib
import hmac
import re
import secrets

from carecircle.identity import home_password

# Without letters and digits that look alike. Ten of them are 49 bits: with ten failures a minute allowed for all codes
# together, and a quarter of an hour of life, one guess in 10^12 succeeds.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWX"
_LENGTH = 10
_USER = re.compile(r"(?P<bed>[A-Za-z0-9_-]{1,64})(?:\.(?P<generation>[1-9][0-9]{0,8}))?", re.ASCII)


def new_code() -> str:
    """A code as it is shown, such as `7KQ4M-X2HPD`."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{drawn[:5]}-{drawn[5:]}"


def code_hash(secret: str, code: str) -> bytes:
    """What is kept of a code; case, spaces and dashes do not count."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(secret.encode(), f"pairing:{plain}".encode(), hashlib.sha256).digest()


def home_user(bed: str, generation: int) -> str:
    """The broker's account of a home: the bed's id, and from the first pairing on the generation behind a dot."""
    return bed if generation == 0 else f"{bed}.{generation}"


def parse_home_user(user: str) -> tuple[str, int] | None:
    """Bed and generation of an account's name; None for what is no home's."""
    match = _USER.fullmatch(user)
    return (match["bed"], int(match["generation"] or 0)) if match else None


def is_home_password(secret: str, user: str, password: str) -> bool:
    """Whether this is the password of that account, in constant time; whether it is in force the database knows."""
    parsed = parse_home_user(user)
    bed, generation = parsed or ("", 0)
    expected = home_password(secret, bed, generation)
    return hmac.compare_digest(expected.encode(), password.encode("utf-8", "replace")) and parsed is not None


def may_publish(county: str, bed: str, topic: str) -> bool:
    """Whether a home may publish there: below its own bed alone."""
    return topic.startswith(f"care/v1/{county}/{bed}/") and not {"+", "#"} & set(topic)


def may_subscribe(county: str, bed: str, topic: str) -> bool:
    """Whether a home may listen there: to what its own devices are told."""
    levels = topic.split("/")
    return topic.startswith(f"care/v1/{county}/{bed}/") and len(levels) == 6 and levels[5] == "command"  # noqa: PLR2004
