"""Topics: how a message's address on the broker is written and read (pure)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from carecircle.rejected import Reason, Rejected

ROOT = "care/v1"
EVERYTHING = f"{ROOT}/#"

_NAME = r"[A-Za-z0-9_-]{1,64}"
_TOPIC = re.compile(rf"care/v1/(\d{{6}})/({_NAME})/({_NAME})/([a-z]+)", re.ASCII)


class Kind(StrEnum):
    """What a message is: the last level of its topic."""

    TELEMETRY = "telemetry"
    EVENT = "event"
    STATUS = "status"
    COMMAND = "command"
    REPLY = "reply"


_KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Topic:
    """The address `care/v1/{county}/{bed}/{device}/{kind}`.

    `county` is the 6-digit division code, `bed` and `device` match `[A-Za-z0-9_-]{1,64}`.
    """

    county: str
    bed: str
    device: str
    kind: Kind

    def __str__(self) -> str:
        """The topic as the broker sees it."""
        return f"{ROOT}/{self.county}/{self.bed}/{self.device}/{self.kind}"


def parse_topic(text: str) -> Topic | Rejected:
    """Read a topic; a `Rejected` says what is wrong with it."""
    match = _TOPIC.fullmatch(text)
    if match is None:
        return Rejected(Reason.WRONG_TOPIC, "expected care/v1/{county}/{bed}/{device}/{kind}")
    county, bed, device, kind = match.groups()
    if kind not in _KINDS:
        return Rejected(Reason.WRONG_TOPIC, f"unknown kind {kind!r}")
    return Topic(county, bed, device, Kind(kind))
