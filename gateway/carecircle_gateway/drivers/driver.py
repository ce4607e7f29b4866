"""What a driver is, and which there are: the seam where a new device family is added (pure)."""

from collections.abc import Callable, Sequence
from typing import Protocol

from carecircle.errors import Misconfigured
from carecircle_gateway.drivers.ble import Ble
from carecircle_gateway.drivers.chirpstack import ChirpStack
from carecircle_gateway.drivers.esphome import EspHome
from carecircle_gateway.drivers.hlk_ld6002 import HlkLd6002
from carecircle_gateway.drivers.homeassistant import HomeAssistant
from carecircle_gateway.drivers.mapped import Mapped
from carecircle_gateway.drivers.senml import SenMl
from carecircle_gateway.drivers.sparkplug_b import SparkplugB
from carecircle_gateway.drivers.zigbee2mqtt import Zigbee2Mqtt
from carecircle_gateway.sightings import Sighting


class Driver(Protocol):
    """Reads the messages of one device family."""

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topic filters on the home's own broker."""
        ...

    @property
    def replayed(self) -> Sequence[str]:
        """Filters whose retained messages are wanted at every connection and not only once."""
        ...

    def claims(self, topic: str) -> bool:
        """Whether this topic belongs to the family."""
        ...

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the message says; never raises on any bytes, an unreadable message is a `Fault`."""
        ...

    def command_topic(self, name: str) -> str:
        """Where a command for the device of this local name is published."""
        ...


# A driver is made from the base topic that its bridge is configured with.
DRIVERS: dict[str, Callable[[str], Driver]] = {
    "ble": Ble,
    "chirpstack": ChirpStack,
    "esphome": EspHome,
    "hlk_ld6002": HlkLd6002,
    "homeassistant": HomeAssistant,
    "mapped": Mapped,
    "senml": SenMl,
    "sparkplug_b": SparkplugB,
    "zigbee2mqtt": Zigbee2Mqtt,
}


def make_driver(setting: str) -> Driver:
    """Make a driver from `family` or `family=base/topic`; raises `Misconfigured` for a family that is not known."""
    family, _, base = setting.partition("=")
    if family not in DRIVERS:
        raise Misconfigured(f"CARECIRCLE_GATEWAY_DRIVERS: no family {family!r}; known are {', '.join(sorted(DRIVERS))}")
    return DRIVERS[family](base or family)
