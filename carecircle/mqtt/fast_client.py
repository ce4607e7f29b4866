"""paho's client with a read path that takes a whole socket buffer at a time (I/O).

Stock paho makes four receives, a select and a send for every message. Here one receive brings many packets, the PUBLISH
packets among them are cut out in one loop, and a batch is acknowledged in one write. Everything else, also QoS 2, is
handed to paho as it was. It leans on members that paho does not promise (`loop_read`, `_in_packet`, `_packet_handle`,
`_packet_queue`, `_sock_recv`), so paho is pinned, a test holds this client equal to the stock one, and a switch of
`Session` goes back to it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from paho.mqtt.client import time_func
from paho.mqtt.enums import MessageType, MQTTErrorCode
from paho.mqtt.exception import MalformedPacket

from carecircle.mqtt.watchdog import WatchedClient

_RECEIVE_BYTES = 256 * 1024
_RECEIVES_AT_ONCE = 8  # then the loop looks after writes and keepalive again
_LONGEST_LENGTH = 4  # bytes of MQTT's variable length
_PUBACK = bytes((MessageType.PUBACK, 2))


class Arrival(NamedTuple):
    """One PUBLISH packet at QoS 0 or 1; `mid` is 0 at QoS 0. A tuple, because one is made for every message."""

    topic: bytes
    payload: bytes
    retained: bool
    mid: int


OnArrivals = Callable[[list[Arrival]], None]


class FastClient(WatchedClient):
    """A client that hands arrivals over in batches, in order, on the network thread."""

    def __init__(self, *args: Any, on_arrivals: OnArrivals, **options: Any) -> None:
        super().__init__(*args, **options)
        self._on_arrivals = on_arrivals
        self._unread = b""

    def reconnect(self) -> MQTTErrorCode:
        """As paho's; half a packet of the lost connection is forgotten."""
        self._unread = b""
        return super().reconnect()

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Acknowledge many QoS 1 messages in one write."""
        if mids:
            packets = b"".join([_PUBACK + mid.to_bytes(2, "big") for mid in mids])
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
        return self._loop_rc_handle(rc) if rc > 0 else rc

    def _handle_received(self, received: bytes) -> MQTTErrorCode:
        buffer = self._unread + received if self._unread else received
        self._last_bytes_received = time_func()
        arrivals: list[Arrival] = []
        position = 0
        rc = MQTTErrorCode.MQTT_ERR_SUCCESS
        try:
            while (packet := _next_packet(buffer, position)) is not None:
                command, start, position = packet
                arrival = _read_publish(command, buffer, start, position)
                if arrival is not None:
                    arrivals.append(arrival)
                    continue
                # Whatever paho does with this packet must come after what arrived before it.
                self._hand_over(arrivals)
                arrivals = []
                rc = self._let_paho_handle(command, buffer[start:position])
                if rc > 0:
                    break
        except MalformedPacket:
            rc = MQTTErrorCode.MQTT_ERR_PROTOCOL
        self._unread = buffer[position:]
        self._hand_over(arrivals)
        return rc

    def _hand_over(self, arrivals: list[Arrival]) -> None:
        if arrivals:
            self._on_arrivals(arrivals)

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


def _read_publish(command: int, buffer: bytes, start: int, end: int) -> Arrival | None:
    """A PUBLISH at QoS 0 or 1; None for every other packet."""
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
    return Arrival(buffer[start + 2 : topic_end], buffer[cursor:end], bool(command & 1), mid)


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
