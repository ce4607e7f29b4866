"""Real servers for tests: one TimescaleDB for all workers, a database of its own and a broker of its own for each test.

Starting a database server takes about a second, starting a broker 40 ms. A database is copied and dropped for each of
a thousand tests, 900 files each time: in memory that costs a quarter of the processor time that it costs on a disk, so
the server of a run lies in memory where the machine has room there.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from carecircle.db.migrate import ROLES, migrate
from carecircle.identity import home_password
from carecircle.runtime import mosquitto, postgres
from carecircle.runtime.broker_accounts import Home
from carecircle.runtime.install import Runtime, ensure_runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from carecircle.runtime.postgres import Postgres
from carecircle.runtime.process import stop_child

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

COUNTY = "630102"
INSTALLATION_SECRET = "a secret of the tests"
KNOWN_BEDS = tuple(f"bed-{number}" for number in range(1, 21))
_TEMPLATE = "carecircle_template"
_POLL_S = 0.02
_PATIENCE_S = 180.0
_MEMORY = Path("/dev/shm")
_RUN = "carecircle-tests-"
_MEMORY_WANTED_BYTES = 4 << 30
"""A server holds at most 1 GB of write-ahead log, and 10 MB for each database that a worker has at the time."""


def role_password(role: str) -> str:
    """The password of a database role in tests."""
    return f"test-{role}"


@dataclass(slots=True)
class Database:
    """A migrated, empty database. `url("carecircle_ingest")` logs in as that role, `admin_url` as superuser."""

    server: Postgres
    name: str
    _kept: "psycopg.Connection[TupleRow] | None" = field(default=None, init=False, repr=False)

    def kept(self) -> "psycopg.Connection[TupleRow]":
        """A superuser's connection that stays until the database goes: a new one costs as much as ten statements."""
        if self._kept is None or self._kept.closed:
            self._kept = psycopg.connect(self.admin_url, autocommit=True)
        return self._kept

    def let_go(self) -> None:
        """Close what was kept."""
        if self._kept is not None:
            self._kept.close()

    def url(self, role: str = "carecircle_owner") -> str:
        assert role in ROLES, role
        return self.server.url(role, role_password(role), self.name)

    @property
    def admin_url(self) -> str:
        return self.server.url(database=self.name)


@dataclass(slots=True)
class OwnDatabase(Database):
    """A database on a server of its own, which a test may kill and start again."""

    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.server.prepare()
        self.process = self.server.start(self.log)
        postgres.wait_until_ready(self.server, self.process, self.log)

    def kill(self) -> None:
        """As `kill -9` of the server's first process; the others end by themselves."""
        self.let_go()
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.let_go()
        if self.process is not None:
            stop_child(self.process, self.server.stop_signal, 10.0)


@dataclass(slots=True)
class TestBroker:
    """A Mosquitto of its own with the accounts of services and one for each of `KNOWN_BEDS` in `COUNTY`.

    `kill()` and `start()` give an outage; the port and the saved sessions stay.
    """

    __test__ = False

    server: Mosquitto
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    homes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(KNOWN_BEDS, COUNTY))

    @property
    def port(self) -> int:
        return self.server.port

    def url(self, account: str) -> str:
        """Address for a service's account: `ingest`, `alerts` or `lifeline`."""
        return self.server.url(account, f"test-{account}")

    def url_home(self, bed: str) -> str:
        """Address for the home of a bed that this broker knows."""
        assert bed in self.homes, f"add_home({bed!r}) first"
        return self.server.url(bed, home_password(INSTALLATION_SECRET, bed))

    def add_home(self, bed: str, county: str = COUNTY) -> str:
        """Let one more home log in while the broker runs; returns its address."""
        self.homes[bed] = county
        self._write_accounts()
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)
        url = self.url_home(bed)
        probe = [self.server.runtime.program("mosquitto_pub"), "-L", f"{url}/care/v1/{county}/{bed}/probe/none", "-n"]
        deadline = time.monotonic() + 5.0
        while subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            assert time.monotonic() < deadline, "the broker did not take the new account over"
            time.sleep(_POLL_S)
        return url

    def start(self) -> None:
        self._write_accounts()
        self.server.prepare()
        self.process = self.server.start(self.log)
        mosquitto.wait_until_ready(self.server, self.process, self.log)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process, self.server.stop_signal, 10.0)

    def _write_accounts(self) -> None:
        services = {account: f"test-{account}" for account in ("ingest", "alerts", "lifeline")}
        homes = [Home(county, bed, home_password(INSTALLATION_SECRET, bed)) for bed, county in self.homes.items()]
        self.server.set_accounts(services, homes)


