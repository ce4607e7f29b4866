"""A wire between two programs that a test cuts at an exact byte: plain TCP, both directions looked at as they pass."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

_CHUNK = 1 << 18


class Way(Enum):
    """Which way bytes go."""

    TO_SERVER = auto()
    FROM_SERVER = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """Bytes that pass on one way and hold a pattern; `starts` wants it at the beginning of what was read at once."""

    way: Way
    pattern: bytes
    starts: bool = False

    def is_in(self, way: Way, chunk: bytes) -> bool:
        found = chunk.startswith(self.pattern) if self.starts else self.pattern in chunk
        return found and way is self.way


class Wire:
    """Listens on `port` and passes everything on to `target_port`, until it sees what it is to be cut at."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._cut_at: tuple[Seen, Callable[[], None]] | None = None
        self._awaited: list[tuple[Seen, threading.Event]] = []
        self.was_cut = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def cut_at(self, seen: Seen, then: Callable[[], None]) -> None:
        """Hold back the first bytes that are `seen`, call `then`, and cut this connection; only once."""
        with self._lock:
            self._cut_at = (seen, then)

    def expect(self, seen: Seen) -> threading.Event:
        """Set once such bytes have passed."""
        event = threading.Event()
        with self._lock:
            self._awaited.append((seen, event))
        return event

    def close(self) -> None:
        """Listen no more; connections end with their programs."""
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _address = self._listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target_port))
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for way, source, sink in ((Way.TO_SERVER, client, server), (Way.FROM_SERVER, server, client)):
            threading.Thread(target=self._pass, args=(way, source, sink), daemon=True).start()

    def _pass(self, way: Way, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (chunk := source.recv(_CHUNK)) and not self._cuts(way, chunk):
                sink.sendall(chunk)
                with self._lock:
                    passed = [event for seen, event in self._awaited if seen.is_in(way, chunk)]
                for event in passed:
                    event.set()
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        source.close()

    def _cuts(self, way: Way, chunk: bytes) -> bool:
        with self._lock:
            if self._cut_at is None or not self._cut_at[0].is_in(way, chunk):
                return False
            _seen, then = self._cut_at
            self._cut_at = None
        then()
        self.was_cut.set()
        return True
