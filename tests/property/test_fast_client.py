"""Our read path and stock paho's tell the same story, however the bytes arrive."""

import socket
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from carecircle.mqtt import Delivery
from carecircle.mqtt.fast_client import FastClient

Seen = tuple[str, bytes, bool, int]
GENERATION = 7
OPTIONS = {"client_id": "reader", "protocol": MQTTProtocolVersion.MQTTv5, "manual_ack": True}


@dataclass(frozen=True, slots=True)
class Publish:
    """A PUBLISH packet as a broker writes it."""

    topic: str
    payload: bytes
    qos: int
    retained: bool
    mid: int
    properties: bytes

    def encode(self) -> bytes:
        topic = self.topic.encode()
        body = len(topic).to_bytes(2, "big") + topic
        if self.qos:
            body += self.mid.to_bytes(2, "big")
        body += _length(len(self.properties)) + self.properties + self.payload
        return bytes([0x30 | self.qos << 1 | self.retained]) + _length(len(body)) + body


def _length(number: int) -> bytes:
    encoded = b""
    while True:
        number, low = divmod(number, 128)
        if not number:
            return encoded + bytes([low])
        encoded += bytes([low | 0x80])


# User property "k" = "v" (0x26), and a message expiry of 60 s (0x02): what brokers and publishers really add.
PROPERTIES = st.sampled_from([b"", b"\x26\x00\x01k\x00\x01v", b"\x02\x00\x00\x00\x3c", b"\x26\x00\x01k\x00\x01v" * 30])
PAYLOADS = st.binary(max_size=40) | st.integers(120, 40_000).map(bytes)
PUBLISHES = st.builds(
    Publish,
    topic=st.sampled_from(["care/v1/630102/bed-1/mat/telemetry", "a", "床/位", "t" * 200]),
    payload=PAYLOADS,
    qos=st.sampled_from([0, 1]),
    retained=st.booleans(),
    mid=st.integers(1, 65535),
    properties=PROPERTIES,
)
PINGRESP = b"\xd0\x00"


def _read(client: Client, pieces: list[bytes], seen: list[Seen]) -> tuple[list[Seen], bool]:
    """Feed a client in pieces; what it saw, and whether it gave the connection up."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    client._sock = ours
    try:
        for piece in pieces:
            theirs.sendall(piece)
            for _ in range(200):
                if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or client._sock is None:
                    return seen, True
                try:
                    if not ours.recv(1, socket.MSG_PEEK):
                        break
                except BlockingIOError:
                    break
        return seen, False
    finally:
        ours.close()
        theirs.close()


def _with_ours(pieces: list[bytes]) -> tuple[list[Seen], bool]:
    seen: list[Seen] = []

    def on_deliveries(deliveries: list[Delivery]) -> None:
        assert all(type(one) is Delivery and one.generation == GENERATION for one in deliveries)
        seen.extend((one.topic, one.payload, one.retained, one.mid) for one in deliveries)

    client = FastClient(
        CallbackAPIVersion.VERSION2, on_deliveries=on_deliveries, generation=lambda: GENERATION, **OPTIONS
    )
    return _read(client, pieces, seen)


def _with_stock(pieces: list[bytes]) -> tuple[list[Seen], bool]:
    seen: list[Seen] = []

    def on_message(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        seen.append((message.topic, bytes(message.payload), message.retain, message.mid))

    client = Client(CallbackAPIVersion.VERSION2, **OPTIONS)  # type: ignore[arg-type]
    client.on_message = on_message
    return _read(client, pieces, seen)


def _cut(stream: bytes, places: list[int]) -> list[bytes]:
    marks = [0, *sorted({place % (len(stream) + 1) for place in places}), len(stream)]
    return [stream[a:b] for a, b in pairwise(marks) if a < b]


@given(st.lists(PUBLISHES | st.just(PINGRESP), max_size=12), st.lists(st.integers(0, 10**6), max_size=8))
def test_any_packets_in_any_pieces_are_seen_alike(packets: list[Publish | bytes], places: list[int]) -> None:
    stream = b"".join(one.encode() if isinstance(one, Publish) else one for one in packets)
    pieces = _cut(stream, places)
    expected = [
        (one.topic, one.payload, one.retained, one.mid if one.qos else 0) for one in packets if isinstance(one, Publish)
    ]
    assert _with_ours(pieces) == (expected, False)
    assert _with_stock(pieces) == (expected, False)


@given(st.binary(max_size=200))
def test_noise_is_read_or_ends_the_connection_and_never_raises(noise: bytes) -> None:
    _with_ours([noise])


@given(st.lists(PUBLISHES, min_size=1, max_size=5), st.binary(min_size=1, max_size=3))
def test_what_came_before_a_broken_packet_is_not_lost(packets: list[Publish], rest: bytes) -> None:
    stream = b"".join(one.encode() for one in packets) + b"\x32\x02\xff" + rest[:1]
    seen, given_up = _with_ours([stream])
    assert [payload for _topic, payload, _retained, _mid in seen] == [one.payload for one in packets]
    assert given_up
