"""Sparkplug B payloads: the protocol buffers of a birth, a death or data as plain values (pure).

Only the fields that matter here are described (Sparkplug 3.0, section 6.4.1); protobuf skips the others. The types are
described in code, because a generated file would be three hundred lines of somebody else's.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

_FIELD = descriptor_pb2.FieldDescriptorProto
_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
"""Signed integers by data type; they travel as unsigned ones."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `name` is None where a birth's `alias` stands for it, `value` is None for null and big types."""

    name: str | None
    alias: int | None
    timestamp_ms: int | None
    is_historical: bool
    value: float | bool | str | None


@dataclass(frozen=True, slots=True)
class Payload:
    """A message: `seq` counts from 0 to 255 and round again."""

    timestamp_ms: int | None
    seq: int | None
    metrics: tuple[Metric, ...]


def decode(body: bytes) -> Payload | None:
    """The payload, or None for bytes that are none."""
    message = _PAYLOAD()
    try:
        message.ParseFromString(body)
    except DecodeError:
        return None
    return Payload(_number(message, "timestamp"), _number(message, "seq"), tuple(_metrics(message)))


def encode(payload: Payload) -> bytes:
    """The bytes of a payload, for tests and for devices that are simulated."""
    message = _PAYLOAD()
    _set(message, timestamp=payload.timestamp_ms, seq=payload.seq)
    for metric in payload.metrics:
        one = message.metrics.add()  # type: ignore[attr-defined]
        value = metric.value
        kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "double"
        _set(one, name=metric.name, alias=metric.alias, timestamp=metric.timestamp_ms, **{f"{kind}_value": value})
        _set(one, is_historical=metric.is_historical or None, is_null=True if value is None else None)
    return message.SerializeToString()


def _set(message: Message, **fields: object) -> None:
    for name, value in fields.items():
        if value is not None:
            setattr(message, name, value)


def _metrics(message: Message) -> Iterator[Metric]:
    for one in message.metrics:  # type: ignore[attr-defined]
        name = str(one.name) if one.HasField("name") else None
        yield Metric(name, _number(one, "alias"), _number(one, "timestamp"), bool(one.is_historical), _value(one))


def _value(one: Message) -> float | bool | str | None:
    kind = one.WhichOneof("value")
    if kind is None or one.is_null:  # type: ignore[attr-defined]
        return None
    value: float | bool | str = getattr(one, kind)
    if isinstance(value, int) and not isinstance(value, bool):
        bits = _BITS.get(one.datatype)
        return value - (1 << bits) if bits and value >= 1 << (bits - 1) and value < 1 << bits else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _number(message: Message, name: str) -> int | None:
    return int(getattr(message, name)) if message.HasField(name) else None


def _describe() -> type[Message]:
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug_b.proto", package="carecircle", syntax="proto2")
    metric = file.message_type.add(name="Metric")
    metric.oneof_decl.add(name="value")
    payload = file.message_type.add(name="Payload")
    optional, repeated = _FIELD.LABEL_OPTIONAL, _FIELD.LABEL_REPEATED
    for number, name, kind in (
        (1, "name", _FIELD.TYPE_STRING),
        (2, "alias", _FIELD.TYPE_UINT64),
        (3, "timestamp", _FIELD.TYPE_UINT64),
        (4, "datatype", _FIELD.TYPE_UINT32),
        (5, "is_historical", _FIELD.TYPE_BOOL),
        (7, "is_null", _FIELD.TYPE_BOOL),
    ):
        metric.field.add(number=number, name=name, type=kind, label=optional)
    for number, name, kind in (
        (10, "int_value", _FIELD.TYPE_UINT32),
        (11, "long_value", _FIELD.TYPE_UINT64),
        (12, "float_value", _FIELD.TYPE_FLOAT),
        (13, "double_value", _FIELD.TYPE_DOUBLE),
        (14, "boolean_value", _FIELD.TYPE_BOOL),
        (15, "string_value", _FIELD.TYPE_STRING),
    ):
        metric.field.add(number=number, name=name, type=kind, label=optional, oneof_index=0)
    payload.field.add(number=1, name="timestamp", type=_FIELD.TYPE_UINT64, label=optional)
    payload.field.add(
        number=2, name="metrics", type=_FIELD.TYPE_MESSAGE, label=repeated, type_name=".carecircle.Metric"
    )
    payload.field.add(number=3, name="seq", type=_FIELD.TYPE_UINT64, label=optional)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    made: type[Message] = message_factory.GetMessageClass(pool.FindMessageTypeByName("carecircle.Payload"))
    return made


_PAYLOAD = _describe()
