"""What flows in a chaos run: the messages of every sender, as they are sent and as they must be found (pure).

Every value follows from the sender and the number of the message, so that a sender need not keep what it sent in order
to repeat it, and what the database holds can be compared with what was sent, value by value.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from carecircle.topics import Kind, Topic
from tests.servers import COUNTY

BOOT = 1
STEP_MS = 10
_EVENT_EACH = 10
_TWO_TABLES_EACH = 7


@dataclass(frozen=True, slots=True, order=True)
class Sender:
    """One device of one home, which numbers its messages from 1 on; `number` makes its values its own."""

    bed: str
    device: str
    number: int

    def topic(self, kind: Kind) -> str:
        return str(Topic(COUNTY, self.bed, self.device, kind))

    def at_ms(self, seq: int, began_ms: int) -> int:
        return began_ms + seq * STEP_MS + self.number

    def is_event(self, seq: int) -> bool:
        return seq % _EVENT_EACH == 0

    def says_temperature(self, seq: int) -> bool:
        """Whether this message has readings for two tables."""
        return not self.is_event(seq) and seq % _TWO_TABLES_EACH == 0

    def heart_rate(self, seq: int) -> int:
        return 40 + (7 * seq + 13 * self.number) % 80

    def room_temperature(self, seq: int) -> float:
        """In quarters of a degree, which the database's type holds exactly."""
        return 15 + (seq + self.number) % 40 / 4

    def code(self, seq: int) -> int:
        return (seq + self.number) % 1000


def senders_of(beds: int) -> list[Sender]:
    """Two devices in each home."""
    devices = [(f"bed-{1 + home}", device) for home in range(beds) for device in ("mat", "button")]
    return [Sender(bed, device, number) for number, (bed, device) in enumerate(devices)]


def shares(messages: int, senders: int) -> list[int]:
    """How many messages each sender has to send."""
    return [messages // senders + (number < messages % senders) for number in range(senders)]


def message(sender: Sender, seq: int, began_ms: int, oldest: int | None) -> tuple[str, bytes]:
    """Topic and payload; `oldest` is None for a sender that keeps nothing."""
    body: dict[str, object] = {"boot": BOOT, "seq": seq, "at": sender.at_ms(seq, began_ms)}
    if oldest is not None:
        body["oldest"] = oldest
    if sender.is_event(seq):
        kind = Kind.EVENT
        body |= {"event": "bed_exit", "code": sender.code(seq), "detail": {"n": seq}}
    else:
        kind = Kind.TELEMETRY
        readings: dict[str, float] = {"heart_rate": sender.heart_rate(seq)}
        if sender.says_temperature(seq):
            readings["room_temperature"] = sender.room_temperature(seq)
        body["readings"] = readings
    return sender.topic(kind), json.dumps(body).encode()


def expected_checksums(sender: Sender, count: int, began_ms: int) -> Mapping[str, str]:
    """For each table the checksum of what must be in it of this sender; `CHECKSUMS` in verdict.py is its SQL."""
    lines: dict[str, list[str]] = {"vitals": [], "environment": [], "device_event": []}
    for seq in range(1, count + 1):
        key = f"{seq}:{sender.at_ms(seq, began_ms)}"
        if sender.is_event(seq):
            lines["device_event"].append(f"{key}:bed_exit {sender.code(seq)} {seq}")
            continue
        lines["vitals"].append(f"{key}:{sender.heart_rate(seq)}")
        if sender.says_temperature(seq):
            lines["environment"].append(f"{key}:{sender.room_temperature(seq):g}")
    return {table: hashlib.md5(",".join(found).encode()).hexdigest() for table, found in lines.items() if found}
