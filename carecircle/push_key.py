"""Push key: the pair by which push services know an installation (VAPID, RFC 8292); pure, but a new one is random."""

import base64
import secrets

_SCALAR_BYTES = 32
# The order of P-256 (FIPS 186-4, D.1.2.3): a private key is a number from 1 to one below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def new_private_key() -> str:
    """A new private key: 32 bytes in base64url, as browsers' tools print it."""
    return _text((secrets.randbelow(_ORDER - 1) + 1).to_bytes(_SCALAR_BYTES, "big"))


def public_key_of(private: str) -> str:
    """The public key that browsers subscribe with: an uncompressed point in base64url, 87 characters.

    Raises `ValueError` for what is no private key of P-256.
    """
    # Read here: nobody who only starts a process needs the library.
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    if len(raw) != _SCALAR_BYTES:
        raise ValueError("a private key has 32 bytes")
    key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    return _text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
