"""Grafana: a token that says to it who somebody is and of which area, signed by the console (pure but for the key).

Grafana asks nobody for a password: it checks the signature with the public key, and lets in whoever has an organisation
for their area. What they see there its database role decides, not this token.
"""

from datetime import datetime, timedelta
from pathlib import Path

from carecircle.errors import Misconfigured, Unavailable
from carecircle_console.scope import Role, Viewer

ISSUER, AUDIENCE = "carecircle-console", "carecircle-grafana"
READING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""Who reads figures; people who act on single incidents have the console."""
# The page carries the token along with each of its requests, so that it has to last as long as one look at the figures
# (engineering proposal); afterwards the console's link gives a new one.
LASTS = timedelta(hours=1)


def sign_in_url(viewer: Viewer, grafana_url: str | None, key_file: Path | None, now: datetime) -> str:
    """The address that opens Grafana as this person, good for an hour.

    Raises `Unavailable` where the console has not been told of a Grafana, `Misconfigured` where the key cannot be read.
    """
    if grafana_url is None or key_file is None:
        raise Unavailable("这里没有接入 Grafana")
    return f"{grafana_url.rstrip('/')}/?auth_token={token(viewer, _key(key_file), now)}"


def token(viewer: Viewer, key: str, now: datetime) -> str:
    """ES256; `orgs` names the area by which Grafana finds the organisation, and the role is never more than Viewer."""
    # Its cryptography is for installations with a Grafana; the others start without it.
    import jwt

    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": viewer.login,
        "name": viewer.name,
        "role": "Viewer",
        "orgs": [f"area-{viewer.area_code}"],
        "iat": now,
        "nbf": now - timedelta(seconds=30),
        "exp": now + LASTS,
    }
    return jwt.encode(claims, key, algorithm="ES256")


def _key(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise Misconfigured(f"CARECIRCLE_GRAFANA_JWT_KEY_FILE: {file} cannot be read") from error
