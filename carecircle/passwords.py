"""Passwords: argon2id hashes, made by the seed and checked by the console (pure but for the salt).

The cost follows OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane): about 20 ms on a slow core, so that
signing in never holds back the stream of incidents on the same machine.
"""

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

NO_PASSWORD = "!"  # noqa: S105 - no password, and no hash of one
"""Stands in the account table where nobody has chosen a password yet: no password belongs to it."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    """Make the argon2id hash of a password, salt and cost inside, as the account table keeps it."""
    return _HASHER.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash; a hash that cannot be read belongs to none."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