def new_broker(runtime: Runtime, folder: Path) -> TestBroker:
    """A started broker whose files lie in `folder`."""
    broker = TestBroker(Mosquitto(runtime, folder / "broker", free_port()), folder / "broker.log")
    broker.start()
    return broker


def new_own_database(runtime: Runtime, folder: Path) -> OwnDatabase:
    """A started database server with one migrated database; it keeps what it committed, as in real life."""
    server = Postgres(runtime, folder / "postgres", free_port(), postgres.new_password())
    database = OwnDatabase(server, "carecircle", folder / "postgres.log")
    database.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("create database carecircle")
    migrate(database.admin_url, {role: role_password(role) for role in ROLES})
    return database


class SharedServer(threading.Thread):
    """The database server of a test run, in the process that runs pytest; it starts when the first test asks.

    The kernel ends the server when this thread ends, so the thread lives as long as the run. Workers of pytest-xdist
    are other processes: they ask and are answered through files in `folder`.
    """

    def __init__(self) -> None:
        super().__init__(name="shared-test-servers", daemon=True)
        self.folder = _run_folder(_MEMORY)
        self._ended = threading.Event()

    def run(self) -> None:
        wanted = self.folder / "wanted"
        while not wanted.exists():
            if self._ended.wait(_POLL_S):
                return
        log = self.folder / "postgres.log"
        process = None
        try:
            server = Postgres(
                ensure_runtime(), self.folder / "postgres", free_port(), postgres.new_password(), is_durable=False
            )
            server.prepare()
            process = server.start(log)
            postgres.wait_until_ready(server, process, log)
            _make_template(server)
            answer = {"port": server.port, "password": server.password}
        except Exception as error:  # noqa: BLE001 - the worker that asked raises it
            answer = {"error": f"{type(error).__name__}: {error}"}
        _write_at_once(self.folder / "answer.json", json.dumps(answer))
        self._ended.wait()
        if process is not None:
            stop_child(process, postgres.STOP_SIGNAL, 10.0)

    def end(self) -> None:
        self._ended.set()
        self.join(30.0)


def shared_server(runtime: Runtime, folder: Path) -> Postgres:
    """The run's database server, started now where it is the first time that anybody asks."""
    (folder / "wanted").touch()
    answer_file = folder / "answer.json"
    deadline = time.monotonic() + _PATIENCE_S
    while not answer_file.exists():
        assert time.monotonic() < deadline, f"no database server after {_PATIENCE_S} s; see {folder}"
        time.sleep(_POLL_S)
    answer = json.loads(answer_file.read_text())
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return Postgres(runtime, folder / "postgres", answer["port"], answer["password"], is_durable=False)


def copy_template(server: Postgres, name: str) -> Database:
    """A fresh copy of the migrated, empty database."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(_TEMPLATE)
            )
        )
    return Database(server, name)


def drop(database: Database) -> None:
    """Remove a database, whoever is still connected."""
    database.let_go()
    with psycopg.connect(database.server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database.name)))


def _run_folder(memory: Path) -> Path:
    """A new folder for the servers of this run: in memory where there is plenty of it free, else on the disk.

    What killed runs left in memory is removed: unlike a disk's it would be missed.
    """
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return Path(tempfile.mkdtemp(prefix=_RUN))
    for left in memory.glob(f"{_RUN}*-*"):
        pid = left.name.removeprefix(_RUN).partition("-")[0]
        if not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)
    has_room = shutil.disk_usage(memory).free >= _MEMORY_WANTED_BYTES and _free_memory_bytes() >= _MEMORY_WANTED_BYTES
    return Path(tempfile.mkdtemp(prefix=f"{_RUN}{os.getpid()}-", dir=memory if has_room else None))


def _free_memory_bytes() -> int:
    """What programs can still have, as the kernel estimates it; 0 where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def _make_template(server: Postgres) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        # Thousands of connections are made: 4096 rounds for each, as passwords of people need, take both sides 4 ms.
        connection.execute("alter system set scram_iterations = 1")
        connection.execute("select pg_reload_conf()")
        connection.execute("set scram_iterations = 1")
        mine = sql.SQL("alter role current_user password {}").format(sql.Literal(server.password))
        connection.execute(mine)
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
        migrate(server.url(database=_TEMPLATE), {role: role_password(role) for role in ROLES})
        connection.execute(
            sql.SQL("alter database {} with is_template true allow_connections false").format(sql.Identifier(_TEMPLATE))
        )


def _write_at_once(path: Path, text: str) -> None:
    work = path.with_suffix(".tmp")
    work.write_text(text)
    work.rename(path)
