"""paho's client with a read path that takes a whole socket buffer at a time (I/O).

Stock paho makes four receives, a select and a send for every message. Here one receive brings many packets, the PUBLISH
packets among them are cut out in one loop, and a batch is acknowledged in one write. Where reads follow each other at
once, the next one waits a millisecond, so that it brings more. Everything else, also QoS 2, is handed to paho unread.

It leans on members that paho does not promise (`loop_read`, `_in_packet`, `_packet_handle`, `_packet_queue`,
`_sock_recv`), so paho is pinned, a test holds this client equal to the stock one, and a switch of `Session` goes back.
"""

import struct
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from paho.mqtt.client import time_func
from paho.mqtt.enums import MessageType, MQTTErrorCode
from paho.mqtt.exception import MalformedPacket

from carecircle.mqtt.delivery import Delivery
from carecircle.mqtt.watchdog import WatchedClient

_RECEIVE_BYTES = 256 * 1024
_RECEIVES_AT_ONCE = 8  # then the loop looks after writes and keepalive again
_LONGEST_LENGTH = 4  # bytes of MQTT's variable length
_PUBACK = int.from_bytes((MessageType.PUBACK, 2, 0, 0), "big")
_REMEMBERED_TOPICS = 100_000
_AT_ONCE_S = 0.0015
_GATHER_S = 0.001

OnDeliveries = Callable[[list[Delivery]], None]
_new = tuple.__new__


class FastClient(WatchedClient):
    """A client that hands deliveries over in batches, in order, on the network thread.

    `generation` is what they carry; whoever changes it does so on that thread.
    """

    def __init__(self, *args: Any, on_deliveries: OnDeliveries, generation: Callable[[], int], **options: Any) -> None:
        super().__init__(*args, **options)
        self._on_deliveries = on_deliveries
        self._generation = generation
        self._unread = b""
        self._read_at = 0.0
        self._topics: dict[bytes, str] = {}

    def reconnect(self) -> MQTTErrorCode:
        """As paho's; half a packet of the lost connection is forgotten."""
        self._unread = b""
        return super().reconnect()

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Acknowledge many QoS 1 messages in one write."""
        if mids:
            packets = struct.pack(f">{len(mids)}I", *[_PUBACK | mid for mid in mids])
            self._packet_queue(MessageType.PUBACK, packets, 0, 1)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read what the socket has and handle every whole packet in it; called by paho's loop."""
        del max_packets
        rc = MQTTErrorCode.MQTT_ERR_SUCCESS
        for _ in range(_RECEIVES_AT_ONCE):
            if self._sock is None:
                return MQTTErrorCode.MQTT_ERR_NO_CONN
            try:
                received = self._sock_recv(_RECEIVE_BYTES)
            except BlockingIOError:
                break
            except OSError:
                received = b""
            rc = self._handle_received(received) if received else MQTTErrorCode.MQTT_ERR_CONN_LOST
            if rc > 0 or len(received) < _RECEIVE_BYTES:
                break
        if rc > 0:
            return self._loop_rc_handle(rc)
        last, self._read_at = self._read_at, time.monotonic()
        if self._read_at - last < _AT_ONCE_S:
            time.sleep(_GATHER_S)
        return rc

    def _handle_received(self, received: bytes) -> MQTTErrorCode:
        buffer = self._unread + received if self._unread else received
        self._last_bytes_received = time_func()
        deliveries: list[Delivery] = []
        position = 0
        rc = MQTTErrorCode.MQTT_ERR_SUCCESS
        try:
            while True:
                position = self._read_plain(buffer, position, deliveries)
                packet = _next_packet(buffer, position)
                if packet is None:
                    break
                command, start, position = packet
                parts = _read_publish(command, buffer, start, position)
                if parts is not None:
                    topic, payload, mid = parts
                    deliveries.append(self._delivery(topic, payload, mid, command=command))
                    continue
                # Whatever paho does with this packet must come after what arrived before it.
                self._hand_over(deliveries)
                deliveries = []
                rc = self._let_paho_handle(command, buffer[start:position])
                if rc > 0:
                    break
        except MalformedPacket:
            rc = MQTTErrorCode.MQTT_ERR_PROTOCOL
        self._unread = buffer[position:]
        self._hand_over(deliveries)
        return rc

    def _read_plain(self, buffer: bytes, position: int, deliveries: list[Delivery]) -> int:
        """Cut out PUBLISH packets as they nearly always are: QoS 0 or 1, below 16 KiB, whole, without properties.

        Returns where the first other packet begins. One loop without calls, because it runs for every message.
        """
        received_at, generation = datetime.now(UTC), self._generation()
        topics, append, size = self._topics, deliveries.append, len(buffer)
        while position + 4 <= size:
            command, length, start = buffer[position], buffer[position + 1], position + 2
            if command & 0xF4 != 0x30:  # noqa: PLR2004 - the type PUBLISH, and not the bit of QoS 2
                break
            if length >= 0x80:  # noqa: PLR2004 - the highest bit says that the number goes on
                more, start = buffer[start], start + 1
                if more >= 0x80:  # noqa: PLR2004
                    break
                length += (more << 7) - 0x80
            end = start + length
            if end > size or length < 3:  # noqa: PLR2004 - a topic's length and no properties
                break
            topic_end = start + 2 + (buffer[start] << 8 | buffer[start + 1])
            cursor = topic_end + (command & 2)  # QoS 1 has that bit and two bytes of message id
            if cursor >= end or buffer[cursor]:
                break
            raw = buffer[start + 2 : topic_end]
            topic = topics.get(raw)
            if topic is None:
                topic = self._decode_topic(raw)
            mid = buffer[topic_end] << 8 | buffer[topic_end + 1] if command & 2 else 0
            payload = buffer[cursor + 1 : end]
            append(_new(Delivery, (topic, payload, command & 1 == 1, received_at, generation, mid, command & 8 != 0)))
            position = end
        return position

    def _delivery(self, raw: bytes, payload: bytes, mid: int, *, command: int) -> Delivery:
        topic = self._topics.get(raw)
        if topic is None:
            topic = self._decode_topic(raw)
        return Delivery(
            topic, payload, bool(command & 1), datetime.now(UTC), self._generation(), mid, bool(command & 8)
        )

    def _decode_topic(self, raw: bytes) -> str:
        """Decode a topic and remember it; a device says the same few over and over."""
        try:
            topic = raw.decode()
        except UnicodeDecodeError:
            topic = ""
        if len(self._topics) >= _REMEMBERED_TOPICS:
            self._topics.clear()
        self._topics[raw] = topic
        return topic

    def _hand_over(self, deliveries: list[Delivery]) -> None:
        if deliveries:
            self._on_deliveries(deliveries)

    def _let_paho_handle(self, command: int, body: bytes) -> MQTTErrorCode:
        self._in_packet = _paho_packet(command, body)
        try:
            return self._packet_handle()
        finally:
            self._in_packet = _paho_packet(0, b"")


