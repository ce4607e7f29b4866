"""PostgreSQL with TimescaleDB: makes a database folder, configures it for one machine, starts it as a child (I/O)."""

import contextlib
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from carecircle.errors import Unavailable
from carecircle.runtime.install import Runtime
from carecircle.runtime.leftovers import all_processes, end_process, start_time, works_in
from carecircle.runtime.ports import LOOPBACK
from carecircle.runtime.process import last_lines, run_once, start_child

SUPERUSER = "postgres"
STOP_SIGNAL = signal.SIGINT  # PostgreSQL's fast shutdown: open connections are cut, everything committed is kept
_INCLUDE = "include = 'carecircle.conf'\n"
_STATUS_LINE = 7  # of postmaster.pid: "ready" once connections are accepted
_POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Postgres:
    """One database server: where its files lie and where it listens.

    `is_durable` is False for tests only: a crash of the machine (not of the server) may then lose data.
    """

    runtime: Runtime
    folder: Path
    port: int
    password: str
    is_durable: bool = True
    stop_signal: signal.Signals = STOP_SIGNAL

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "cluster"

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """A postgresql:// address; without a password the superuser's."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the database folder where it is missing, write its configuration, end what a killed run left behind.

        A folder half made is made again. Raises `Unavailable` with the reason of `initdb`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.cluster / "PG_VERSION").is_file() or not (self.folder / "made").is_file():
            self._make()
        self._configure()
        self._end_leftover()

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the server as a child that dies with us; does not wait. Call `prepare` before every start."""
        return start_child(
            [self.runtime.program("postgres"), "-D", str(self.cluster)],
            log=log,
            owned_folder=self.folder,
            end_signal=STOP_SIGNAL,
        )

    def is_ready(self) -> bool:
        """Whether it accepts connections, by its own word in its process file."""
        lines = self._process_file()
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"

    def _make(self) -> None:
        (self.folder / "made").unlink(missing_ok=True)
        if self.cluster.exists():
            shutil.rmtree(self.cluster)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="password-") as secret:
            secret.write(self.password)
            secret.flush()
            run_once(
                [
                    self.runtime.program("initdb"),
                    f"--pgdata={self.cluster}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={secret.name}",
                    "--auth=scram-sha-256",  # for everybody: this may be a machine with many users
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--data-checksums",
                    *([] if self.is_durable else ["--no-sync"]),
                ],
                owned_folder=self.folder,
                failure="the database folder could not be made",
            )
        with (self.cluster / "postgresql.conf").open("a") as configuration:
            configuration.write(_INCLUDE)
        (self.folder / "made").touch()

    def _configure(self) -> None:
        (self.cluster / "carecircle.conf").write_text(
            configuration(self.port, is_durable=self.is_durable, community=self.runtime.has_community_timescaledb)
        )

    def _end_leftover(self) -> None:
        """After kill -9 of a run its server may be ending still, or its process file may name a stranger by now.

        The server's children outlive it until their query ends, and as long as one works no new server starts.
        """
        lines = self._process_file()
        if lines and lines[0].strip().isdigit():
            self._end(int(lines[0]), STOP_SIGNAL)
        for pid in all_processes():
            self._end(pid, signal.SIGQUIT)
        with contextlib.suppress(FileNotFoundError):
            (self.cluster / "postmaster.pid").unlink()

    def _end(self, pid: int, stop_signal: signal.Signals) -> None:
        started = start_time(pid)
        if started is not None and works_in(pid, self.cluster):
            end_process(pid, started, stop_signal, 10.0)

    def _process_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []


def wait_until_ready(server: Postgres, process: subprocess.Popen[bytes], log: Path, timeout_s: float = 60.0) -> None:
    """Wait until the server accepts connections; raises `Unavailable` with the end of its log where it does not."""
    deadline = time.monotonic() + timeout_s
    while not server.is_ready():
        if process.poll() is not None:
            raise Unavailable(f"the database did not start: {last_lines(log)} (all of it in {log})")
        if time.monotonic() > deadline:
            raise Unavailable(f"the database was not ready after {timeout_s:.0f} s: {last_lines(log)} (log: {log})")
        time.sleep(_POLL_S)


def new_password() -> str:
    """A password of 192 random bits."""
    return secrets.token_urlsafe(24)


def configuration(port: int, *, is_durable: bool, community: bool) -> str:
    """The settings that differ from PostgreSQL's own, for a small machine shared with the other services."""
    lines = {
        "listen_addresses": f"'{LOOPBACK}'",
        "port": str(port),
        "unix_socket_directories": "''",
        "shared_preload_libraries": "'timescaledb'",
        "timescaledb.telemetry_level": "off",
        "password_encryption": "'scram-sha-256'",
        "max_connections": "100",
        "shared_buffers": "'128MB'",
        "max_wal_size": "'1GB'",
        "checkpoint_timeout": "'15min'",
        "wal_compression": "on",
        "max_parallel_workers_per_gather": "0",  # containers have little shared memory, and cores are few
        "max_locks_per_transaction": "256",  # a query over a long history touches many chunks
        "jit": "off",  # its compiler is not part of the private runtime
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_checkpoints": "off",
        "fsync": "on" if is_durable else "off",
        "full_page_writes": "on" if is_durable else "off",
        "synchronous_commit": "on",
    }
    if not community:
        # The Apache edition's only job fails, and its workers keep template databases busy.
        lines["timescaledb.max_background_workers"] = "0"
    return "".join(f"{name} = {value}\n" for name, value in lines.items())
