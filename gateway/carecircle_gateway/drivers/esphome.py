"""ESPHome: the topics of nodes that speak MQTT themselves, the 60 GHz radars' among them (pure).

https://esphome.io/components/mqtt: every entity publishes its plain state, retained, on
`<topic_prefix>/<component>/<object_id>/state`, and the node says `online` or `offline` on `<topic_prefix>/status`. The
object id is the entity's name in lower case, so that names decide what a value means: those of the vendors' own files
(https://esphome.io/components/seeed_mr60bha2, …/seeed_mr60fda2, …/ld2410) and what people usually call such things.
"""

from collections.abc import Sequence

from carecircle_gateway.drivers.base_topic import BaseTopic
from carecircle_gateway.drivers.emergency import find_call, says_help
from carecircle_gateway.drivers.names import alarm_named, flag_named, quantity_named
from carecircle_gateway.drivers.plain import (
    UNREADABLE,
    fingerprint_of,
    flag_of,
    implausible,
    is_plausible,
    number_of,
    read_json,
    unreadable,
)
from carecircle_gateway.sightings import (
    AlarmState,
    ButtonAction,
    Fault,
    Health,
    HelpFlag,
    Measured,
    Part,
    Sighting,
)

_COMPONENTS = frozenset({"sensor", "binary_sensor", "text_sensor", "event", "button", "switch", "light", "number"})
_STATE_LEVELS = 3
# Zero is how these radars say that there is nobody to measure.
_NOBODY_IS_ZERO = frozenset({"heart_rate", "respiratory_rate"})
_PERCENT = 100.0


class EspHome(BaseTopic):
    """The driver; nodes have `topic_prefix: <base>/<name>`, or `<base>` itself where there is but one."""

    def __init__(self, base: str = "esphome") -> None:
        super().__init__(base)

    def command_topic(self, name: str) -> str:
        """Where a command goes; `name` names the entity too: `bedside/light/lamp`."""
        return f"{self._base}/{name}/command"

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the message says; see `Driver`."""
        levels = topic.removeprefix(f"{self._base}/").split("/")
        fingerprint = fingerprint_of(topic, payload)
        if levels[-1] == "status" and len(levels) <= 2:  # noqa: PLR2004 - of a node, or of the only one
            return (Sighting(self._name(levels[:-1]), (_status(payload),), fingerprint=fingerprint),)
        if len(levels) < _STATE_LEVELS or levels[-1] != "state" or levels[-3] not in _COMPONENTS:
            return ()
        component, entity = levels[-3], levels[-2].lower()
        parts = _PARTS.get(component, _nothing)(entity, payload)
        return (Sighting(self._name(levels[:-3]), parts, fingerprint=fingerprint),) if parts else ()

    def _name(self, levels: list[str]) -> str:
        return "/".join(levels) or self._base


def _status(payload: bytes) -> Part:
    online = flag_of(payload.decode("utf-8", "replace"))
    return Health(online=online) if online is not None else Fault("unreadable", "status is no yes or no", payload)


def _sensor(entity: str, payload: bytes) -> tuple[Part, ...]:
    text = payload.decode("utf-8", "replace").strip()
    quantity = quantity_named(entity)
    if quantity is None or text.lower() in {"nan", ""}:  # none of ours, or not measured yet
        return ()
    value = number_of(text)
    if value is None:
        return unreadable(f"{entity} is no number", payload)
    return _measured(quantity, value, payload)


def _measured(quantity: str, value: float, payload: bytes) -> tuple[Part, ...]:
    if quantity == "battery":
        is_percent = 0 <= value <= _PERCENT
        return (Health(online=True, battery=value),) if is_percent else (Fault("impossible_value", "battery", payload),)
    if quantity in _NOBODY_IS_ZERO and value == 0:
        return ()
    if quantity == "movement":
        value /= _PERCENT  # the radars' body movement parameter goes from 0 to 100
    if not is_plausible(quantity, value):
        return (implausible(quantity, payload),)
    return Measured(((quantity, value),)), Health(online=True)


def _binary_sensor(entity: str, payload: bytes) -> tuple[Part, ...]:
    alarm, flag = alarm_named(entity), flag_named(entity)
    is_help = says_help(entity)
    if alarm is None and flag is None and not is_help:
        return ()
    is_on = flag_of(payload.decode("utf-8", "replace"))
    if is_on is None:
        # It is about help or an alarm, and nobody here understands what it says: go and look.
        guess = (HelpFlag(entity, is_on=True, asks_for_help=True),) if is_help else ()
        return (*guess, *unreadable(f"{entity} is no yes or no", payload))
    if is_help:
        return HelpFlag(entity, is_on=is_on, asks_for_help=True), Health(online=True)
    if alarm is not None:
        return AlarmState(alarm, is_on=is_on), Health(online=True)
    assert flag is not None
    return Measured(((flag, is_on),)), Health(online=True)


def _event(entity: str, payload: bytes) -> tuple[Part, ...]:
    """An event entity says `{"event_type": "press"}`."""
    said = read_json(payload)
    if said is UNREADABLE or not isinstance(said, dict):
        return unreadable(f"event of {entity}", payload)
    kind = said.get("event_type")
    if not isinstance(kind, str) or not kind:
        call = find_call(said, frozenset())
        return (ButtonAction(call, asks_for_help=True),) if call else (Fault("wrong_type", "event_type", payload),)
    asks = says_help(entity) or says_help(kind)
    return ButtonAction(f"{entity} {kind}" if asks else kind, asks_for_help=asks), Health(online=True)


def _text_sensor(entity: str, payload: bytes) -> tuple[Part, ...]:
    """Free words; a call spelled out is a call."""
    text = payload.decode("utf-8", "replace").strip()
    if find_call({entity: text}, frozenset()):
        return (HelpFlag(entity, is_on=True, asks_for_help=True),)
    return ()


def _nothing(_entity: str, _payload: bytes) -> tuple[Part, ...]:
    return ()


_PARTS = {"sensor": _sensor, "binary_sensor": _binary_sensor, "event": _event, "text_sensor": _text_sensor}