def _next_packet(buffer: bytes, position: int) -> tuple[int, int, int] | None:
    """First byte, start and end of the body of the packet at `position`; None while it is incomplete."""
    size = len(buffer)
    length = shift = 0
    cursor = position + 1
    while cursor < size:
        byte = buffer[cursor]
        cursor += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that the number goes on
            end = cursor + length
            return (buffer[position], cursor, end) if end <= size else None
        shift += 7
        if shift >= 7 * _LONGEST_LENGTH:
            raise MalformedPacket
    return None


def _read_publish(command: int, buffer: bytes, start: int, end: int) -> tuple[bytes, bytes, int] | None:
    """Topic, payload and message id (0 at QoS 0) of a PUBLISH at QoS 0 or 1; None for every other packet."""
    qos = command & 0x06
    if command & 0xF0 != MessageType.PUBLISH or qos > 0x02:  # noqa: PLR2004 - the bits of QoS 1
        return None
    topic_end = start + 2 + (buffer[start] << 8 | buffer[start + 1]) if end - start >= 2 else end + 1  # noqa: PLR2004
    cursor = topic_end + qos  # QoS 1 has the bits 10 and two bytes of message id
    if cursor >= end:
        raise MalformedPacket
    mid = buffer[topic_end] << 8 | buffer[topic_end + 1] if qos else 0
    properties = buffer[cursor]
    cursor += 1
    if properties:
        cursor = _after_properties(buffer, cursor - 1, end)
    return (buffer[start + 2 : topic_end], buffer[cursor:end], mid)


def _after_properties(buffer: bytes, cursor: int, end: int) -> int:
    """Where the payload begins; we ask for no topic alias, so nothing in the properties concerns a reader."""
    length = shift = 0
    while cursor < end:
        byte = buffer[cursor]
        cursor += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that the number goes on
            if cursor + length > end:
                break
            return cursor + length
        shift += 7
    raise MalformedPacket


def _paho_packet(command: int, body: bytes) -> Any:
    """What paho's own reader would have left behind."""
    return {
        "command": command,
        "have_remaining": 0,
        "remaining_count": [],
        "remaining_mult": 1,
        "remaining_length": len(body),
        "packet": bytearray(body),
        "to_process": 0,
        "pos": 0,
    }
