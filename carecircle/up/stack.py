"""The stack: an installation on this machine, first to last process; what `up`, `smoke` and chaos tests start (I/O).

Used as `with Stack(folder, trial=Trial(homes=3)) as stack:`, after which `stack.kill("alerts")` kills a process and
`stack.wait_restarted("alerts", since=0)` waits until it does its work again.
"""

import contextlib
import http.client
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psycopg

from carecircle.db.migrate import ROLES, migrate
from carecircle.errors import Unavailable
from carecircle.runtime.broker_accounts import Home, write_accounts
from carecircle.runtime.install import ensure_runtime, installed_runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import LOOPBACK, remembered_ports
from carecircle.runtime.postgres import Postgres
from carecircle.runtime.progress import Progress
from carecircle.up.database import (
    Account,
    child_environment,
    create_database,
    demo_accounts,
    known_homes,
    run_command,
)
from carecircle.up.installation import BROKER_SERVICES, DATABASE, Installation, ProcessPlan, Trial
from carecircle.up.processes_file import ProcessesFile
from carecircle.up.roads import DemoRoads
from carecircle.up.secrets_file import load_secrets
from carecircle.up.state import StateFolder
from carecircle.up.supervise import Service, Supervisor

USUAL_PORTS: Mapping[str, int] = {
    "postgres": 15432,
    "mosquitto": 1883,
    "console": 8080,
    "world": 8025,
    "world-smtp": 2525,
}
ANY_PORTS: Mapping[str, int] = dict.fromkeys(USUAL_PORTS, 0)

Say = Callable[[str], None]


