"""`carecircle init-secrets` and `carecircle broker-accounts`: what containers need before the services start (I/O)."""

import os
from pathlib import Path
from typing import Annotated

import click
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from carecircle.deployment.certificates import ensure_certificates
from carecircle.deployment.shares import BROKER_ADDRESS, DATABASE_ADDRESS, MOSQUITTO_UID, plan_shares
from carecircle.runtime.broker_accounts import write_accounts
from carecircle.settings import DatabaseSettings, ProcessSettings, load_settings
from carecircle.up.database import known_homes
from carecircle.up.installation import Installation
from carecircle.up.secrets_file import load_secrets


class InitSettings(ProcessSettings):
    """What making the secrets is told."""

    secrets_folder: Path = Field(Path("/secrets"), description="where each container's folder of secrets is mounted")
    broker_names: Annotated[tuple[str, ...], NoDecode] = Field(
        ("broker", "localhost", "127.0.0.1"),
        description="host names and addresses for the broker's certificate, comma-separated",
    )

    @field_validator("broker_names", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value


@click.command("init-secrets")
def init_secrets() -> None:
    """Make this installation's secrets and certificates once, and hand each container its own."""
    os.umask(0o077)
    settings = load_settings(InitSettings)
    folder = settings.secrets_folder
    kept = folder / "installation"
    # The database may be older than a restored folder; then load_secrets refuses instead of making a new password.
    secrets = load_secrets(kept / "secrets.json", has_database=(kept / "handed-out").exists())
    admin_url = f"postgresql://postgres:{secrets.superuser_password}@{DATABASE_ADDRESS}"
    installation = Installation(kept, {}, secrets, admin_url, BROKER_ADDRESS)
    shares = plan_shares(installation, ensure_certificates(kept, settings.broker_names))
    for name, share in shares.items():
        for file, text in share.files.items():
            _hand_out(folder / name / file, text, share.uid)
    _give(folder / "broker-files", MOSQUITTO_UID)
    (kept / "handed-out").touch()
    click.echo(f"secrets of {len(shares)} services are in place")


class BrokerAccountsSettings(DatabaseSettings):
    """What writing the broker's accounts is told."""

    home_secret: SecretStr = Field(description="the installation's secret from which homes' broker passwords derive")
    broker_ingest_password: SecretStr = Field(description="password of the broker account ingest")
    broker_alerts_password: SecretStr = Field(description="password of the broker account alerts")
    broker_lifeline_password: SecretStr = Field(description="password of the broker account lifeline")
    broker_folder: Path = Field(description="folder in which the broker reads `passwords` and `access`")


@click.command("broker-accounts")
def broker_accounts() -> None:
    """Write the broker's accounts: the services, and one home for each bed; then send the broker SIGHUP."""
    settings = load_settings(BrokerAccountsSettings)
    homes = known_homes(settings.database_url.get_secret_value(), settings.home_secret.get_secret_value())
    services = {
        "ingest": settings.broker_ingest_password.get_secret_value(),
        "alerts": settings.broker_alerts_password.get_secret_value(),
        "lifeline": settings.broker_lifeline_password.get_secret_value(),
    }
    write_accounts(settings.broker_folder, services, homes)
    click.echo(f"accounts of {len(services)} services and {len(homes)} homes written")


def _hand_out(path: Path, text: str, uid: int) -> None:
    """Replace a file, so that nobody ever reads half of it."""
    work = path.with_name(f".{path.name}")
    work.unlink(missing_ok=True)
    with os.fdopen(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="utf-8") as handle:
        handle.write(text)
    _give(work, uid)
    work.replace(path)


def _give(path: Path, uid: int) -> None:
    if os.geteuid() == 0:  # without root, as when it is tried outside a container, everything stays our own
        os.chown(path, uid, uid)
