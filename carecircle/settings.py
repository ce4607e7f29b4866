"""Settings: what a process is told from outside, by environment variables `CARECIRCLE_*` or mounted secret files.

One class a process, so that a process is given exactly what it needs. docs/settings.md lists them; a test keeps that
list and docker-compose.yml equal to these classes.
"""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from carecircle.errors import Misconfigured

_SECRETS = Path("/run/secrets")


class ProcessSettings(BaseSettings):
    """What every process understands."""

    model_config = SettingsConfigDict(
        env_prefix="CARECIRCLE_", frozen=True, secrets_dir=_SECRETS if _SECRETS.is_dir() else None
    )

    log_format: Literal["console", "json"] = Field("console", description="console for people, json for collectors")


class DatabaseSettings(ProcessSettings):
    """A process that uses the database, under its own role."""

    database_url: SecretStr = Field(description="postgresql:// URL of this service's own role")


class BrokerSettings(ProcessSettings):
    """A process that uses the broker."""

    mqtt_url: SecretStr = Field(description="mqtt://user:password@host:port, or mqtts:// for TLS")
    mqtt_ca_file: Path | None = Field(None, description="certificate authority that signed the broker's certificate")


Settings = TypeVar("Settings", bound=ProcessSettings)


def load_settings(wanted: type[Settings]) -> Settings:
    """Read settings from the environment.

    Raises `Misconfigured` naming the variable, never its value, so that a password cannot end up in a log.
    """
    try:
        return wanted()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"CARECIRCLE_{first['loc'][0]}".upper() if first["loc"] else "settings"
        raise Misconfigured(f"{name}: {first['msg']} (docs/settings.md lists every setting)") from None
