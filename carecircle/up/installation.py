"""An installation: one set of addresses and credentials from which every process's environment is made (pure).

The table of processes stands here, in the order of their start.
"""

import hashlib
import hmac
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from carecircle.identity import home_password
from carecircle.push_key import public_key_of
from carecircle.runtime.ports import LOOPBACK
from carecircle.up.secrets_file import Secrets

DATABASE = "carecircle"
BROKER_SERVICES = ("ingest", "alerts", "lifeline")


@dataclass(frozen=True, slots=True)
class Trial:
    """How the simulated part behaves; the arguments are those of `carecircle sim homes` and `carecircle sim world`."""

    homes: int = 240
    homes_arguments: tuple[str, ...] = ()
    world_arguments: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """One of our own processes: its command, what it is told, and where it says that it works (a URL or nothing)."""

    name: str
    what: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    health_url: str | None = None
    is_simulated: bool = False

    @property
    def command(self) -> list[str]:
        """The command line."""
        return [carecircle_program(), *self.arguments]


@dataclass(frozen=True, slots=True)
class Installation:
    """Addresses and credentials; `admin_url` is a superuser's address of our database, `ports` are on the loopback."""

    state: Path
    ports: Mapping[str, int]
    secrets: Secrets = field(repr=False)
    admin_url: str = field(repr=False)
    broker_address: str
    own_roads: Path | None = None
    own_map: Path | None = None

    @property
    def console_url(self) -> str:
        """The console as people reach it."""
        return f"http://{LOOPBACK}:{self.ports['console']}"

    @property
    def world_url(self) -> str:
        """The simulated world's inbox."""
        return f"http://{LOOPBACK}:{self.ports['world']}"

    @property
    def roads_file(self) -> Path:
        """Where travel times find their roads: yours, or the made-up ones of the demo."""
        return self.own_roads or self.state / "demo-streets.roads"

    @property
    def demo_map(self) -> Path | None:
        """Where the map of the made-up streets is, once it is made; none where roads or map are yours."""
        return None if self.own_roads or self.own_map else self.state / "demo-streets.pmtiles"

    @property
    def control_socket(self) -> Path:
        """Where the simulated fleet takes requests."""
        return self.state / "sim" / "control"

    def role_password(self, role: str) -> str:
        """The password of a database role of this installation."""
        return _derived(self.secrets.role_key, role)

    def database_url(self, role: str) -> str:
        """The database's address for one role."""
        return with_account(self.admin_url, role, self.role_password(role))

    def broker_password(self, service: str) -> str:
        """The password of a service's broker account."""
        return _derived(self.secrets.broker_key, service)

    def broker_url(self, service: str) -> str:
        """The broker's address for one service; an account in the address that we were given is used as it is."""
        if urlsplit(self.broker_address).username:
            return self.broker_address
        return with_account(self.broker_address, service, self.broker_password(service))

    def home_url(self, bed: str) -> str:
        """The broker's address for one home."""
        return with_account(self.broker_address, bed, home_password(self.secrets.home_secret, bed))

    def seed_environment(self) -> dict[str, str]:
        """For `carecircle seed-demo`."""
        return {
            "CARECIRCLE_ADMIN_DATABASE_URL": self.admin_url,
            "CARECIRCLE_DEMO_PASSWORD": self.secrets.demo_password,
            "CARECIRCLE_DEMO_WEBHOOK_URL": f"{self.world_url}/webhook",
        }

    def processes(self, trial: Trial) -> list[ProcessPlan]:
        """Our own processes in the order of their start; the servers below them are started before."""
        answers = {
            "CARECIRCLE_PUBLIC_URL": self.console_url,
            "CARECIRCLE_LINK_SECRET": self.secrets.link_secret,
        }
        webhooks = {"CARECIRCLE_WEBHOOK_SECRET": self.secrets.webhook_secret}
        push = {"CARECIRCLE_WEB_PUSH_KEY": self.secrets.web_push_key}
        outside = {
            "CARECIRCLE_SMTP_URL": f"smtp://{LOOPBACK}:{self.ports['world-smtp']}",
            # The simulated phones are on this machine.
            "CARECIRCLE_WEBHOOK_PRIVATE_NETWORKS": "true",
        }
        roads = {"CARECIRCLE_ROADS_FILE": str(self.roads_file)}
        map_file = self.own_map or self.demo_map
        plans = [
            ProcessPlan(
                "console",
                "控制台 console",
                ["console"],
                {
                    "CARECIRCLE_DATABASE_URL": self.database_url("carecircle_console"),
                    "CARECIRCLE_DESK_DATABASE_URL": self.database_url("carecircle_desk"),
                    "CARECIRCLE_CONSOLE_HOST": LOOPBACK,
                    "CARECIRCLE_CONSOLE_PORT": str(self.ports["console"]),
                    "CARECIRCLE_HOME_SECRET": self.secrets.home_secret,
                    "CARECIRCLE_HOMES_MQTT_URL": without_account(self.broker_address),
                    "CARECIRCLE_WEB_PUSH_PUBLIC_KEY": public_key_of(self.secrets.web_push_key),
                    **answers,
                    **roads,
                    **({"CARECIRCLE_MAP_FILE": str(map_file)} if map_file else {}),
                },
                health_url=f"{self.console_url}/healthz",
            ),
            ProcessPlan(
                "alerts",
                "告警引擎 alert engine",
                ["alerts"],
                {
                    "CARECIRCLE_DATABASE_URL": self.database_url("carecircle_alerts"),
                    "CARECIRCLE_MQTT_URL": self.broker_url("alerts"),
                    **answers,
                    **webhooks,
                    **push,
                    **outside,
                    **roads,
                    # Simulated helpers travel faster than life: nothing can be learnt from their arrivals.
                    "CARECIRCLE_TRAVEL_CALIBRATION_DAYS": "0",
                },
            ),
            ProcessPlan(
                "lifeline",
                "生命线 lifeline",
                ["lifeline"],
                {
                    "CARECIRCLE_DATABASE_URL": self.database_url("carecircle_lifeline"),
                    "CARECIRCLE_MQTT_URL": self.broker_url("lifeline"),
                    "CARECIRCLE_LIFELINE_FOLDER": str(self.state / "lifeline"),
                    **answers,
                    **webhooks,
                    **push,
                    **outside,
                },
            ),
            ProcessPlan(
                "ingest",
                "数据入库 history",
                ["ingest"],
                {
                    "CARECIRCLE_DATABASE_URL": self.database_url("carecircle_ingest"),
                    "CARECIRCLE_MQTT_URL": self.broker_url("ingest"),
                },
            ),
            ProcessPlan(
                "upkeep",
                "历史维护 rollups and retention",
                ["upkeep"],
                {"CARECIRCLE_DATABASE_URL": self.database_url("carecircle_upkeep")},
            ),
            ProcessPlan(
                "coverage",
                "服务圈覆盖 coverage of the service circle, in the background",
                ["coverage", "watch"],
                {"CARECIRCLE_DATABASE_URL": self.database_url("carecircle_alerts"), **roads},
            ),
            ProcessPlan(
                "world",
                "模拟外部世界 phones and mailboxes outside, simulated",
                [
                    "sim",
                    "world",
                    *("--port", str(self.ports["world"])),
                    *("--smtp-port", str(self.ports["world-smtp"])),
                    *trial.world_arguments,
                ],
                webhooks,
                health_url=f"{self.world_url}/inbox.json",
                is_simulated=True,
            ),
            ProcessPlan(
                "homes",
                f"模拟家庭 {trial.homes} simulated homes",
                [
                    "sim",
                    "homes",
                    *("--count", str(trial.homes)),
                    *("--journal", str(self.state / "sim" / "homes.journal")),
                    *("--control", str(self.control_socket)),
                    *trial.homes_arguments,
                ],
                {
                    "CARECIRCLE_MQTT_URL": self.broker_address,
                    "CARECIRCLE_HOME_SECRET": self.secrets.home_secret,
                },
                is_simulated=True,
            ),
        ]
        return [plan for plan in plans if plan.name not in trial.without]


def carecircle_program() -> str:
    """The `carecircle` program beside the running Python."""
    return str(Path(sysconfig.get_path("scripts")) / "carecircle")


def without_account(url: str) -> str:
    """The same address as strangers may see it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def with_account(url: str, user: str, password: str) -> str:
    """The same address for another account."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{server}"))


def _derived(key: str, name: str) -> str:
    return hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]
