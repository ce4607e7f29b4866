"""Device ids: how a local name becomes an id that the contract allows, the same one every time (pure)."""

import re
from hashlib import blake2b

GATEWAY = "gateway"
"""The id under which the box speaks of itself."""

_ALLOWED = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_-]+")
_READABLE_CHARACTERS = 48


def device_id(name: str) -> str:
    """The id of the device with this local name.

    A name that the contract allows is kept. Any other (Chinese, spaced, with levels, too long) keeps what can be kept
    for the reader's eye and ends in a digest of the whole name: the id needs no table, and no two names share one.
    The box's own id is never given to a device.
    """
    if _ALLOWED.fullmatch(name) and name != GATEWAY:
        return name
    readable = _NOT_ALLOWED.sub("-", name).strip("-")[:_READABLE_CHARACTERS] or "device"
    return f"{readable}-{blake2b(name.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"
