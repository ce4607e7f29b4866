"""One session with the broker: deliveries wait in a bounded inbox until their reader has committed them (I/O).

paho's network thread only appends to the inbox; the reader takes batches, commits, and then acknowledges. Every
delivery carries the generation of the connection that brought it: after a reconnect the broker numbers messages anew,
and an acknowledgement for an old number would silently delete a message that nobody has read.
"""

import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from random import uniform
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING, Any

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from carecircle.errors import Unavailable
from carecircle.mqtt.broker import Broker
from carecircle.mqtt.delivery import Delivery, Message
from carecircle.mqtt.fast_client import FastClient
from carecircle.mqtt.watchdog import Watchdog, WatchedClient

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike  # paho defines it for type checkers alone

_KEEPALIVE_S = 20
_SESSION_EXPIRY_S = 7 * 24 * 3600  # a reader that is down for a long weekend still gets what was sent meanwhile
_MAX_UNSENT = 10_000
_GOODBYE_S = 5.0
_MOST_WAITING_BYTES = 64 << 20  # of payload; what arrives in one read may come on top
_RETAINED_ONLY_IF_NEW = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB

_log = structlog.get_logger()


class Session:
    """A persistent MQTT 5 session at QoS 1.

    `window` is the number of messages that the broker may deliver ahead of their acknowledgement. It bounds the inbox;
    brokers may exceed it right after a reconnect, so the network thread waits at four times the window, or at 64 MiB
    of payload, which slows the broker and not our memory. With `window` 0 deliveries are acknowledged on arrival, for
    commands that are only hints.
    `on_wake` is called on the network thread when something arrived or the connection changed: keep it short.
    Retained messages come once for each new subscription; those on `replayed` topics at every connection.
    With `no_local` the broker does not send back what this session itself publishes.
    A callable `will` is asked anew before every connection, so that each last will has a time of its own.
    `stock_client` reads with paho as it is, several times slower, should a new paho not suit our read path.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        client_id: str,
        topics: Sequence[str] = (),
        window: int = 1000,
        will: Message | Callable[[], Message] | None = None,
        on_wake: Callable[[], None] | None = None,
        no_local: bool = False,
        replayed: Sequence[str] = (),
        stock_client: bool = False,
    ) -> None:
        self._broker = broker
        self._stock_client = stock_client
        self._topics = tuple(topics)
        self._no_local = no_local
        self._replayed = tuple(replayed)
        self._window = window
        self._limit = 4 * (window or 1000)
        self._on_wake = on_wake
        self._inbox: deque[Delivery] = deque()
        self._inbox_bytes = 0
        self._changed = Condition()
        self._generation = 0
        self._generation_lock = Lock()
        self._sent_lock = Lock()
        self._awaiting: dict[int, Callable[[], None] | None] = {}
        self._early: set[int] = set()
        self._stopping = False
        self._unsubscribed: set[int] = set()
        self.connected = False
        self.is_subscribed = False
        self._client = self._make_client(client_id, will)
        self._watchdog = Watchdog(self._client)

    def _make_client(self, client_id: str, will: Message | Callable[[], Message] | None) -> WatchedClient:
        options: dict[str, Any] = {
            "callback_api_version": CallbackAPIVersion.VERSION2,
            "client_id": client_id,
            "protocol": MQTTProtocolVersion.MQTTv5,
            "manual_ack": self._window > 0,
        }
        client: WatchedClient
        if self._stock_client:
            client = WatchedClient(**options)
        else:
            client = FastClient(on_deliveries=self._on_deliveries, generation=lambda: self._generation, **options)
        if self._broker.username:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls:
            client.tls_set(ca_certs=str(self._broker.ca_file) if self._broker.ca_file else None)
        if isinstance(will, Message):
            _set_will(client, will)
        elif will:
            client.on_pre_connect = lambda connecting, _userdata: _set_will(connecting, will())
        client.max_inflight_messages_set(1000)
        client.max_queued_messages_set(_MAX_UNSENT)
        # Each session at its own pace, or a broker that comes back is met by all homes in the same seconds.
        client.reconnect_delay_set(min_delay=uniform(0.5, 1.5), max_delay=uniform(8, 20))  # type: ignore[arg-type]  # noqa: S311
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_unsubscribe = self._on_unsubscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def start(self) -> None:
        """Connect in the background and keep connecting; returns at once."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _SESSION_EXPIRY_S
        properties.ReceiveMaximum = min(self._window or 1000, 65535)
        self._client.connect_async(
            self._broker.host, self._broker.port, keepalive=_KEEPALIVE_S, clean_start=False, properties=properties
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect; what was not acknowledged is delivered again to the next session of the same client id."""
        self._stopping = True
        with self._changed:
            self._changed.notify_all()
        self._client.disconnect()
        ending = Thread(target=self._client.loop_stop, daemon=True)  # it joins, and a stuck thread never ends
        ending.start()
        ending.join(_GOODBYE_S)
        self.connected = False

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the broker has accepted us; False when it did not within `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not self.connected and time.monotonic() < deadline:
            with self._changed:
                self._changed.wait(0.05)
        return self.connected

    def take(self, limit: int, timeout_s: float) -> list[Delivery]:
        """Take up to `limit` deliveries in order of arrival, waiting at most `timeout_s` for the first.

        Raises `Unavailable` when the network thread has died or is stuck, so that a reader never waits for what cannot
        come. Nothing repairs it: the process has to end and be started anew.
        """
        with self._changed:
            if not self._inbox and timeout_s > 0:
                self._changed.wait(timeout_s)
            batch = [self._inbox.popleft() for _ in range(min(limit, len(self._inbox)))]
            if batch:
                self._inbox_bytes -= sum([len(one.payload) for one in batch])
                self._changed.notify_all()
        if not batch and not self._stopping and (complaint := self._watchdog.complaint(connected=self.connected)):
            self.connected = False
            raise Unavailable(complaint) from self._client.failure
        return batch

    @property
    def waiting(self) -> int:
        """How many deliveries wait for their reader."""
        return len(self._inbox)

    def unsubscribe(self, topics: Sequence[str], timeout_s: float) -> bool:
        """End subscriptions that the broker remembers of this session; True once it has confirmed that.

        Not for topics of this session itself, which every connection subscribes to again.
        """
        _rc, mid = self._client.unsubscribe(list(topics))
        deadline = time.monotonic() + timeout_s
        while mid not in self._unsubscribed and time.monotonic() < deadline:
            with self._changed:
                self._changed.wait(0.05)
        return mid in self._unsubscribed

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Tell the broker that these are committed; those of an earlier connection are left to be delivered again."""
        if self._window == 0:
            return
        with self._generation_lock:
            self._acknowledge([one.mid for one in deliveries if one.generation == self._generation and one.mid])

    def _acknowledge(self, mids: list[int]) -> None:
        if isinstance(self._client, FastClient):
            self._client.acknowledge(mids)
        else:
            for mid in mids:
                self._client.ack(mid, 1)

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, on_sent: Callable[[], None] | None = None
    ) -> None:
        """Publish at QoS 1, also while disconnected; `on_sent` is called on the network thread once the broker has it.

        Raises `Unavailable` when 10,000 messages already wait. A refusal by the broker is logged, without `on_sent`.
        """
        sending = self._client.publish(topic, payload, qos=1, retain=retain)
        if sending.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            raise Unavailable(f"{_MAX_UNSENT} messages already wait for the broker")
        with self._sent_lock:
            if sending.mid in self._early:
                self._early.discard(sending.mid)
            else:
                self._awaiting[sending.mid] = on_sent
                return
        if on_sent:
            on_sent()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
        if self._on_wake:
            self._on_wake()

    def _on_connect(
        self, client: Client, _userdata: object, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            _log.warning("broker_refused", reason=str(reason))
            return
        with self._generation_lock:
            self._generation += 1
        if self._topics:
            options = SubscribeOptions(qos=1, noLocal=self._no_local, retainHandling=_RETAINED_ONLY_IF_NEW)
            replayed = SubscribeOptions(qos=1, noLocal=self._no_local)
            wanted = [(topic, options) for topic in self._topics] + [(topic, replayed) for topic in self._replayed]
            client.subscribe(wanted)
        self.connected = True
        _log.info("broker_connected", session_present=flags.session_present, generation=self._generation)
        self._wake()

    def _on_disconnect(
        self, _client: Client, _userdata: object, _flags: DisconnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        self.is_subscribed = False
        self._unsubscribed.clear()
        # From here on acknowledgements of the lost connection must not reach the next one.
        with self._generation_lock:
            self._generation += 1
        self.connected = False
        if not self._stopping:
            _log.warning("broker_lost", reason=str(reason))
        self._wake()

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            _log.error("subscription_refused", reasons=refused)
        self.is_subscribed = not refused

    def _on_unsubscribe(
        self,
        _client: Client,
        _userdata: object,
        mid: int,
        _reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._unsubscribed.add(mid)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        received_at = datetime.now(UTC)
        self._receive(
            [
                Delivery(
                    topic,
                    bytes(message.payload),
                    message.retain,
                    received_at,
                    self._generation,
                    message.mid,
                    message.dup,
                )
            ]
        )

    def _on_deliveries(self, deliveries: list[Delivery]) -> None:
        self._receive(deliveries)
        if self._window == 0:
            self._acknowledge([one.mid for one in deliveries if one.mid])

    def _receive(self, deliveries: list[Delivery]) -> None:
        with self._changed:
            while self._is_full() and not self._stopping:
                self._changed.wait(1.0)
                self._client.turns += 1  # waiting for the reader is no fault of this thread
            self._inbox.extend(deliveries)
            self._inbox_bytes += sum([len(one.payload) for one in deliveries])
            self._changed.notify_all()
        if self._on_wake:
            self._on_wake()

    def _is_full(self) -> bool:
        return len(self._inbox) >= self._limit or self._inbox_bytes >= _MOST_WAITING_BYTES

    def _on_publish(
        self, _client: Client, _userdata: object, mid: int, reason: ReasonCode, _properties: Properties
    ) -> None:
        if reason.is_failure:
            _log.warning("publish_refused", reason=str(reason))
        with self._sent_lock:
            if mid not in self._awaiting:
                self._early.add(mid)
                return
            on_sent = self._awaiting.pop(mid)
        if on_sent and not reason.is_failure:
            on_sent()


def _send_at_once(_client: Client, _userdata: object, source: "SocketLike") -> None:
    """Or a small packet waits for the answer to the one before it: 40 ms on one machine, a round trip elsewhere."""
    if isinstance(source, socket.socket):
        source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _set_will(client: Client, will: Message) -> None:
    client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
