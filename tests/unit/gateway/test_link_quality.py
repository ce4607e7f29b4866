"""How well a device is heard: smoothed, in percent, told with its status."""

from datetime import UTC, datetime, timedelta

from carecircle.payloads import Status
from carecircle_gateway.drivers.zigbee2mqtt import Zigbee2Mqtt
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.normalise import normalise
from carecircle_gateway.presses import Arrival

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _heard(qualities: list[int], pause: timedelta) -> list[float | None]:
    """What statuses say of the link while messages with these qualities come."""
    memory, told = DeviceMemory(), list[float | None]()
    for number, quality in enumerate(qualities):
        (sighting,) = Zigbee2Mqtt().read("zigbee2mqtt/mat", b'{"occupancy":true,"linkquality":%d}' % quality)
        outgoing, memory = normalise(sighting, Arrival(_NOW + number * pause), memory)
        memory = DeviceMemory.recall(memory.keep())
        told += [one.payload.link_quality for one in outgoing if isinstance(one.payload, Status)]
    return told


def test_the_first_message_says_it_and_one_weak_one_changes_little() -> None:
    assert _heard([255, 0], timedelta(hours=1)) == [100.0, 90.0]


def test_a_link_that_stays_weak_is_seen_and_no_message_is_spent_on_it() -> None:
    told = _heard([255, *[51] * 60], timedelta(minutes=2))
    assert len(told) == 3, "on the first message and then hourly"
    assert told[-1] is not None
    assert told[-1] < 25
