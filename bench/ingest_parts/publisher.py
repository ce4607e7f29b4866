"""Publisher: a process that sends prepared packets as fast as the broker takes them, or at a steady rate (I/O).

Run as a program: `python -m bench.ingest_parts.publisher PLAN` with a `Plan` as JSON. It prints "ready" when the
packets are made, waits for a line on its standard input, prints the seconds it took when the last acknowledgement came.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bench.ingest_parts.garbage import spoilt
from bench.ingest_parts.messages import backlog_time, chunks, packet, payload_of, remaining_length, topic_of
from bench.ingest_peers import PEERS

_UNACKNOWLEDGED = 4000
_ACKNOWLEDGEMENT = 4  # bytes of a PUBACK in MQTT 3.1.1
_RECEIVE = 65536
_STEP_S = 0.001
_SOME_MS = 1_000_000_000_000  # has as many digits as the present


@dataclass(frozen=True, slots=True)
class Plan:
    """What to publish. `rate` 0: as fast as it goes. At a rate every message is measured at the moment it is sent.

    Every `garbage_every`-th message is spoilt, in all ways in turn; 0 for none. `peer` names one that has topics of its
    own.
    """

    port: int
    messages: int
    boot: int
    rate: float = 0.0
    garbage_every: int = 0
    peer: str = ""


class Publisher:
    """The program as a child process."""

    def __init__(self, plan: Plan) -> None:
        command = [sys.executable, "-m", "bench.ingest_parts.publisher", json.dumps(asdict(plan))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._expect()

    def go(self) -> None:
        """Begin to publish; returns at once."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def wait(self) -> float:
        """Wait until the broker has acknowledged everything; the seconds it took."""
        took_s = float(self._expect())
        self._process.communicate()
        return took_s

    def kill(self) -> None:
        """End it in the middle."""
        self._process.kill()
        self._process.communicate()

    def _expect(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the publisher ended early"
        return line


class _Connection:
    """A bare MQTT 3.1.1 connection that counts acknowledgements."""

    def __init__(self, port: int, name: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client_id = name.encode()
        body = b"\x00\x04MQTT\x04\x02\x00\x00" + len(client_id).to_bytes(2, "big") + client_id
        self._socket.sendall(b"\x10" + remaining_length(len(body)) + body)
        assert self._socket.recv(_ACKNOWLEDGEMENT)[3:] == b"\x00", "the broker refused the publisher"
        self._acknowledged_bytes = 0

    @property
    def acknowledged(self) -> int:
        return self._acknowledged_bytes // _ACKNOWLEDGEMENT

    def send(self, packets: bytes) -> None:
        self._socket.setblocking(True)
        self._socket.sendall(packets)

    def listen(self, *, wait: bool) -> None:
        self._socket.setblocking(wait)
        try:
            received = self._socket.recv(_RECEIVE)
        except BlockingIOError:
            return
        assert received, "the broker hung up"
        self._acknowledged_bytes += len(received)


def _packets(plan: Plan) -> Iterator[bytes]:
    started_ms = int(time.time() * 1000)
    address = next((one.address for one in PEERS if one.name == plan.peer), str)
    for number in range(plan.messages):
        at_ms = _SOME_MS if plan.rate else backlog_time(number, plan.messages, started_ms)
        topic, payload = address(topic_of(number)), payload_of(number, plan.boot, at_ms)
        if plan.garbage_every and number % plan.garbage_every == 0:
            topic, payload = spoilt(number // plan.garbage_every, topic, payload)
        yield packet(topic, payload, number)


def _flood(plan: Plan, connection: _Connection, prepared: list[tuple[int, bytes]]) -> None:
    sent = 0
    for count, packets in prepared:
        connection.send(packets)
        sent += count
        while sent - connection.acknowledged > _UNACKNOWLEDGED:
            connection.listen(wait=True)
    while connection.acknowledged < plan.messages:
        connection.listen(wait=True)


def _steady(plan: Plan, connection: _Connection, prepared: list[list[bytes]]) -> None:
    began = time.monotonic()
    sent = 0
    while sent < plan.messages:
        due = min(plan.messages, int((time.monotonic() - began) * plan.rate))
        if due > sent:
            now = str(int(time.time() * 1000)).encode()
            connection.send(b"".join([now.join(parts) for parts in prepared[sent:due]]))
            sent = due
        else:
            time.sleep(_STEP_S)
        connection.listen(wait=False)
    while connection.acknowledged < plan.messages:
        connection.listen(wait=True)


def main() -> None:
    """Publish as the plan in the first argument says."""
    plan = Plan(**json.loads(sys.argv[1]))
    some_time = str(_SOME_MS).encode()
    in_parts = [one.split(some_time) for one in _packets(plan)] if plan.rate else []
    in_chunks = [] if plan.rate else list(chunks(_packets(plan)))
    connection = _Connection(plan.port, f"bench-publisher-{plan.boot}")
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    if plan.rate:
        _steady(plan, connection, in_parts)
    else:
        _flood(plan, connection, in_chunks)
    print(time.monotonic() - began, flush=True)


if __name__ == "__main__":
    main()
