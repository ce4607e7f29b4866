"""Home Assistant discovery, the announcing half: what a config message says of an entity (pure).

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery. Keys may be abbreviated, `~` stands for a base topic,
and one message may announce a whole device (`components`). Templates are programs in Jinja; only the plain kinds that
name a value are understood, everything else is told as a fault and not guessed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from carecircle_gateway.drivers.emergency import says_help
from carecircle_gateway.sightings import Alarm

_LONG = {
    "stat_t": "state_topic",
    "t": "topic",
    "val_tpl": "value_template",
    "dev_cla": "device_class",
    "unit_of_meas": "unit_of_measurement",
    "pl_on": "payload_on",
    "pl_off": "payload_off",
    "uniq_id": "unique_id",
    "obj_id": "object_id",
    "dev": "device",
    "avty": "availability",
    "avty_t": "availability_topic",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "cmps": "components",
    "p": "platform",
    "ids": "identifiers",
    "mdl": "model",
    "sw": "sw_version",
    "cns": "connections",
}
_QUANTITIES = {
    ("temperature", "°C"): ("room_temperature", 1.0, 0.0),
    ("temperature", "°F"): ("room_temperature", 5 / 9, -160 / 9),
    ("humidity", "%"): ("humidity", 1.0, 0.0),
    ("carbon_dioxide", "ppm"): ("co2", 1.0, 0.0),
    ("carbon_monoxide", "ppm"): ("carbon_monoxide", 1.0, 0.0),
    ("illuminance", "lx"): ("illuminance", 1.0, 0.0),
    ("weight", "kg"): ("body_weight", 1.0, 0.0),
}
_NAMED = {
    ("heart_rate", "bpm"): "heart_rate",
    ("heartrate", "bpm"): "heart_rate",
    ("respiratory_rate", "bpm"): "respiratory_rate",
    ("respiration_rate", "bpm"): "respiratory_rate",
    ("breath_rate", "bpm"): "respiratory_rate",
    ("breathing_rate", "bpm"): "respiratory_rate",
    ("spo2", "%"): "spo2",
    ("body_temperature", "°C"): "body_temperature",
    ("systolic", "mmHg"): "systolic_pressure",
    ("diastolic", "mmHg"): "diastolic_pressure",
}
_FLAGS = {
    "door": "door_open",
    "opening": "door_open",
    "window": "door_open",
    "motion": "presence",
    "occupancy": "presence",
    "presence": "presence",
    "moving": "presence",
}
_ALARMS = {
    "smoke": Alarm.SMOKE,
    "gas": Alarm.GAS,
    "carbon_monoxide": Alarm.CARBON_MONOXIDE,
    "moisture": Alarm.WATER,
}
_STEP = r"(?:\.[A-Za-z_]\w*|\[(?:'[^']+'|\"[^\"]+\"|\d+)\])"
_PLAIN = re.compile(
    rf"\{{\{{-?\s*(?P<root>value_json|value)(?P<path>{_STEP}*)\s*(?:\|\s*(?:float|int|round|is_defined)(?:\([^)]*\))?\s*)*-?\}}\}}"
)
_ONE_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(?:'([^']+)'|\"([^\"]+)\"|(\d+))\]")
_NAME_SPLIT = re.compile(r"[^a-z0-9]+")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """What one announced entity measures or says, and where in a message; exactly one of the last five is meant."""

    device: str
    topic: str
    path: Path | None
    """The way into the JSON; None where the whole payload is the value."""
    on: str = "ON"
    off: str = "OFF"
    scale: float = 1.0
    shift: float = 0.0
    quantity: str | None = None
    flag: str | None = None
    alarm: Alarm | None = None
    call: str | None = None
    is_battery: bool = False
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why an announced entity cannot be read."""

    device: str
    why: str


def entities_of(component: str, node: str, config: Mapping[str, object]) -> Iterator[Entity | Unclear]:
    """The entities that a config message announces; those that are none of our business are left out."""
    told = _spelled_out(config)
    components = told.get("components")
    if isinstance(components, dict):
        shared: dict[str, object] = {
            key: told[key]
            for key in ("device", "state_topic", "availability", "availability_topic", "~")
            if key in told
        }
        for key, part in components.items():
            if isinstance(part, dict):
                inner = {**shared, **_spelled_out(part)}
                yield from _entity(str(inner.get("platform", "")), str(key), inner)
        return
    yield from _entity(component, node, told)


