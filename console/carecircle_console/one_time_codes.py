"""One-time codes: TOTP after RFC 6238, its secret sealed for the database, and recovery codes (pure but for chance).

It is sealed by AES-256-GCM under a key that HKDF derives from the installation's secret, bound to its account: a
stolen database opens nothing, and a row that is moved to another account cannot be read there.
"""

import hmac
import io
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
import segno

from carecircle.errors import Misconfigured

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STEP_S = 30
RECOVERY_CODES = 10
# One step back and one ahead: phones' clocks are off by seconds, and typing takes some (RFC 6238, 5.2).
_SLACK_STEPS = 1
_NONCE_BYTES = 12
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWX"


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 asks for."""
    return pyotp.random_base32()


def seal(installation_secret: str, account_id: int, secret: str) -> bytes:
    """Encrypt a secret for the database."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(installation_secret).encrypt(nonce, secret.encode(), _bound_to(account_id))


def unseal(installation_secret: str, account_id: int, sealed: bytes) -> str:
    """Decrypt it again; raises `Misconfigured` where the installation's secret is another one than it was."""
    from cryptography.exceptions import InvalidTag

    try:
        plain = _cipher(installation_secret).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(account_id)
        )
    except InvalidTag as error:
        raise Misconfigured("CARECIRCLE_HOME_SECRET is not the one under which second factors were set up") from error
    return plain.decode()


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step of a right code; None for a wrong one, and for one that was taken already (`last_step`)."""
    code = "".join(sign for sign in code if sign.isdigit())
    present = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret, interval=STEP_S)
    found = None
    for step in range(present - _SLACK_STEPS, present + _SLACK_STEPS + 1):
        # All of them are compared, so that the time says nothing.
        if hmac.compare_digest(totp.generate_otp(step), code) and step > last_step:
            found = step
    return found


def provisioning_uri(secret: str, login: str, issuer: str = "CareCircle") -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=login, issuer_name=issuer)


def qr_svg(text: str) -> str:
    """A QR code as an SVG document of its own, without script or style; the page shows it as an image."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=4, light="#fff", dark="#000")
    return out.getvalue().decode()


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 49 bits each, as `7KQ4M-X2HPD`."""
    drawn = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    return tuple(f"{one[:5]}-{one[5:]}" for one in drawn)


def plain_recovery_code(typed: str) -> str:
    """A recovery code as it is hashed: case, spaces and dashes do not count."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def _cipher(installation_secret: str) -> "AESGCM":
    # Only who uses a second factor needs it; everything else starts without.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), length=32, salt=None, info=b"carecircle second factor").derive(installation_secret.encode())
    return AESGCM(key)


def _bound_to(account_id: int) -> bytes:
    return f"account:{account_id}".encode()
