"""Zigbee2MQTT: topics and payloads of the bridge that most Zigbee devices come through (pure).

https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html: a device's whole cached state is published with
every message, so a field says how things are and not that they just changed. In `attribute` output each field comes on
its own topic; older bridges publish actions in both ways at once.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from carecircle_gateway.drivers.base_topic import BaseTopic
from carecircle_gateway.drivers.emergency import find_call
from carecircle_gateway.drivers.plain import UNREADABLE, fingerprint_of, read_json, unreadable
from carecircle_gateway.drivers.zigbee_fields import KNOWN_FIELDS, read_fields
from carecircle_gateway.sightings import (
    BridgeState,
    ButtonAction,
    Described,
    Fault,
    Health,
    HelpFlag,
    Part,
    Sighting,
)

_FAMILY = "zigbee2mqtt"
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PLAIN_VALUE = re.compile(rb"[\w .:+-]{1,64}", re.ASCII)
_COMMANDS = frozenset({"set", "get"})
# What a press brings with it; everything else in the payload is background, see `Sighting`.
_FOREGROUND = frozenset(
    {"action", "click", "sos", "emergency", "panic", "alarm_1", "alarm_2", "tamper", "battery_low", "test"}
    | {"linkquality", "last_seen", "elapsed", "device"}
)


class Zigbee2Mqtt(BaseTopic):
    """The driver; `base` is the bridge's base topic."""

    def __init__(self, base: str = _FAMILY) -> None:
        super().__init__(base)

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the message says; see `Driver`."""
        name = topic.removeprefix(f"{self._base}/")
        levels = name.split("/")
        if levels[0] == "bridge":
            return _read_bridge(levels[1:], payload)
        if not payload or not _COMMANDS.isdisjoint(levels[-2:] if len(levels) > 2 else levels[1:]):  # noqa: PLR2004
            return ()
        fingerprint = fingerprint_of(topic, payload)
        parent = "/".join(levels[:-1])
        if parent and levels[-1] == "availability":
            return (Sighting(parent, (_availability(payload),), fingerprint=fingerprint),)
        fields = read_json(payload)
        if isinstance(fields, dict):
            return (_sighting(name, fields, payload, fingerprint),)
        if parent and _is_attribute(levels[-1], payload):
            value = payload.decode("utf-8", "replace") if fields is UNREADABLE else fields
            return (_sighting(parent, {levels[-1]: value}, payload, fingerprint),)
        return (
            Sighting(
                name,
                unreadable(
                    "not JSON" if fields is UNREADABLE else f"a JSON {type(fields).__name__}, expected an object",
                    payload,
                ),
                fingerprint=fingerprint,
            ),
        )


def _is_attribute(level: str, payload: bytes) -> bool:
    if level in KNOWN_FIELDS:
        return not payload.lstrip().startswith(b"{")
    return bool(_ATTRIBUTE.fullmatch(level) and _PLAIN_VALUE.fullmatch(payload))


def _sighting(name: str, fields: dict[str, object], payload: bytes, fingerprint: str) -> Sighting:
    parts = read_fields(fields, payload)
    call = find_call(fields, KNOWN_FIELDS)
    if call and not any(isinstance(part, (ButtonAction, HelpFlag)) and part.asks_for_help for part in parts):
        parts = [HelpFlag(call, is_on=True, asks_for_help=True), *parts]
    quiet = {key: value for key, value in fields.items() if key not in _FOREGROUND}
    background = ""
    if len(fields) > 1:
        background = blake2b(json.dumps(quiet, sort_keys=True).encode("utf-8", "replace"), digest_size=12).hexdigest()
    return Sighting(name, tuple(parts), _last_seen(fields.get("last_seen")), fingerprint, background)


def _last_seen(value: object) -> datetime | None:
    """The bridge's own time: ISO 8601 with an offset, or Unix time in ms, as `advanced.last_seen` is set."""
    try:
        if isinstance(value, str):
            seen = datetime.fromisoformat(value)
            return seen.astimezone(UTC) if seen.tzinfo else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _online(payload: bytes) -> bool | None:
    """`online`, or `{"state":"online"}` where legacy payloads are off (always so from bridge version 2)."""
    value = read_json(payload)
    state = value.get("state") if isinstance(value, dict) else payload.decode("utf-8", "replace").strip(' "\n')
    return {"online": True, "offline": False}.get(state) if isinstance(state, str) else None


def _availability(payload: bytes) -> Part:
    online = _online(payload)
    if online is None:
        return Fault("unreadable", "availability is neither online nor offline", payload)
    return Health(online=online)


def _read_bridge(levels: list[str], payload: bytes) -> Sequence[Sighting]:
    if levels == ["state"]:
        online = _online(payload)
        return () if online is None else (Sighting(None, (BridgeState(_FAMILY, online),)),)
    if levels == ["devices"]:
        inventory = read_json(payload)
        entries = inventory if isinstance(inventory, list) else []
        return [sighting for entry in entries if isinstance(entry, dict) for sighting in _described(entry)]
    return ()


def _described(entry: dict[str, object]) -> Sequence[Sighting]:
    name, definition = entry.get("friendly_name"), entry.get("definition")
    if not isinstance(name, str) or entry.get("type") == "Coordinator":
        return ()
    model = definition.get("model") if isinstance(definition, dict) else entry.get("model_id")
    firmware = entry.get("software_build_id")
    return (
        Sighting(
            name,
            (
                Described(
                    model=model if isinstance(model, str) else None,
                    power=power_of(entry.get("power_source")),
                    firmware=firmware[:64] if isinstance(firmware, str) else None,
                ),
            ),
        ),
    )


def power_of(source: object) -> str | None:
    """The contract's word for the bridge's `power_source`, such as `Mains (single phase)`."""
    if not isinstance(source, str):
        return None
    return "battery" if source == "Battery" else "mains" if source.startswith(("Mains", "DC")) else None
