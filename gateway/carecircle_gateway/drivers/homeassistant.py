"""Home Assistant discovery: devices that say themselves what their values mean (holds what was announced; no I/O).

Config messages are retained on `<prefix>/<component>/[<node>/]<object>/config`. They may come in any order, again, and
be withdrawn by an empty payload. A message that nobody has announced is searched for calls and otherwise left alone.
"""

from collections.abc import Sequence

from carecircle_gateway.drivers.emergency import find_call
from carecircle_gateway.drivers.ha_config import Entity, Path, Unclear, entities_of
from carecircle_gateway.drivers.plain import (
    UNREADABLE,
    fingerprint_of,
    flag_of,
    implausible,
    is_plausible,
    joined,
    matches,
    number_of,
    read_json,
    unreadable,
)
from carecircle_gateway.sightings import AlarmState, Fault, Health, HelpFlag, Measured, Part, Sighting

_MOST_CONFIGS = 2_000
_PERCENT = 100.0
_MISSING = object()
_UNKNOWN = frozenset({"unknown", "unavailable", "none", "null", "nan", ""})


class HomeAssistant:
    """The driver. `base` is the discovery prefix and the roots of the state topics: `homeassistant;home;tele`."""

    def __init__(self, base: str = "homeassistant") -> None:
        self._prefix, *roots = [part.strip("/ ") for part in base.split(";")]
        self._roots = tuple(root for root in roots if root) or (self._prefix,)
        self._configs: dict[str, tuple[Entity, ...]] = {}
        self._by_topic: dict[str, tuple[Entity, ...]] = {}
        self._filters: tuple[Entity, ...] = ()

    @property
    def subscriptions(self) -> Sequence[str]:
        """The announcements, and everything below the roots."""
        return tuple(dict.fromkeys(f"{root}/#" for root in (self._prefix, *self._roots)))

    @property
    def replayed(self) -> tuple[str, ...]:
        """Announcements are needed anew at every start: they are not kept."""
        return tuple(f"{self._prefix}/{levels}/config" for levels in ("+/+", "+/+/+"))

    def claims(self, topic: str) -> bool:
        """Whether this topic is an announcement or lies below a root."""
        return any(topic.startswith(f"{root}/") for root in (self._prefix, *self._roots))

    def command_topic(self, name: str) -> str:
        """Where a command goes: `name` is the whole topic, because discovery prescribes none."""
        return name

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the message says; see `Driver`."""
        levels = topic.split("/")
        if levels[0] == self._prefix and levels[-1] == "config" and len(levels) in {4, 5}:
            return self._learn(topic, levels, payload)
        entities = self._announced(topic)
        if not entities:
            return self._search(topic, payload)
        sightings: list[Sighting] = []
        said = read_json(payload)
        fingerprint = fingerprint_of(topic, payload)
        for device in dict.fromkeys(entity.device for entity in entities):
            parts = [part for entity in entities if entity.device == device for part in _read(entity, said, payload)]
            if parts:
                sightings.append(Sighting(device, joined(parts), fingerprint=fingerprint))
        return sightings

    def _announced(self, topic: str) -> tuple[Entity, ...]:
        """The entities of a topic. Bridges that hear one another's sensors announce a filter: `+/+/BTtoMQTT/<id>`."""
        found = self._by_topic.get(topic, ())
        return found + tuple(entity for entity in self._filters if matches(entity.topic, topic))

    def _learn(self, topic: str, levels: list[str], payload: bytes) -> Sequence[Sighting]:
        if not payload:
            self._configs.pop(topic, None)
            self._index()
            return ()
        config = read_json(payload)
        if not isinstance(config, dict):
            return (Sighting(levels[-2], unreadable("announcement is no JSON object", payload)),)
        if topic not in self._configs and len(self._configs) >= _MOST_CONFIGS:
            return (Sighting(None, (Fault("too_many_announced", f"more than {_MOST_CONFIGS}", payload),)),)
        found = list(entities_of(levels[1], levels[-2], config))
        known = tuple(entity for entity in found if isinstance(entity, Entity))
        self._configs[topic] = known
        self._index()
        faults = [(one.device, one.why) for one in found if isinstance(one, Unclear)]
        faults += [(one.device, f"{one.topic} is not listened to") for one in known if not self._hears(one.topic)]
        return [Sighting(device, (Fault("announced_unclear", why, payload),)) for device, why in faults]

    def _hears(self, topic: str) -> bool:
        return topic.startswith("+") or self.claims(topic)

    def _index(self) -> None:
        by_topic: dict[str, dict[Entity, None]] = {}
        for entities in self._configs.values():
            for entity in entities:
                by_topic.setdefault(entity.topic, {})[entity] = None
        self._by_topic = {topic: tuple(entities) for topic, entities in by_topic.items()}
        self._filters = tuple(entity for topic, found in self._by_topic.items() if "+" in topic for entity in found)

    def _search(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        said = read_json(payload)
        call = find_call(said, frozenset()) if isinstance(said, dict) else None
        if call is None:
            return ()
        part = HelpFlag(call, is_on=True, asks_for_help=True)
        return (Sighting(topic, (part,), fingerprint=fingerprint_of(topic, payload)),)


def _read(entity: Entity, said: object, payload: bytes) -> Sequence[Part]:
    value = payload.decode("utf-8", "replace").strip() if entity.path is None else _follow(said, entity.path)
    if value is _MISSING:
        # Another kind of message on the same topic; but a broken one may be hiding a call.
        return unreadable("not JSON", payload) if said is UNREADABLE else ()
    if value is None or (isinstance(value, str) and value.lower() in _UNKNOWN):
        return ()
    if entity.quantity is not None or entity.is_battery:
        return _number(entity, value, payload)
    return _state(entity, value, payload)


def _state(entity: Entity, value: object, payload: bytes) -> Sequence[Part]:
    is_on = _is_on(entity, value)
    if entity.is_online:
        return () if is_on is None else (Health(online=is_on),)
    if entity.call is not None:
        # A state that nobody here understands, of a thing that calls for help: go and look.
        faults = (Fault("wrong_type", "state of a call", payload),) if is_on is None else ()
        return (HelpFlag(entity.call, is_on=is_on is not False, asks_for_help=True), *faults)
    if is_on is None:
        return (Fault("wrong_type", f"neither {entity.on} nor {entity.off}", payload),)
    if entity.alarm is not None:
        return (AlarmState(entity.alarm, is_on=is_on),)
    assert entity.flag is not None
    return (Measured(((entity.flag, is_on),)),)


def _number(entity: Entity, value: object, payload: bytes) -> Sequence[Part]:
    number = number_of(value)
    if number is None:
        return (Fault("wrong_type", f"{entity.quantity or 'battery'} is no number", payload),)
    if entity.is_battery:
        return (Health(online=True, battery=min(_PERCENT, number)),) if number >= 0 else ()
    assert entity.quantity is not None
    number = number * entity.scale + entity.shift
    if not is_plausible(entity.quantity, number):
        return (implausible(entity.quantity, payload),)
    return (Measured(((entity.quantity, round(number, 4)),)),)


def _is_on(entity: Entity, value: object) -> bool | None:
    text = str(value)
    if text in {entity.on, entity.on.lower()}:
        return True
    if text in {entity.off, entity.off.lower()}:
        return False
    return flag_of(value)


def _follow(said: object, path: Path) -> object:
    for step in path:
        if isinstance(step, int):
            if not isinstance(said, list) or step >= len(said):
                return _MISSING
            said = said[step]
        else:
            if not isinstance(said, dict) or step not in said:
                return _MISSING
            said = said[step]
    return _MISSING if said is UNREADABLE else said
