"""Call buttons of a client that is not ours: one `mosquitto_pub` a home, logged in and waiting for its line (I/O)."""

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from carecircle.errors import Unavailable
from carecircle.runtime.broker_accounts import Home
from carecircle.runtime.ports import LOOPBACK
from carecircle.topics import Kind, Topic

_DEVICE = "button"
_BOOT = 700_001  # far above the simulated home's own count, so that the two never share a number
_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press: `at` is Unix time in seconds, taken just before the line was written to the client's input."""

    bed: str
    seq: int
    at: float


class Button:
    """One home's client. Its start and its login are over before the press, and are not part of what is measured."""

    def __init__(self, program: str, broker_url: str, home: Home) -> None:
        self.home = home
        topic = str(Topic(home.county, home.bed, _DEVICE, Kind.EVENT))
        server = urlsplit(broker_url)
        address = ["-h", server.hostname or LOOPBACK, "-p", str(server.port or 1883)]
        account = ["-u", home.bed, "-P", home.password, "-i", f"smoke-{home.bed}"]
        # Into a pipe the client would keep its words until it ends; to a terminal it speaks line by line.
        self._screen, terminal = os.openpty()
        self._process = subprocess.Popen(
            [program, *address, *account, "-V", "mqttv5", "-q", "1", "-t", topic, "-l", "-d"],
            stdin=subprocess.PIPE,
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)

    def wait_connected(self) -> None:
        """Wait for the broker's welcome, which the client prints; raises `Unavailable` where it is refused."""
        deadline = time.monotonic() + _PATIENCE_S
        said = b""
        while b"CONNACK (0)" not in said:
            readable, _, _ = select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))
            words = self._listen() if readable else b""
            if not words:
                raise Unavailable(f"mosquitto_pub could not log in as {self.home.bed}")
            said += words

    def _listen(self) -> bytes:
        try:
            return os.read(self._screen, 4096)
        except OSError:  # how a terminal says that its program has ended
            return b""

    def press(self, seq: int) -> Pressed:
        """Press once."""
        assert self._process.stdin
        now = time.time()
        document = {"boot": _BOOT, "seq": seq, "at": round(now * 1000), "event": "sos", "code": 101, "detail": {}}
        line = json.dumps(document).encode() + b"\n"
        now = time.time()
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return Pressed(self.home.bed, seq, now)

    def close(self) -> None:
        """End the client."""
        self._process.terminate()
        self._process.communicate()
        os.close(self._screen)


def connect_buttons(program: str, broker_url: str, homes: Sequence[Home]) -> list[Button]:
    """Clients for all these homes, each logged in."""
    buttons = [Button(program, broker_url, home) for home in homes]
    for button in buttons:
        button.wait_connected()
    return buttons


def spread(homes: Sequence[Home], count: int) -> list[Home]:
    """`count` different homes, evenly over all of them, so that no station is asked for everything."""
    step = len(homes) / count
    return [homes[int(number * step)] for number in range(count)]
