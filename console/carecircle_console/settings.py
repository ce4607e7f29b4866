"""Settings of the console."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from carecircle.settings import DatabaseSettings
from carecircle_alerts.travel.settings import TravelSettings
from carecircle_console.scope import Role


class ConsoleSettings(DatabaseSettings, TravelSettings):
    """What `carecircle console` is told."""

    desk_database_url: SecretStr = Field(
        description="postgresql:// URL of role carecircle_desk, which changes incidents"
    )
    console_host: str = Field("127.0.0.1", description="address on which the console listens")
    console_port: int = Field(8080, ge=0, le=65535, description="port on which the console listens; 0 takes a free one")
    public_url: str = Field(
        "http://127.0.0.1:8080",
        pattern=r"^https?://[^/\s]+/?$",
        description="address of the console as people outside reach it; with https:// cookies are Secure",
    )
    link_secret: SecretStr = Field(min_length=16, description="checks the links by which responders answer offers")
    receipts_secret: SecretStr | None = Field(
        None, min_length=16, description="key or signing secret with which providers hand in receipts; none: refused"
    )
    web_push_public_key: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]{87}$",
        description="public VAPID key to subscribe with; none: no Web Push",
    )
    home_secret: SecretStr | None = Field(
        None, description="the installation's secret from which homes' broker passwords derive; none: no pairing"
    )
    homes_mqtt_url: str | None = Field(
        None,
        pattern=r"^mqtts?://[^/\s@]+$",
        description="address of the broker as homes reach it, without an account; none: no pairing",
    )
    homes_ca_file: Path | None = Field(
        None, description="certificate authority of that broker, handed to homes so that they trust no other"
    )
    broker_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="proves that EMQX asks who may log in (X-CareCircle-Broker); none: refused",
    )
    grafana_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+(/[^\s?#]*)?$",
        description="address of Grafana as administrators reach it; none: the console opens no dashboards",
    )
    grafana_jwt_key_file: Path | None = Field(
        None, description="private key (PEM, P-256) with which the console signs people in to Grafana"
    )
    map_file: Path | None = Field(
        None,
        description="map made by `carecircle roads tiles`; none: the dispatcher has addresses only",
    )
    staff_session_hours: int = Field(12, ge=1, le=24, description="how long a sign-in at the centre lasts: one shift")
    phone_session_days: int = Field(
        30, ge=1, le=365, description="how long responders and relatives stay signed in on their phones"
    )

    erasure_cooling_hours: int = Field(
        72,
        ge=0,
        le=360,
        description="how long a confirmed erasure of a person can still be withdrawn "
        "(engineering proposal, needs legal sign-off)",
    )
    second_factor_roles: tuple[Role, ...] = Field(
        (), description='roles that may do nothing before they have a second factor, such as ["administrator"]'
    )

    @field_validator("map_file", mode="before")
    @classmethod
    def _no_map(cls, value: object) -> object:
        """A variable that a compose file passes on empty was not set."""
        return None if value == "" else value

    @property
    def is_secure(self) -> bool:
        """Whether people reach the console over TLS."""
        return self.public_url.startswith("https://")
