"""Many sessions in one thread: a fleet of homes, each with its own credentials, on one selector loop (I/O).

For simulators and benches; a service uses `Session`. Connecting blocks the loop until the broker's machine answers,
which is nothing on one machine and at most `_CONNECT_TIMEOUT_S` a home where the address is dead.
"""

import contextlib
import heapq
import itertools
import selectors
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Protocol

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from carecircle.mqtt.broker import Broker
from carecircle.mqtt.delivery import Message

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike  # paho defines it for type checkers alone

_KEEPALIVE_S = 60
_SESSION_EXPIRY_S = 3600  # reassurances that come within the hour still reach a home that was away
_CONNECT_TIMEOUT_S = 3.0
_BACKOFF_S = (0.5, 20.0)
_UPKEEP_S = 1.0
_MAX_UNSENT = 200  # a home that cannot send drops readings and not its memory; presses are repeated anyway

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Member:
    """One home's session: its name, by which the fleet calls back, its password, and what it listens to.

    `will` is asked for the last will at every connection, so that each one can carry a number of its own.
    """

    name: str
    password: str
    topics: tuple[str, ...] = ()
    will: Callable[[], Message] | None = None
    login: str | None = None
    """The account, where it is not the name."""


class Listener(Protocol):
    """Who is told what happens; called on the fleet's own thread, so it may publish at once."""

    def connected(self, name: str) -> None:
        """A home's session stands."""

    def lost(self, name: str) -> None:
        """A home's session is gone; the fleet reconnects by itself."""

    def received(self, name: str, topic: str, payload: bytes) -> None:
        """A message for a home came."""


class Fleet:
    """The sessions of many homes; `run_once` does what is due.

    Everything is published at QoS 1. `rng` spreads the reconnecting, so that a broker that comes back is not met by all
    homes in the same instant.
    """

    def __init__(self, broker: Broker, listener: Listener, *, rng: Random) -> None:
        self._broker = broker
        self._tls = ssl.create_default_context(cafile=broker.ca_file) if broker.tls else None
        self._listener = listener
        self._rng = rng
        self._selector = selectors.DefaultSelector()
        self._links: dict[str, _Link] = {}
        self._retries: list[tuple[float, int, _Link]] = []
        self._counter = itertools.count()
        self._next_upkeep = 0.0
        self._closing = False

    @property
    def connected_count(self) -> int:
        """How many homes have a session right now."""
        return sum(link.is_connected for link in self._links.values())

    def add(self, member: Member, *, after_s: float = 0.0) -> None:
        """Take a home in; the loop connects it `after_s` seconds from now."""
        link = _Link(member, self._make_client(member), self._selector, self._listener, self._retry)
        self._links[member.name] = link
        self._schedule(link, after_s)

    def watch(self, source: socket.socket, on_readable: Callable[[], None]) -> None:
        """Let the loop look after one more socket, such as a control socket."""
        self._selector.register(source, selectors.EVENT_READ, lambda _events: on_readable())

    def unwatch(self, source: socket.socket) -> None:
        """Stop looking after a socket."""
        self._selector.unregister(source)

    def is_connected(self, name: str) -> bool:
        """Whether this home has a session right now."""
        return self._links[name].is_connected

    def publish(self, name: str, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Publish for one home; False, and nothing is kept, while it has no session or too much of it waits."""
        return self._links[name].publish(topic, payload, retain=retain)

    def drop(self, name: str) -> None:
        """Cut one home's connection without a goodbye, as a power cut does; the broker sends its last will."""
        self._links[name].cut()

    def run_once(self, timeout_s: float) -> None:
        """Connect what is due, wait at most `timeout_s` for the network, and serve what came."""
        now = time.monotonic()
        while self._retries and self._retries[0][0] <= now:
            heapq.heappop(self._retries)[2].connect()
        if now >= self._next_upkeep:
            self._next_upkeep = now + _UPKEEP_S
            for link in self._links.values():
                link.upkeep()
        if self._retries:
            timeout_s = min(timeout_s, max(0.0, self._retries[0][0] - time.monotonic()))
        for key, events in self._selector.select(timeout_s):
            key.data(events)

    def close(self) -> None:
        """Disconnect every home; the broker sends the last wills, for a home that ends is offline."""
        self._closing = True
        for link in self._links.values():
            link.disconnect()
        self._selector.close()

    def _make_client(self, member: Member) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=f"fleet-{member.name}", protocol=MQTTProtocolVersion.MQTTv5
        )
        client.username_pw_set(member.login or member.name, member.password)
        if self._tls:
            client.tls_set_context(self._tls)
        client.connect_timeout = _CONNECT_TIMEOUT_S
        client.max_queued_messages_set(_MAX_UNSENT)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _SESSION_EXPIRY_S
        client.connect_async(
            self._broker.host, self._broker.port, keepalive=_KEEPALIVE_S, clean_start=False, properties=properties
        )
        return client

    def _retry(self, link: "_Link") -> None:
        if not self._closing:
            least, most = _BACKOFF_S
            self._schedule(link, self._rng.uniform(0.5, 1.0) * min(most, least * 2 ** min(link.failures, 10)))

    def _schedule(self, link: "_Link", after_s: float) -> None:
        heapq.heappush(self._retries, (time.monotonic() + after_s, next(self._counter), link))


