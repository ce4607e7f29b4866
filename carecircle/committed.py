"""Committed: the alert engine's word that a call for help is an incident, by which the lifeline knows (pure).

It has a root of its own: below its bed a home may publish what it likes, and a confirmation must not be forged.
"""

import json
import re
from dataclasses import dataclass

from carecircle.topics import Topic

ROOT = "care/committed/v1"
EVERY_COMMIT = f"{ROOT}/+/+/+"

_NAME = r"[A-Za-z0-9_-]{1,64}"
_TOPIC = re.compile(rf"{ROOT}/(\d{{6}})/({_NAME})/({_NAME})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Committed:
    """One message on an event topic that is an incident now, or part of one.

    `name` is `boot/seq`, or the digest of a message that could not be read and so has no number.
    """

    bed: str
    device: str
    name: str

    @property
    def is_numbered(self) -> bool:
        """Whether no other message of this device has the same name."""
        return "/" in self.name


def committed_message(topic: Topic, name: str) -> tuple[str, bytes]:
    """Topic and payload by which it is said of the message `name` that came on `topic`."""
    body = json.dumps({"call": name}, separators=(",", ":"))
    return f"{ROOT}/{topic.county}/{topic.bed}/{topic.device}", body.encode()


def parse_committed(topic: str, payload: bytes) -> Committed | None:
    """Read a confirmation; None for anything else, which then confirms nothing."""
    match = _TOPIC.fullmatch(topic)
    if match is None:
        return None
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    name = document.get("call") if isinstance(document, dict) else None
    if not isinstance(name, str):
        return None
    _county, bed, device = match.groups()
    return Committed(bed, device, name)
