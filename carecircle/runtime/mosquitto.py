"""Mosquitto: configures the broker so that it keeps what it accepted, and starts it as a child (I/O)."""

import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from carecircle.errors import Unavailable
from carecircle.runtime.broker_accounts import Home, write_accounts
from carecircle.runtime.install import Runtime
from carecircle.runtime.ports import LOOPBACK, answers
from carecircle.runtime.process import last_lines, start_child

_MEBIBYTE = 1 << 20
# Larger than any allowed payload (64 KiB), so that an oversized message reaches quarantine instead of vanishing here.
# What is larger still is cut off before it costs memory.
PACKET_LIMIT_BYTES = 2 * _MEBIBYTE + _MEBIBYTE // 8
# Per reader that is away or slow: about 2.5 million messages of usual size.
QUEUE_LIMIT_BYTES = 512 * _MEBIBYTE
# The window of unacknowledged messages of a reader; a reader may ask for less.
INFLIGHT_MESSAGES = 4096
_POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """One broker: where its files lie and where it listens."""

    runtime: Runtime
    folder: Path
    port: int
    stop_signal: signal.Signals = signal.SIGTERM

    def url(self, user: str, password: str) -> str:
        """An mqtt:// address for one account."""
        return f"mqtt://{quote(user, safe='')}:{quote(password, safe='')}@{LOOPBACK}:{self.port}"

    def set_accounts(self, services: Mapping[str, str], homes: Iterable[Home]) -> None:
        """Write who may log in; a running broker takes it over on SIGHUP, without cutting a connection."""
        write_accounts(self.folder, services, homes)

    def prepare(self) -> None:
        """Write the configuration; without accounts nobody may log in."""
        (self.folder / "saved").mkdir(parents=True, exist_ok=True)
        if not (self.folder / "passwords").is_file():
            write_accounts(self.folder, {}, [])
        (self.folder / "mosquitto.conf").write_text(configuration(self.folder, self.port))

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the broker as a child that dies with us; does not wait. Call `prepare` before every start."""
        return start_child(
            [self.runtime.program("mosquitto"), "-c", str(self.folder / "mosquitto.conf")],
            log=log,
            owned_folder=self.folder,
        )

    def is_ready(self) -> bool:
        """Whether it accepts connections."""
        return answers(self.port)


def wait_until_ready(server: Mosquitto, process: subprocess.Popen[bytes], log: Path, timeout_s: float = 30.0) -> None:
    """Wait until the broker accepts connections; raises `Unavailable` with the end of its log where it does not."""
    deadline = time.monotonic() + timeout_s
    while True:
        if process.poll() is not None:
            raise Unavailable(f"the broker did not start: {last_lines(log)} (all of it in {log})")
        if server.is_ready():
            return
        if time.monotonic() > deadline:
            raise Unavailable(f"the broker was not ready after {timeout_s:.0f} s: {last_lines(log)} (log: {log})")
        time.sleep(_POLL_S)


def configuration(folder: Path, port: int) -> str:
    """The broker's configuration: nothing is dropped, nobody is anonymous, only this machine is served."""
    return "\n".join(
        [
            f"listener {port} {LOOPBACK}",
            "allow_anonymous false",
            f"password_file {folder}/passwords",
            f"acl_file {folder}/access",
            "persistence true",
            f"persistence_location {folder}/saved/",
            "autosave_interval 1",  # a killed broker loses what it took since; homes repeat until they have a receipt
            "max_queued_messages 0",  # the usual limit drops messages that were acknowledged to their sender
            f"max_queued_bytes {QUEUE_LIMIT_BYTES}",
            f"max_inflight_messages {INFLIGHT_MESSAGES}",
            f"max_packet_size {PACKET_LIMIT_BYTES}",
            "set_tcp_nodelay true",
            "log_dest stderr",
            "log_timestamp_format %Y-%m-%dT%H:%M:%S",
            "log_type error",
            "log_type warning",
            "log_type notice",
            "connection_messages false",  # one line for each home at each reconnect would drown the rest
            "",
        ]
    )
