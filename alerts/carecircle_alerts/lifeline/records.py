"""Records: what the journal keeps of a telling: the call, what is to be said to whom, and what became of it (pure)."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

import msgspec

from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Topic, parse_topic
from carecircle_alerts.called import Called, call_of


class Asking(msgspec.Struct, frozen=True):
    """The offer that a message makes, as the engine will find it."""

    offer_id: UUID
    wave: int
    rank: int
    why: str
    name: str
    expires_at: datetime
    track: str | None = None


class Way(msgspec.Struct, frozen=True):
    """One channel by which somebody is reached; `id` is the idempotency key of the message on it."""

    id: UUID
    channel: str
    address: str
    language: str = "zh-CN"


class Telling(msgspec.Struct, frozen=True):
    """One person to be told. `key` names the telling here; `ways` are tried in their order.

    `content` is what is said, as the outbox has it. To the centre `text` says more, `brief` where others may read it.
    """

    key: UUID
    audience: str
    recipient_id: str
    step: str
    content: dict[str, Any]
    ways: list[Way]
    asking: Asking | None = None
    text: str = ""
    brief: str = ""


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """A call of which people are told. `incident_id` is its own; `told_as` is the incident that they are told of.

    The two differ for a press that comes while people are being told of an earlier one.
    """

    incident_id: UUID
    told_as: UUID
    bed: str
    kind: str
    topic: str
    payload: str
    received_at: datetime
    begun_at: datetime
    snapshot_at: datetime
    tellings: list[Telling]
    spares_centre: bool = False
    """The centre has just heard of this danger by a call that is closed; it is told once that question is over."""

    @classmethod
    def of(
        cls,
        called: Called,
        payload: bytes,
        told_as: UUID,
        now: datetime,
        snapshot_at: datetime,
        tellings: list[Telling],
        *,
        spares_centre: bool = False,
    ) -> "Begun":
        """A call whose message had this payload."""
        text = base64.b64encode(payload).decode()
        return cls(
            called.incident_id, told_as, called.topic.bed, called.call.kind, str(called.topic), text,
            called.received_at, now, snapshot_at, tellings, spares_centre,
        )  # fmt: skip

    def called(self) -> Called:
        """The call, read from its message anew."""
        topic = parse_topic(self.topic)
        assert isinstance(topic, Topic), "only what was read is journaled"
        payload = base64.b64decode(self.payload)
        delivery = Delivery(self.topic, payload, retained=False, received_at=self.received_at, generation=0, mid=0)
        called = call_of(topic, parse_payload(topic.kind, payload), delivery)
        assert called is not None, "only calls are journaled"
        return called


class Further(msgspec.Struct, frozen=True, tag="further"):
    """Nobody has confirmed a call in the time of its first question: who is told next, and the centre once more."""

    incident_id: UUID
    at: datetime
    tellings: list[Telling]


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """What became of a telling: on which way it was handed over, or None where no way is left."""

    key: UUID
    at: datetime
    way: UUID | None
    ref: str | None = None


class Tried(msgspec.Struct, frozen=True, tag="tried"):
    """A channel that knows no idempotency keys is about to be handed a telling; whatever happens, it may have it."""

    key: UUID
    way: UUID
    at: datetime


class Reconciled(msgspec.Struct, frozen=True, tag="reconciled"):
    """The database knows the call and what was told of it; nothing is left to do here."""

    incident_id: UUID
    at: datetime


Entry = Begun | Further | Tried | Settled | Reconciled

_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def encode_line(entry: Entry) -> bytes:
    """A line of the journal: a checksum, so that half a line is known as such, and the record."""
    body = msgspec.json.encode(entry)
    return b"%08x %s\n" % (crc32(body), body)


def decode_line(line: bytes) -> Entry | None:
    """Read a line without its end; None where it is damaged."""
    checksum, _, body = line.partition(b" ")
    try:
        if int(checksum, 16) != crc32(body):
            return None
        return _DECODER.decode(body)
    except (ValueError, msgspec.DecodeError):
        return None
