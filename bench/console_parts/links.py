"""The line between page and console: how soon its loss is seen, what gets lost, what a thousand tabs cost (I/O)."""

import asyncio
import os
import signal
import socket
import threading
import time

import httpx

from bench.console_parts.stack import Stack, painted_at
from bench.console_stream import measure
from carecircle.runtime.ports import free_port
from tests.console_world import OUR_PAGES, PASSWORD

RECONNECTS = 50
CLIENTS = 1000


def loss(stack: Stack) -> dict[str, float]:
    """The console stops answering, its connections stay open → the page says so, in seconds."""
    page = stack.desk()
    time.sleep(6)  # a beat has come, as always on a page that somebody works with
    os.kill(stack.console.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        page.wait_for_selector('[data-testid="link-banner"]', timeout=60_000)
        took = time.monotonic() - began
    finally:
        os.kill(stack.console.pid, signal.SIGCONT)
    page.wait_for_selector(".chip.live", timeout=60_000)
    page.context.close()
    return {"link_loss_s": round(took, 1)}


class Cutter(threading.Thread):
    """A way to the console that can be cut: every connection through it ends at once."""

    def __init__(self, to_port: int) -> None:
        super().__init__(daemon=True)
        self.port, self._to = free_port(), to_port
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", self.port))

    def run(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                near, _address = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._open |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def cut(self) -> None:
        """End what is open now."""
        while self._open:
            try:
                self._open.pop().shutdown(socket.SHUT_RDWR)
            except (OSError, KeyError):
                continue

    def close(self) -> None:
        """Take no more."""
        self._listener.close()
        self.cut()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        try:
            while piece := one.recv(65_536):
                other.sendall(piece)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def reconnects(stack: Stack, count: int = RECONNECTS) -> dict[str, int]:
    """Alarms that are never painted although they were committed while the line was cut."""
    cutter = Cutter(stack.port)
    cutter.start()
    page = stack.desk(f"http://127.0.0.1:{cutter.port}")
    lost = 0
    for number in range(count):
        cutter.cut()
        incidents, _at = stack.open_incidents(1, first_bed=401 + number)
        try:
            painted_at(page, incidents, within_s=30)
        except Exception as error:  # noqa: BLE001 - Playwright's timeout: an alarm that was not seen
            print(f"reconnect {number}: {type(error).__name__}")
            lost += 1
    page.context.close()
    cutter.close()
    return {"reconnect_lost": lost, "reconnects": count}


def clients(stack: Stack, count: int = CLIENTS) -> dict[str, float]:
    """Committed → arrived at each of a thousand streams of one process; what each of them costs it in memory."""
    with httpx.Client(base_url=stack.url, headers=OUR_PAGES, timeout=30) as client:
        client.post("/api/session", json={"login": "dispatcher", "password": PASSWORD}).raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    found: dict[str, float] = {}

    def run() -> None:
        found.update(asyncio.run(measure(stack.database, stack.port, cookie, stack.console.pid, count)))

    # Playwright's own event loop runs in this thread.
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return {"sse_clients": count, "sse_ms_p95": found["ms_p95"], "sse_client_kb": found["client_kb"]}
