"""Where a stream goes: lines of JSON in a file, or the platform's broker with a session for each home (I/O)."""

import json
import time
from base64 import b64encode
from collections.abc import Iterable
from random import Random
from typing import Protocol, TextIO

import structlog

from carecircle.errors import Unavailable
from carecircle.identity import home_password
from carecircle.mqtt import Broker
from carecircle.mqtt.fleet import Fleet, Member
from carecircle_sim.home.timeline import Arrival

_TURN_S = 0.05
_CONNECT_S = 30.0
_SPREAD_S = 0.005
_RETRY_S = 0.01

_log = structlog.get_logger()


class Sink(Protocol):
    """Takes the messages of a stream."""

    def take(self, arrival: Arrival) -> None:
        """One message, when its time has come."""

    def wait(self, seconds: float) -> None:
        """The next one is due in so many seconds."""

    def close(self) -> None:
        """That was all."""


class FileSink:
    """One JSON object a line: `at_ms`, `topic`, `retain`, `payload`; `payload_base64` where it is no UTF-8."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def take(self, arrival: Arrival) -> None:
        """Write it down."""
        said: dict[str, object] = {"at_ms": arrival.at_ms, "topic": arrival.topic, "retain": arrival.retain}
        try:
            said["payload"] = arrival.payload.decode()
        except UnicodeDecodeError:
            said["payload_base64"] = b64encode(arrival.payload).decode()
        self._file.write(json.dumps(said, ensure_ascii=False) + "\n")

    def wait(self, seconds: float) -> None:
        """As long as that takes."""
        time.sleep(seconds)

    def close(self) -> None:
        """Everything is with the system."""
        self._file.flush()


class NoSink:
    """Only the truth and the counts are wanted."""

    def take(self, arrival: Arrival) -> None:
        """Counted elsewhere."""

    def wait(self, seconds: float) -> None:
        """As long as that takes."""
        time.sleep(seconds)

    def close(self) -> None:
        """Nothing is open."""


class BrokerSink:
    """Every home has its own session and credentials, as in life; `dropped` counts what found no session."""

    def __init__(self, broker: Broker, home_secret: str, beds: Iterable[str]) -> None:
        self.dropped = 0
        self._beds = tuple(beds)
        self._fleet = Fleet(broker, self, rng=Random(0))  # noqa: S311 - spreads reconnects
        for number, bed in enumerate(self._beds):
            self._fleet.add(Member(bed, home_password(home_secret, bed)), after_s=number * _SPREAD_S)
        deadline = time.monotonic() + _CONNECT_S + len(self._beds) * _SPREAD_S
        while self._fleet.connected_count < len(self._beds):
            self._fleet.run_once(_TURN_S)
            if time.monotonic() > deadline:
                self._fleet.close()
                raise Unavailable(
                    f"{self._fleet.connected_count} of {len(self._beds)} homes could log in; does the broker know them?"
                )

    def take(self, arrival: Arrival) -> None:
        """Publish it; a home without a session waits a little for one."""
        deadline = time.monotonic() + _CONNECT_S
        while not self._fleet.publish(arrival.bed, arrival.topic, arrival.payload, retain=arrival.retain):
            self._fleet.run_once(_RETRY_S)
            if time.monotonic() > deadline:
                self.dropped += 1
                return

    def wait(self, seconds: float) -> None:
        """Serve the sessions meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._fleet.run_once(min(left, _TURN_S))

    def close(self) -> None:
        """Let what is under way arrive, then hang up."""
        self.wait(1.0)
        self._fleet.close()

    def connected(self, name: str) -> None:
        """A home's session stands."""

    def lost(self, name: str) -> None:
        """The fleet connects it again."""
        _log.warning("home_lost", bed=name)

    def received(self, name: str, topic: str, payload: bytes) -> None:
        """Commands change nothing in what happened."""
