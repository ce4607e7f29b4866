"""Settings of the home box: which home it is, where its two brokers are, and what it may do there."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from carecircle.settings import BrokerSettings
from carecircle_gateway.players import LIGHT, SENTENCES

_Names = Annotated[tuple[str, ...], NoDecode]


class GatewaySettings(BrokerSettings):
    """What `carecircle gateway` understands; CARECIRCLE_MQTT_URL is the platform, with the home's own account."""

    gateway_county: str = Field(description="6-digit division code of the home's county", pattern=r"^\d{6}$")
    gateway_bed: str = Field(description="id of the bed that this box serves", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    gateway_local_mqtt_url: SecretStr = Field(
        SecretStr("mqtt://127.0.0.1:1883"), description="the broker inside the home that the device bridges publish to"
    )
    gateway_outbox: Path = Field(
        Path("outbox.sqlite"), description="file that keeps what the platform has not confirmed; on a disk that stays"
    )
    gateway_outbox_max_mb: int = Field(
        64, ge=1, description="size at which the oldest telemetry is given up; 64 MB hold some 200,000 messages"
    )
    gateway_outbox_max_age_h: int = Field(
        168, ge=1, description="age at which telemetry is given up, in hours; calls for help never are"
    )
    gateway_drivers: _Names = Field(
        ("zigbee2mqtt",), description="device families, comma-separated; family=base/topic where the topic differs"
    )
    gateway_call_buttons: _Names = Field(
        (), description="local names of buttons whose every press is a call for help, comma-separated"
    )
    gateway_reassure_devices: _Names = Field(
        (),
        description="what plays reassurance, comma-separated: `lamp`, `hall=siren`, `esphome:bed/text/say=speaker`",
    )
    gateway_reassure_payloads: dict[str, str] = Field(
        LIGHT,
        description="JSON object: what lights are sent at a stage (pressed, unanswered, received, accepted, arriving)",
    )
    gateway_reassure_sentences: dict[str, str] = Field(
        SENTENCES, description="JSON object: what speakers say at each stage, in the resident's language"
    )
    gateway_unanswered_s: float = Field(
        30.0, gt=0, description="seconds without a receipt after which the home says that nobody has answered a call"
    )

    @field_validator("gateway_drivers", "gateway_call_buttons", "gateway_reassure_devices", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value
