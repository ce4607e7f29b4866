"""Sparkplug B: edge nodes that announce themselves by births and are taken down by a death (holds what births said).

Sparkplug 3.0: `spBv1.0/<group>/<message type>/<node>[/<device>]`. A birth names metrics and may give them aliases,
which data use afterwards. A node's death, sent by the broker, takes down all its devices; it counts only if its `bdSeq`
is that of the birth, because an old connection may die after a new one was born.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from carecircle_gateway.drivers.emergency import says_help
from carecircle_gateway.drivers.names import alarm_named, flag_named, quantity_named
from carecircle_gateway.drivers.plain import fingerprint_of, implausible, is_plausible, unreadable
from carecircle_gateway.sightings import AlarmState, ButtonAction, Fault, Health, HelpFlag, Measured, Part, Sighting

if TYPE_CHECKING:
    from carecircle_gateway.drivers.sparkplug_wire import Payload

_PREFIX = "spBv1.0"
_LEVELS = (4, 5)
_MOST_NODES = 200
_SEQ_ROUND = 256
_BD_SEQ = "bdSeq"


@dataclass(slots=True)
class _Node:
    """An edge node since its birth."""

    bd_seq: object = None
    seq: int | None = None
    names: dict[int, str] = field(default_factory=dict)
    devices: dict[str, None] = field(default_factory=dict)
    is_born: bool = False


class SparkplugB:
    """The driver; `base` may name a group: `sparkplug_b=home`."""

    def __init__(self, base: str = "sparkplug_b") -> None:
        # Four megabytes of memory that a home without such devices keeps.
        from carecircle_gateway.drivers import sparkplug_wire

        self._wire = sparkplug_wire
        self._group = "+" if base == "sparkplug_b" else base
        self._nodes: dict[str, _Node] = {}

    @property
    def subscriptions(self) -> Sequence[str]:
        """Everything of the group, or of all groups."""
        return (f"{_PREFIX}/{self._group}/#",)

    @property
    def replayed(self) -> tuple[str, ...]:
        """Births are not retained; nothing."""
        return ()

    def claims(self, topic: str) -> bool:
        """Whether this topic is Sparkplug's."""
        return topic.startswith(f"{_PREFIX}/")

    def command_topic(self, name: str) -> str:
        """Where a device command goes; `name` is `<group>/<node>/<device>`."""
        group, _, rest = name.partition("/")
        return f"{_PREFIX}/{group}/DCMD/{rest}"

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the message says; see `Driver`."""
        levels = topic.split("/")
        if len(levels) not in _LEVELS or levels[2] in {"NCMD", "DCMD", "STATE"}:
            return ()
        kind, key = levels[2], f"{levels[1]}/{levels[3]}"
        name = levels[3] if len(levels) == _LEVELS[0] else f"{levels[3]}/{levels[4]}"
        said, fingerprint = self._wire.decode(payload), fingerprint_of(topic, payload)
        if said is None:
            return (Sighting(name, unreadable("no Sparkplug payload", payload), fingerprint=fingerprint),)
        if key not in self._nodes and len(self._nodes) >= _MOST_NODES:
            return (Sighting(None, (Fault("too_many_nodes", f"more than {_MOST_NODES}", payload),)),)
        node = self._nodes.setdefault(key, _Node())
        if kind == "NDEATH":
            return self._node_died(node, levels[3], said)
        faults = _counted(node, said.seq, payload, is_birth=kind == "NBIRTH")
        if kind in {"NBIRTH", "DBIRTH"}:
            self._learn(node, kind, name, said)
        if kind == "DDEATH":
            parts: tuple[Part, ...] = (Health(online=False),)
        else:
            parts = (*_meant(node, said, payload), Health(online=True))
        return (Sighting(name, (*parts, *faults), fingerprint=fingerprint),)

    def _learn(self, node: _Node, kind: str, name: str, said: "Payload") -> None:
        metrics = said.metrics
        if kind == "NBIRTH":
            node.names.clear()
            node.bd_seq = next((metric.value for metric in metrics if metric.name == _BD_SEQ), None)
            node.is_born = True
        else:
            node.devices[name] = None
        node.names.update({metric.alias: metric.name for metric in metrics if metric.alias is not None and metric.name})

    def _node_died(self, node: _Node, name: str, said: "Payload") -> Sequence[Sighting]:
        died = next((metric.value for metric in said.metrics if metric.name == _BD_SEQ), None)
        if node.is_born and died != node.bd_seq:
            return ()  # of a connection before this one
        node.is_born, node.seq = False, None
        return [Sighting(one, (Health(online=False),)) for one in (name, *node.devices)]


def _counted(node: _Node, seq: int | None, raw: bytes, *, is_birth: bool) -> list[Part]:
    """A gap in the numbers says that something is missing; what is told is a fault, for the data cannot be had back."""
    expected = None if is_birth or node.seq is None else (node.seq + 1) % _SEQ_ROUND
    node.seq = seq
    if seq is None or expected is None or seq == expected:
        return []
    return [Fault("missing_messages", f"number {seq}, expected {expected}", raw)]


def _meant(node: _Node, said: "Payload", raw: bytes) -> list[Part]:
    readings: dict[str, float | bool] = {}
    parts: list[Part] = []
    for metric in said.metrics:
        name = metric.name or node.names.get(metric.alias or 0)
        if name is None:
            parts.append(Fault("unknown_alias", f"alias {metric.alias} was announced by no birth", raw))
        elif metric.value is not None and not metric.is_historical and not name.startswith("Node Control/"):
            parts += _part(name, metric.value, raw, readings)
    calls = [part for part in parts if isinstance(part, (ButtonAction, HelpFlag, AlarmState))]
    rest = [part for part in parts if part not in calls]
    return [*calls, *([Measured(tuple(readings.items()))] if readings else []), *rest]


def _part(name: str, value: float | bool | str, raw: bytes, readings: dict[str, float | bool]) -> list[Part]:  # noqa: FBT001
    if says_help(name):
        is_on = value not in {False, ""}
        return [HelpFlag(name[:64], is_on=is_on, asks_for_help=True)]
    if isinstance(value, str):
        return [ButtonAction(value[:64], asks_for_help=True)] if says_help(value) else []
    if isinstance(value, bool):
        alarm, flag = alarm_named(name), flag_named(name)
        if flag is not None and alarm is None:
            readings[flag] = value
        return [AlarmState(alarm, is_on=value)] if alarm is not None else []
    quantity = quantity_named(name)
    if quantity == "battery":
        return [Health(online=True, battery=value)] if 0 <= value <= 100 else []  # noqa: PLR2004 - percent
    if quantity is not None and is_plausible(quantity, value):
        readings[quantity] = round(float(value), 4)
        return []
    return [] if quantity is None else [implausible(quantity, raw)]
