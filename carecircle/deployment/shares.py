"""Shares: which container is given which secret, as files that only its own user can read (pure).

A file named `carecircle_…` is a setting of ours, read from /run/secrets by `carecircle.settings`; the others are named
in docker-compose.yml.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from carecircle.push_key import public_key_of
from carecircle.up.installation import DATABASE, Installation

# The users that the images run as; ours is made by the Dockerfile.
APP_UID = 10001
POSTGRES_UID = 70
MOSQUITTO_UID = 1883
GRAFANA_UID = 472

DATABASE_ADDRESS = f"database:5432/{DATABASE}"
BROKER_ADDRESS = "mqtts://broker:8883"
_SERVICE_ROLES = ("ingest", "upkeep", "alerts", "lifeline", "desk", "console", "grafana")


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM texts: the authority's certificate, the broker's with its key, and what signs people in to Grafana."""

    authority: str
    broker: str
    broker_key: str = field(repr=False)
    grafana_key: str = field(repr=False)
    grafana_public: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one container finds in its secrets folder; `uid` owns the files."""

    uid: int
    files: Mapping[str, str] = field(repr=False)


def plan_shares(installation: Installation, certificates: Certificates) -> dict[str, Share]:
    """Each container's share by the name of its service; none holds what its service does not use."""
    secrets = installation.secrets
    authority = {"broker_ca.crt": certificates.authority}
    link = {"carecircle_link_secret": secrets.link_secret}
    webhook = {"carecircle_webhook_secret": secrets.webhook_secret}
    home = {"carecircle_home_secret": secrets.home_secret}
    push = {"carecircle_web_push_key": secrets.web_push_key}
    return {
        "database": Share(POSTGRES_UID, {"postgres_password": secrets.superuser_password}),
        "migrate": Share(
            APP_UID,
            {
                "carecircle_admin_database_url": installation.admin_url,
                **{
                    f"carecircle_{role}_password": installation.role_password(f"carecircle_{role}")
                    for role in _SERVICE_ROLES
                },
            },
        ),
        "seed-demo": Share(
            APP_UID,
            {
                "carecircle_admin_database_url": installation.admin_url,
                "carecircle_demo_password": secrets.demo_password,
            },
        ),
        "broker": Share(MOSQUITTO_UID, {"broker.crt": certificates.broker, "broker.key": certificates.broker_key}),
        # Runs as the broker's user, because it writes the broker's files; it needs no more than the list of beds.
        "broker-accounts": Share(
            MOSQUITTO_UID,
            {
                "carecircle_database_url": installation.database_url("carecircle_ingest"),
                "carecircle_broker_ingest_password": installation.broker_password("ingest"),
                "carecircle_broker_alerts_password": installation.broker_password("alerts"),
                "carecircle_broker_lifeline_password": installation.broker_password("lifeline"),
                **home,
            },
        ),
        "ingest": Share(
            APP_UID,
            {
                "carecircle_database_url": installation.database_url("carecircle_ingest"),
                "carecircle_mqtt_url": installation.broker_url("ingest"),
                **authority,
            },
        ),
        "upkeep": Share(APP_UID, {"carecircle_database_url": installation.database_url("carecircle_upkeep")}),
        "coverage": Share(APP_UID, {"carecircle_database_url": installation.database_url("carecircle_alerts")}),
        "alerts": Share(
            APP_UID,
            {
                "carecircle_database_url": installation.database_url("carecircle_alerts"),
                "carecircle_mqtt_url": installation.broker_url("alerts"),
                **link,
                **webhook,
                **push,
                **authority,
            },
        ),
        "lifeline": Share(
            APP_UID,
            {
                "carecircle_database_url": installation.database_url("carecircle_lifeline"),
                "carecircle_mqtt_url": installation.broker_url("lifeline"),
                **link,
                **webhook,
                **push,
                **authority,
            },
        ),
        "console": Share(
            APP_UID,
            {
                "carecircle_database_url": installation.database_url("carecircle_console"),
                "carecircle_desk_database_url": installation.database_url("carecircle_desk"),
                "grafana_jwt_key.pem": certificates.grafana_key,
                "carecircle_web_push_public_key": public_key_of(secrets.web_push_key),
                **link,
                **home,
                **authority,
            },
        ),
        "grafana": Share(
            GRAFANA_UID,
            {
                "grafana_admin_password": _derived(secrets.role_key, "grafana administrator"),
                "grafana_secret_key": _derived(secrets.role_key, "grafana secret key"),
                "grafana_database_password": installation.role_password("carecircle_grafana"),
                "grafana_jwt_public.pem": certificates.grafana_public,
            },
        ),
        "homes": Share(APP_UID, {"carecircle_mqtt_url": BROKER_ADDRESS, **home, **authority}),
        "world": Share(APP_UID, webhook),
    }


def _derived(key: str, name: str) -> str:
    return hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest()
