"""How a cry for help is spelled across families, in readable messages and in broken ones (pure).

Losing a call is worse than one too many, so unknown fields are searched too; words that only describe a device, such as
the model name TS0215A_sos, are not.
"""

import re

from carecircle_gateway.sightings import Alarm

# Zigbee2MQTT: `emergency` (Tuya TS0215A_sos, TS0601_sos; Heiman HS1RC, HM1RC; frient KEYZB-110), `panic` (Immax 07046L,
# keypads), `sos` (Feibit SEB01ZB, Heiman SOS-EM of old). `help` and `sos_alarm` are seen on other families' bridges.
WORDS = frozenset({"sos", "emergency", "panic", "help"})
# A thermostat's heating mode, and the state of our own sirens.
_NOT_A_CALL = frozenset({"emergency_heating", "emergency_heat", "emergency_light", "emergency_lighting"})
_DESCRIBES_THE_DEVICE = frozenset(
    {"device", "update", "definition", "friendly_name", "friendlyname", "model", "description", "warning", "melody"}
)
_OFF_WORDS = frozenset(
    {"", "false", "off", "no", "none", "null", "0", "normal", "clear", "idle", "released", "unknown"}
)
_SPLIT = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

# In broken JSON: an alarm word that is not followed by a value that says no.
_NO = (
    r"""(?!["']?\s*[:=]\s*["']?(?:"""
    r"""(?:false|fals|fal|fa|f|null|nul|nu|none|normal|no|n|off|clear|0)\b|["'](?:\s*[,}]|$)))"""
)
_RAW: tuple[tuple[Alarm, re.Pattern[str]], ...] = (
    (Alarm.SOS, re.compile(rf"(?<![a-z0-9_])(?:sos|emergency|panic)(?![a-z]|_heat|_light){_NO}")),
    (Alarm.FALL, re.compile(rf"(?<![a-z_])(?:fall|is_fall|fall_down_status|fall_detected)(?![a-z_]){_NO}")),
    (Alarm.SMOKE, re.compile(rf"(?<![a-z_])smoke(?![a-z_]){_NO}")),
    (Alarm.CARBON_MONOXIDE, re.compile(rf"(?<![a-z_])carbon_monoxide(?![a-z_]){_NO}")),
    (Alarm.GAS, re.compile(rf"(?<![a-z_])gas(?![a-z_]){_NO}")),
    (Alarm.WATER, re.compile(rf"(?<![a-z_])water_leak(?![a-z_]){_NO}")),
)
_MAX_DEPTH = 6


def says_help(spelling: str) -> bool:
    """Whether an action's name asks for help: `emergency`, `1_sos`, `panicButton`, not `emergency_heating`."""
    text = spelling.strip()
    if text.lower() in _NOT_A_CALL:
        return False
    return not WORDS.isdisjoint(_SPLIT.split(_CAMEL.sub("_", text).lower()))


def is_set(value: object) -> bool:
    """Whether a flag is set: anything but a clear no counts, so that a new spelling of yes is not lost."""
    if isinstance(value, str):
        return value.strip().lower() not in _OFF_WORDS
    if isinstance(value, (dict, list)):
        return False  # searched inside instead
    return bool(value)


def find_call(fields: dict[str, object], known: frozenset[str], depth: int = 0) -> str | None:
    """Search fields that no driver knows for a call for help; the answer is its spelling.

    A call is a set flag whose name asks for help, or a value that is nothing but such a word. Fields in `known` are the
    driver's own business at the top level.
    """
    for name, value in fields.items():
        if (depth == 0 and name in known) or name.lower() in _DESCRIBES_THE_DEVICE:
            continue
        if says_help(name) and is_set(value):
            return name
        for inner in value if isinstance(value, list) else (value,):
            if isinstance(inner, str) and inner.strip().lower() in WORDS:
                return f"{name}:{inner.strip()}"
            if isinstance(inner, dict) and depth < _MAX_DEPTH:
                found = find_call({str(key): item for key, item in inner.items()}, known, depth + 1)
                if found:
                    return found
    return None


def alarm_in_broken_message(raw: bytes) -> Alarm | None:
    """The most urgent alarm that an unreadable message seems to speak of, None where nothing looks like one."""
    text = raw.decode("utf-8", "replace").lower()
    return next((alarm for alarm, pattern in _RAW if pattern.search(text)), None)
