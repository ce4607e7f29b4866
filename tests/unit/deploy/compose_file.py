"""docker-compose.yml as the tests read it: merged, per service, with what each service is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from carecircle.deployment.shares import DATABASE_ADDRESS, Certificates, Share, plan_shares
from carecircle.up.installation import Installation
from carecircle.up.secrets_file import Secrets

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OUR_IMAGE = COMPOSE["x-server"]["image"]


def installation() -> Installation:
    secrets = Secrets()
    url = f"postgresql://postgres:{secrets.superuser_password}@{DATABASE_ADDRESS}"
    return Installation(Path("nowhere"), {}, secrets, url, "mqtts://broker:8883")


def shares() -> dict[str, Share]:
    return plan_shares(installation(), Certificates("authority", "broker", "key", "private key", "public key"))


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    entry: Mapping[str, Any]

    @property
    def is_ours(self) -> bool:
        return bool(self.entry["image"] == OUR_IMAGE)

    @property
    def is_one_shot(self) -> bool:
        return bool(self.entry["restart"] == "no")

    @property
    def environment(self) -> dict[str, str | None]:
        return dict(self.entry.get("environment", {}))

    @property
    def mounts(self) -> dict[str, str]:
        """Source by target."""
        parts = [volume.split(":") for volume in self.entry.get("volumes", [])]
        return {part[1]: part[0] for part in parts}

    def settings_given(self) -> set[str]:
        """Names of our settings that reach the process, from the environment and from its secrets."""
        names = {name for name in self.environment if name.startswith("CARECIRCLE_")}
        if "/run/secrets" in self.mounts:
            names |= {name.upper() for name in shares()[self.name].files if name.startswith("carecircle_")}
        return names


def services() -> Iterator[Service]:
    for name, entry in COMPOSE["services"].items():
        yield Service(name, entry)
