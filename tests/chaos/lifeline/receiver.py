"""Somebody else's message service, which knows idempotency keys, and may be away or take a message and never say so."""

import json
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from carecircle.runtime.ports import LOOPBACK, free_port


@dataclass(frozen=True, slots=True)
class Taken:
    """One request: `at` by the monotonic clock."""

    at: float
    key: str
    incident: str
    recipient: str
    kind: str
    step: str


class Receiver:
    """Listens on one port between `open` and `close`; remembers every request of its whole life."""

    def __init__(self) -> None:
        self.port = free_port()
        self.is_mute = False
        self._taken: list[Taken] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/messages"

    def open(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver._take(self.headers["Idempotency-Key"], body)
                if receiver.is_mute:
                    time.sleep(30)  # whoever sent it is dead before that
                    return
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((LOOPBACK, self.port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def taken(self) -> list[Taken]:
        with self._lock:
            return list(self._taken)

    def told_twice(self, since: float) -> int:
        """How often somebody saw the same step twice since then: under another key, which no receiver can know.

        Whatever incident it was said to be of: there has been one press since then.
        """
        keys = defaultdict[tuple[str, str, str], set[str]](set)
        for one in self.taken():
            if one.at >= since:
                keys[one.recipient, one.kind, one.step].add(one.key)
        return sum(len(found) - 1 for found in keys.values())

    def repeats(self) -> int:
        """How many requests came again under a key that it knows, and were dropped."""
        return sum(count - 1 for count in Counter(one.key for one in self.taken()).values())

    def _take(self, key: str, body: dict[str, object]) -> None:
        recipient = body["recipient"]
        assert isinstance(recipient, dict)
        step = str(body["step"])
        taken = Taken(time.monotonic(), key, str(body["incident_id"]), str(recipient["id"]), str(body["kind"]), step)
        with self._lock:
            self._taken.append(taken)