def _entity(component: str, node: str, told: Mapping[str, object]) -> Iterator[Entity | Unclear]:
    device = _device(told, node)
    base = told.get("~")
    yield from _availability(device, told, base)
    meaning = _meaning(component, told, node)
    if not meaning:
        return
    topic = _topic(told.get("state_topic"), base)
    template = told.get("value_template")
    path = _path(template) if isinstance(template, str) else None
    if topic is None:
        yield Unclear(device, "state_topic is missing")
    elif isinstance(template, str) and path is None and not _is_whole(template):
        yield Unclear(device, f"template not understood: {template[:80]}")
    else:
        on, off = (str(told.get(key, default)) for key, default in (("payload_on", "ON"), ("payload_off", "OFF")))
        yield Entity(device, topic, path, on, off, **meaning)  # type: ignore[arg-type]


def _availability(device: str, told: Mapping[str, object], base: object) -> Iterator[Entity]:
    topics: list[Mapping[str, object]] = [{**told, "topic": told.get("availability_topic")}]
    listed = told.get("availability")
    listed = listed if isinstance(listed, list) else [listed]
    topics += [_spelled_out(one) for one in listed if isinstance(one, dict)]
    for one in topics:
        topic = _topic(one.get("topic"), base)
        if topic is not None:
            on, off = str(one.get("payload_available", "online")), str(one.get("payload_not_available", "offline"))
            template = one.get("value_template") if one is not topics[0] else None
            path = _path(template) if isinstance(template, str) else None
            yield Entity(device, topic, path, on, off, is_online=True)


def _meaning(component: str, told: Mapping[str, object], node: str) -> dict[str, object]:
    """The one of `Entity`'s meanings that applies, as its arguments; empty where the entity does not concern us."""
    kind = str(told.get("device_class") or "")
    words = " ".join(str(told.get(key) or "") for key in ("name", "object_id", "unique_id")) + f" {node}"
    if component == "sensor":
        return _meaning_of_sensor(kind, str(told.get("unit_of_measurement") or ""), words)
    if component not in {"binary_sensor", "event"}:
        return {}
    if says_help(words):
        return {"call": words.strip()[:64]}
    if kind in _ALARMS:
        return {"alarm": _ALARMS[kind]}
    return {"flag": _FLAGS[kind]} if kind in _FLAGS else {}


def _meaning_of_sensor(kind: str, unit: str, words: str) -> dict[str, object]:
    if kind == "battery":
        return {"is_battery": True}
    if (kind, unit) in _QUANTITIES:
        quantity, scale, shift = _QUANTITIES[kind, unit]
        return {"quantity": quantity, "scale": scale, "shift": shift}
    plain = _NAME_SPLIT.sub("_", words.lower())
    named = [quantity for (name, of), quantity in _NAMED.items() if name in plain and of.lower() == unit.lower()]
    return {"quantity": named[0]} if named else {}


def _spelled_out(config: Mapping[str, object]) -> dict[str, object]:
    return {_LONG.get(str(key), str(key)): value for key, value in config.items()}


def _device(told: Mapping[str, object], node: str) -> str:
    device = told.get("device")
    if isinstance(device, dict):
        inner = _spelled_out(device)
        identifiers = inner.get("identifiers")
        first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
        if isinstance(first, str) and first:
            return first
        if isinstance(inner.get("name"), str) and inner["name"]:
            return str(inner["name"])
    return node


def _topic(value: object, base: object) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    if isinstance(base, str):
        if value.startswith("~"):
            return base + value[1:]
        if value.endswith("~"):
            return value[:-1] + base
    return value


def _is_whole(template: str) -> bool:
    match = _PLAIN.fullmatch(template.strip())
    return match is not None and match["root"] == "value" and not match["path"]


def _path(template: str) -> Path | None:
    """The steps of `{{ value_json.a['b'][0] | float }}`; None for any other template."""
    match = _PLAIN.fullmatch(template.strip())
    if match is None or match["root"] != "value_json":
        return None
    steps = [step.groups() for step in _ONE_STEP.finditer(match["path"])]
    return tuple(int(place) if place is not None else (dot or single or double) for dot, single, double, place in steps)
