"""What a session takes from the broker and gives to it (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Message:
    """Something to publish, such as a last will."""

    topic: str
    payload: bytes
    retain: bool = False


class Delivery(NamedTuple):
    """A message as the broker delivered it, `received_at` in UTC; a topic that is no UTF-8 reads as ''.

    `mid` is 0 at QoS 0; `repeated` says that the broker has sent it before and heard no acknowledgement. A tuple,
    because one is made for every message.
    """

    topic: str
    payload: bytes
    retained: bool
    received_at: datetime
    generation: int
    mid: int
    repeated: bool = False
