"""Load: telemetry as homes send it, published at QoS 1 by one sender that keeps count of what the broker took (I/O)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.ingest_parts.messages import payload_of, topic_of
from carecircle.errors import Unavailable
from carecircle.mqtt import Broker, Session

_BOOT = 1_000_000  # no run of the throughput bench has it
_UNACKNOWLEDGED = 2000  # enough to keep the broker busy
_PATIENCE_S = 120.0


def message(number: int) -> tuple[str, bytes]:
    """Topic and payload of the message with this number, as in the rest of the bench, measured now."""
    return topic_of(number), payload_of(number, _BOOT, int(time.time() * 1000))


class Sender:
    """Publishes messages one after another; `taken` is how many the broker has acknowledged."""

    def __init__(self, mqtt_url: str, address: Callable[[str], str]) -> None:
        self.sent = 0
        self.taken = 0
        self._address = address
        self._session = Session(Broker.parse(mqtt_url), client_id="bench-sender", window=0)
        self._session.start()
        if not self._session.wait_connected(10):
            raise Unavailable("the bench's own broker does not answer")

    def send(self) -> None:
        """Publish the next message, later where many are on their way."""
        while self.sent - self.taken > _UNACKNOWLEDGED:
            time.sleep(0.001)
        topic, payload = message(self.sent)
        self.sent += 1
        self._session.publish(self._address(topic), payload, on_sent=self._took)

    def finish(self) -> None:
        """Wait until the broker has everything, and disconnect."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.taken < self.sent and time.monotonic() < deadline:
            time.sleep(0.01)
        self._session.stop()
        if self.taken < self.sent:
            raise Unavailable(f"the broker took {self.taken} of {self.sent} messages")

    def _took(self) -> None:
        self.taken += 1  # on the network thread alone


@contextmanager
def steady(mqtt_url: str, address: Callable[[str], str], per_s: int) -> Iterator[Sender]:
    """Publish at this rate beside the body of `with`; on the way out the broker has taken all of it."""
    sender = Sender(mqtt_url, address)
    ended = threading.Event()

    def run() -> None:
        began = time.monotonic()
        while not ended.wait(0.01):
            due = int((time.monotonic() - began) * per_s)
            while sender.sent < due:
                sender.send()

    thread = threading.Thread(target=run, name="bench-load")
    thread.start()
    try:
        yield sender
    finally:
        ended.set()
        thread.join()
        sender.finish()
