"""Messages: telemetry as a thousand beds send it, made as whole MQTT packets before the clock starts (pure).

A message has five readings in about 150 bytes of payload and 40 of topic. Message `i` comes from bed `i % BEDS`, so
the beds take turns and every bed's `seq` counts up.
"""

import json
from collections.abc import Iterator

from carecircle.topics import Kind, Topic

BEDS = 1000
COUNTY = "630102"
DEVICE = "mattress"
_PUBLISH_QOS1 = 0x32
_PACKET_IDS = 60_000
_CHUNK = 250
_READINGS_EVERY_MS = 5000


def bed_name(number: int) -> str:
    """The id of a bed of the bench."""
    return f"bench-{number:04}"


def topic_of(number: int) -> str:
    """The topic of message `number`."""
    return str(Topic(COUNTY, bed_name(number % BEDS), DEVICE, Kind.TELEMETRY))


def payload_of(number: int, boot: int, at_ms: int) -> bytes:
    """The payload of message `number`, measured at `at_ms` (Unix)."""
    readings = {
        "heart_rate": 58 + number % 37 + 0.5,
        "respiratory_rate": 12 + number % 9 + 0.25,
        "spo2": 86.0 + number % 11,
        "movement": number % 16 / 16,
        "in_bed": True,
    }
    body = {"boot": boot, "seq": number // BEDS + 1, "at": at_ms, "quality": 0.93, "readings": readings}
    return json.dumps(body, separators=(",", ":")).encode()


def backlog_time(number: int, total: int, now_ms: int) -> int:
    """When message `number` of `total` was measured, every bed at its pace, the last of them now."""
    rounds_left = (total - 1) // BEDS - number // BEDS
    return now_ms - rounds_left * _READINGS_EVERY_MS % (3600_000) - number % BEDS


def packet(topic: str, payload: bytes, number: int) -> bytes:
    """A PUBLISH at QoS 1 as MQTT 3.1.1 writes it."""
    name = topic.encode()
    body = b"".join([len(name).to_bytes(2, "big"), name, (number % _PACKET_IDS + 1).to_bytes(2, "big"), payload])
    return bytes([_PUBLISH_QOS1]) + remaining_length(len(body)) + body


def remaining_length(length: int) -> bytes:
    """MQTT's variable length."""
    digits = bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(digits)


def chunks(packets: Iterator[bytes], size: int = _CHUNK) -> Iterator[tuple[int, bytes]]:
    """Packets joined for one write each, with how many there are in it."""
    joined: list[bytes] = []
    for one in packets:
        joined.append(one)
        if len(joined) == size:
            yield size, b"".join(joined)
            joined = []
    if joined:
        yield len(joined), b"".join(joined)
