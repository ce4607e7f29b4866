"""ChirpStack v4: uplinks of LoRaWAN devices, by the object that the server's codec decoded (holds the last uplinks).

https://www.chirpstack.io/docs/chirpstack/integrations/events.html: `application/<id>/device/<DevEUI>/event/<up|status|
join>`. Fields are those of the makers' codecs, see `lora_fields`.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from carecircle_gateway.drivers.base_topic import BaseTopic
from carecircle_gateway.drivers.emergency import find_call, says_help
from carecircle_gateway.drivers.lora_fields import KNOWN_FIELDS, read_object
from carecircle_gateway.drivers.plain import UNREADABLE, fingerprint_of, number_of, read_json, unreadable
from carecircle_gateway.sightings import (
    AlarmState,
    ButtonAction,
    Described,
    Fault,
    Health,
    HelpFlag,
    Part,
    Sighting,
)

_LEVELS = 6  # application / id / device / eui / event / kind
_MOST_DEVICES = 1_000
_PERCENT = 100.0


class ChirpStack(BaseTopic):
    """The driver; `base` is the first level of the topics, `application` unless configured otherwise."""

    levels: ClassVar[str] = "+/device/+/event/+"

    def __init__(self, base: str = "application") -> None:
        super().__init__("application" if base == "chirpstack" else base)
        self._last: OrderedDict[str, tuple[object, object]] = OrderedDict()

    def command_topic(self, name: str) -> str:
        """Where a downlink goes; `name` is `<application id>/device/<DevEUI>`."""
        return f"{self._base}/{name}/command/down"

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the event says; see `Driver`."""
        levels = topic.split("/")
        if len(levels) < _LEVELS or levels[-2] != "event":
            return ()
        name, kind = levels[-3], levels[-1]
        fingerprint = fingerprint_of(topic, payload)
        said = read_json(payload)
        if not isinstance(said, dict):
            detail = "not JSON" if said is UNREADABLE else "no JSON object"
            return (Sighting(name, unreadable(detail, payload), fingerprint=fingerprint),)
        if kind == "status":
            return (Sighting(name, _status(said), fingerprint=fingerprint),)
        if kind == "join":
            return (Sighting(name, (_described(said), Health(online=True)), fingerprint=fingerprint),)
        if kind != "up" or self._is_repeated(name, said):
            return ()
        return (Sighting(name, _uplink(said, payload), _time(said.get("time")), fingerprint),)

    def _is_repeated(self, name: str, said: dict[str, object]) -> bool:
        """Whether this is the uplink before once more: by the server's own id, or by counter and bytes.

        A counter that begins anew after a restart of the device is no repeat, because its bytes or ids are others.
        """
        mark = (said.get("deduplicationId"), (said.get("fCnt"), said.get("data")))
        last = self._last.pop(name, None)
        self._last[name] = mark
        if len(self._last) > _MOST_DEVICES:
            self._last.popitem(last=False)
        if last is None:
            return False
        same_id = mark[0] is not None and mark[0] == last[0]
        return same_id or (said.get("fCnt") is not None and mark[1] == last[1])


def _uplink(said: dict[str, object], raw: bytes) -> tuple[Part, ...]:
    decoded = said.get("object")
    described = _described(said)
    health = Health(online=True, link_quality=_link(said))
    if not isinstance(decoded, dict):
        # Without a codec there is nothing to read, and bytes that nobody reads may be a call.
        return Fault("no_codec", "no decoded object in the uplink", raw), described, health
    asks = says_help(_profile(said)) or says_help(described.model or "")
    parts = read_object(decoded, raw, asks_for_help=asks, sent_at=_time(said.get("time")))
    call = find_call(decoded, KNOWN_FIELDS)
    if call and not any(isinstance(part, (ButtonAction, HelpFlag)) and part.asks_for_help for part in parts):
        parts = [HelpFlag(call, is_on=True, asks_for_help=True), *parts]
    healths = [part for part in parts if isinstance(part, Health)]
    battery = healths[0].battery if healths else None
    rest = [part for part in parts if not isinstance(part, Health)]
    calls = [part for part in rest if isinstance(part, (ButtonAction, HelpFlag, AlarmState))]
    others = [part for part in rest if part not in calls]
    return (*calls, *others, described, Health(online=True, battery=battery, link_quality=health.link_quality))


def _info(said: dict[str, object], key: str) -> str:
    info = said.get("deviceInfo")
    value = info.get(key) if isinstance(info, dict) else None
    return value if isinstance(value, str) else ""


def _profile(said: dict[str, object]) -> str:
    return f"{_info(said, 'deviceProfileName')} {_info(said, 'deviceName')}"


def _described(said: dict[str, object]) -> Described:
    return Described(model=_info(said, "deviceProfileName")[:64] or None)


def _status(said: dict[str, object]) -> tuple[Part, ...]:
    """The network's own question for the battery; 0 percent and a flag stand for mains or unknown."""
    if said.get("externalPowerSource") is True:
        return Described(power="mains"), Health(online=True)
    level = number_of(said.get("batteryLevel"))
    known = level is not None and said.get("batteryLevelUnavailable") is not True and 0 < level <= _PERCENT
    return (Health(online=True, battery=level if known else None),)


def _link(said: dict[str, object]) -> int | None:
    """The best gateway's strength on the 0 to 255 of Zigbee: -120 dBm is where LoRa ends, -20 dBm is at the aerial."""
    received = said.get("rxInfo")
    gateways = [one for one in received if isinstance(one, dict)] if isinstance(received, list) else []
    strengths = [strength for one in gateways if (strength := number_of(one.get("rssi"))) is not None]
    return round(min(1.0, max(0.0, (max(strengths) + 120) / 100)) * 255) if strengths else None


def _time(value: object) -> datetime | None:
    try:
        seen = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return seen.astimezone(UTC) if seen is not None and seen.tzinfo else None