class _Link:
    """One home's session: paho without a thread, its socket looked after by the fleet's selector."""

    def __init__(
        self,
        member: Member,
        client: Client,
        selector: selectors.BaseSelector,
        listener: Listener,
        retry: Callable[["_Link"], None],
    ) -> None:
        self.is_connected = False
        self.failures = 0
        self._member = member
        self._client = client
        self._selector = selector
        self._listener = listener
        self._retry = retry
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_write_wanted
        client.on_socket_unregister_write = self._on_write_done
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message

    def connect(self) -> None:
        if self._member.will:
            will = self._member.will()
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        try:
            self._client.reconnect()
        except OSError as error:
            self._fail(str(error))

    def serve(self, events: int) -> None:
        if events & selectors.EVENT_READ:
            self._client.loop_read()
            # What TLS has already decrypted never makes the socket readable again.
            while isinstance(source := self._client.socket(), ssl.SSLSocket) and source.pending():
                self._client.loop_read()
        if events & selectors.EVENT_WRITE:
            self._client.loop_write()

    def upkeep(self) -> None:
        self._client.loop_misc()

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        if not self.is_connected:
            return False
        return self._client.publish(topic, payload, qos=1, retain=retain).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def cut(self) -> None:
        if isinstance(source := self._client.socket(), socket.socket):
            with contextlib.suppress(OSError):  # already gone
                source.shutdown(socket.SHUT_RDWR)

    def disconnect(self) -> None:
        self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, "Disconnect with will message"))
        self._client.loop_write()

    def _on_socket_open(self, _client: Client, _userdata: object, source: "SocketLike") -> None:
        if isinstance(source, socket.socket):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(source, selectors.EVENT_READ, self.serve)

    def _on_socket_close(self, _client: Client, _userdata: object, source: "SocketLike") -> None:
        self._selector.unregister(source)

    def _on_write_wanted(self, _client: Client, _userdata: object, source: "SocketLike") -> None:
        self._selector.modify(source, selectors.EVENT_READ | selectors.EVENT_WRITE, self.serve)

    def _on_write_done(self, _client: Client, _userdata: object, source: "SocketLike") -> None:
        self._selector.modify(source, selectors.EVENT_READ, self.serve)

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _log.warning("home_refused", home=self._member.name, reason=str(reason))
            return  # paho closes the connection next, which schedules the retry
        if self._member.topics:
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._member.topics])
        self.is_connected = True
        self.failures = 0
        self._listener.connected(self._member.name)

    def _on_disconnect(
        self, _client: Client, _userdata: object, _flags: DisconnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        self._fail(str(reason))

    def _fail(self, reason: str) -> None:
        was_connected, self.is_connected = self.is_connected, False
        self.failures += 1
        _log.debug("home_lost", home=self._member.name, reason=reason, attempt=self.failures)
        if was_connected:
            self._listener.lost(self._member.name)
        self._retry(self)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._listener.received(self._member.name, message.topic, bytes(message.payload))