class Stack:
    """All processes of one state folder. `start` and `stop` are called once each; the context manager does so."""

    def __init__(
        self,
        state: Path,
        *,
        trial: Trial | None = None,
        ports: Mapping[str, int] = ANY_PORTS,
        fixed_ports: Mapping[str, int] | None = None,
        say: Say = lambda _step: None,
    ) -> None:
        """Take the folder's lock; raises `Conflict` where another run has it.

        `ports` are preferred (0: any free one) and replaced where somebody has them. `fixed_ports` are not: raises
        `Misconfigured` where one is taken.
        """
        self.trial = trial or Trial()
        self.homes = list[Home]()
        self.accounts = list[Account]()
        self._say = say
        self._folder = StateFolder(state)
        self._admin_url = os.environ.get("CARECIRCLE_ADMIN_DATABASE_URL") or os.environ.get("CARECIRCLE_DATABASE_URL")
        self._broker_url = os.environ.get("CARECIRCLE_MQTT_URL")
        self._roads_file = os.environ.get("CARECIRCLE_ROADS_FILE")
        try:
            leftovers = ProcessesFile(self._folder.processes).end_leftovers()
            if leftovers:
                say(f"ended what a killed run had left: {', '.join(leftovers)}")
            self.installation = self._make_installation(ports, fixed_ports or {})
        except BaseException:
            self._folder.release()
            raise
        self._supervisor = Supervisor(self._folder.log, self._folder.processes)

    @property
    def state(self) -> Path:
        """The state folder."""
        return self._folder.path

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until all of it works; raises `Unavailable` with the reason where it cannot.

        The demo's people come first where there are none yet. Later they only follow this start's addresses, which can
        wait until the console is usable.
        """
        self._folder.announce(self.installation.console_url)
        roads = DemoRoads(self.installation.roads_file, self._say)
        if not self._roads_file and not {"alerts", "console"} <= self.trial.without:
            roads.begin()
        self._start_database()
        self._migrate()
        is_first_start = not demo_accounts(self.installation.admin_url)
        if is_first_start:
            self._seed()
        self._start_broker()
        roads.wait()
        plans = self.installation.processes(self.trial)
        self._start_processes([plan for plan in plans if not plan.is_simulated])
        simulated = [plan for plan in plans if plan.is_simulated]
        for plan in simulated:
            self._supervisor.start(plan.name, _service(plan))
        if not is_first_start:
            self._seed()
            self._admit_new_homes()
        self.accounts = demo_accounts(self.installation.admin_url)
        self._wait_for(simulated)

    def stop(self) -> list[str]:
        """End everything in the reverse order; returns what had to be killed."""
        killed = self._supervisor.stop_all()
        self._folder.release()
        return killed

    def program(self, name: str) -> str:
        """A program of the private runtime such as `mosquitto_pub`; its bare name where we use servers of yours."""
        runtime = installed_runtime()
        return runtime.program(name) if runtime else name

    def names(self) -> list[str]:
        """Every process, in the order of its start."""
        return self._supervisor.names()

    def pid(self, name: str) -> int | None:
        """A process's id, None while it is down."""
        return self._supervisor.pid(name)

    def log(self, name: str) -> Path:
        """Where a process's output goes."""
        return self._supervisor.log(name)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a process; whatever ends is started again."""
        self._supervisor.signal(name, number)

    def restarts(self, name: str) -> int:
        """How often a process was started again."""
        return self._supervisor.restarts(name)

    def wait_restarted(self, name: str, *, since: int, timeout_s: float = 60.0) -> None:
        """Wait until a process has been started again more than `since` times and does its work."""
        deadline = time.monotonic() + timeout_s
        while self.restarts(name) <= since:
            if time.monotonic() > deadline:
                raise Unavailable(f"{name} was not started again within {timeout_s:.0f} s")
            time.sleep(0.02)
        self._supervisor.wait_ready(name, timeout_s)

    def stop_process(self, name: str) -> None:
        """End one process for good, as an outage that lasts."""
        self._supervisor.stop(name)

    def start_process(self, name: str) -> None:
        """Start one of our own processes that was stopped."""
        plan = next(plan for plan in self.installation.processes(self.trial) if plan.name == name)
        self._supervisor.start(name, _service(plan))
        self._supervisor.wait_ready(name)

    def _make_installation(self, ports: Mapping[str, int], fixed_ports: Mapping[str, int]) -> Installation:
        chosen = remembered_ports(self.state / "ports.json", ports, fixed_ports)
        has_database = (self.state / "postgres" / "made").exists()
        secrets = load_secrets(self.state / "secrets.json", has_database=has_database)
        return Installation(
            self.state,
            chosen,
            secrets,
            self._admin_url or _local_admin_url(chosen["postgres"], secrets.superuser_password),
            self._broker_url or f"mqtt://{LOOPBACK}:{chosen['mosquitto']}",
            Path(self._roads_file).absolute() if self._roads_file else None,
            Path(own_map).absolute() if (own_map := os.environ.get("CARECIRCLE_MAP_FILE")) else None,
        )

    def _progress(self, progress: Progress) -> None:
        self._say(str(progress))

    def _start_database(self) -> None:
        if self._admin_url:
            self._say("database: yours, as CARECIRCLE_ADMIN_DATABASE_URL says")
            return
        server = Postgres(
            ensure_runtime(self._progress),
            self.state / "postgres",
            self.installation.ports["postgres"],
            self.installation.secrets.superuser_password,
        )
        self._supervisor.start("postgres", server)
        self._supervisor.wait_ready("postgres")
        create_database(server.url(), DATABASE)
        self._say("数据库 TimescaleDB ready")

    def _migrate(self) -> None:
        applied = migrate(self.installation.admin_url, {role: self.installation.role_password(role) for role in ROLES})
        if applied:
            self._say(f"{len(applied)} migrations applied")

    def _seed(self) -> None:
        run_command("seed-demo", environment=self.installation.seed_environment())
        self._say("西宁演示数据 demo of Xining ready")

    def _start_processes(self, plans: Sequence[ProcessPlan]) -> None:
        for plan in plans:
            self._supervisor.start(plan.name, _service(plan))
        self._wait_for(plans)

    def _wait_for(self, plans: Sequence[ProcessPlan]) -> None:
        for plan in plans:
            self._supervisor.wait_ready(plan.name)
            self._say(f"{plan.what} ready")

    def _start_broker(self) -> None:
        self.homes = known_homes(self.installation.admin_url, self.installation.secrets.home_secret)
        self._write_accounts()
        if self._broker_url:
            self._say("broker: yours, as CARECIRCLE_MQTT_URL says")
            return
        port = self.installation.ports["mosquitto"]
        server = Mosquitto(ensure_runtime(self._progress), self.state / "mosquitto", port)
        self._supervisor.start("mosquitto", server)
        self._supervisor.wait_ready("mosquitto")
        self._say("消息代理 Mosquitto ready")

    def _write_accounts(self) -> None:
        """Write who may log in at the broker, even where it is somebody else's, who can load both files."""
        services = {service: self.installation.broker_password(service) for service in BROKER_SERVICES}
        write_accounts(self.state / "mosquitto", services, self.homes)

    def follow_accounts(self) -> None:
        """Let the broker know which homes were paired, rotated or revoked; nothing while the database is away."""
        with contextlib.suppress(psycopg.OperationalError):
            self._admit_new_homes()

    def _admit_new_homes(self) -> None:
        """There may be more homes than the broker knew, or other accounts of the same."""
        homes = known_homes(self.installation.admin_url, self.installation.secrets.home_secret)
        if homes != self.homes:
            self.homes = homes
            self._write_accounts()
            if not self._broker_url:
                self.kill("mosquitto", signal.SIGHUP)


def _local_admin_url(port: int, password: str) -> str:
    return f"postgresql://postgres:{password}@{LOOPBACK}:{port}/{DATABASE}"


def _service(plan: ProcessPlan) -> Service:
    environment = child_environment(plan.environment)
    if plan.health_url is None:
        return Service(plan.command, environment)
    url = plan.health_url
    return Service(plan.command, environment, probe=lambda: _answers_well(url))


def _answers_well(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=2.0)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
