"""Settings of the alert engine."""

from pathlib import Path

from pydantic import Field, SecretStr

from carecircle.metrics import MetricsSettings
from carecircle.settings import BrokerSettings, DatabaseSettings, ProcessSettings
from carecircle_alerts.drills.settings import DrillSettings
from carecircle_alerts.travel.settings import TravelSettings


class ChannelSettings(ProcessSettings):
    """A process that tells people: the alert engine, and the lifeline beside it."""

    public_url: str = Field(description="address of the console as people outside reach it; offers link to it")
    link_secret: SecretStr = Field(min_length=16, description="signs the links by which responders answer offers")
    webhook_secret: SecretStr = Field(min_length=16, description="signs outgoing webhooks (HMAC-SHA256)")
    smtp_url: SecretStr | None = Field(None, description="smtp://[user:password@]host:port; without it no e-mail")
    smtp_from: str = Field("carecircle@localhost", description="sender address of e-mail")
    webhook_private_networks: bool = Field(
        default=False, description="webhooks may lead into private networks and to this machine; for demos and tests"
    )
    web_push_key: SecretStr | None = Field(
        None, description="private VAPID key, 32 bytes in base64url; without it no Web Push"
    )
    web_push_contact: str = Field(
        "carecircle@localhost", description="e-mail address that push services may write to when something is wrong"
    )
    sms: SecretStr | None = Field(None, description="SMS provider, a JSON object (docs/channels.md); none: no SMS")
    voice: SecretStr | None = Field(
        None, description="provider of voice calls, a JSON object (docs/channels.md); none: no calls"
    )
    wechat: SecretStr | None = Field(
        None, description="official account of WeChat, a JSON object (docs/channels.md); none: no WeChat"
    )
    sms_per_day: int | None = Field(None, ge=1, description="text messages a day at most, all together; none: no limit")
    voice_per_day: int | None = Field(None, ge=1, description="calls in a day at most, all together; none: no limit")


class AlertsSettings(
    DatabaseSettings, BrokerSettings, ChannelSettings, TravelSettings, DrillSettings, MetricsSettings
):  # fmt: skip
    """What `carecircle alerts` is told."""

    deadman_url: SecretStr | None = Field(
        None, description="pinged by GET every 15 s while all promises are kept, such as a healthchecks.io address"
    )
    mqtt_client_id: str = Field("carecircle-alerts", description="session name at the broker; one process a name")
    engine_workers: int = Field(2, ge=1, le=32, description="how many incidents are worked on at once")
    notify_workers: int = Field(64, ge=1, le=256, description="how many messages are sent at once")


class LifelineSettings(DatabaseSettings, BrokerSettings, ChannelSettings, TravelSettings, MetricsSettings):
    """What `carecircle lifeline` is told. The database may be away: it gives the snapshot and is told afterwards."""

    mqtt_client_id: str = Field("carecircle-lifeline", description="session name at the broker; one process a name")
    lifeline_folder: Path = Field(description="folder of its own for snapshot, journal and state; survives restarts")
    lifeline_limit_s: float = Field(
        3.0, ge=0.5, le=60, description="how long a call may wait for its commit before people are told directly"
    )
    lifeline_snapshot_s: float = Field(60.0, ge=1, le=3600, description="how often the snapshot is taken anew, seconds")
    lifeline_window: int = Field(
        4000, ge=10, le=60000, description="calls that may wait at once; of more the broker keeps the rest"
    )
