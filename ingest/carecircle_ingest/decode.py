"""Decode: a delivery becomes rows of history, or a reason why it cannot (pure but for the clocks it corrects)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from carecircle.mqtt import Delivery
from carecircle.payloads import Command, Event, Reply, Status, Telemetry, parse_payload
from carecircle.quantities import QUANTITIES, History, quantities_of
from carecircle.rejected import Reason, Rejected
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.telemetry import Measured, read_telemetry, readings_in_order

ERASED = ""
"""The county of a bed whose resident is erased: no topic has it."""
_KEY = ("measured_at", "received_at", "bed", "device", "boot", "seq", "clock_offset_ms")
# PostgreSQL's binary form of a timestamptz is an int8: microseconds since 2000. It is written as such, because a number
# costs nothing to write and a datetime does.
_KEY_TYPES = ("int8", "int8", "text", "text", "int4", "int8", "int8")
_EPOCH_2000_MS = 946_684_800_000


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One history table: its columns and the types in which they are written, in the order of a row."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]


Row = tuple[Table, tuple[object, ...]]
"""One row for one table; the first seven values are the key of `Table.columns`, times in `written_time`."""


class Decoded(msgspec.Struct, gc=False):
    """One message that was understood: its name (device, boot, seq), what its sender still keeps, and its rows.

    `since`: it stands for the numbers from there on, which were thinned out at home.
    """

    topic: Topic
    boot: int
    seq: int
    oldest: int | None
    rows: list[Row]
    since: int | None = None


def _telemetry_table(history: History) -> Table:
    quantities = quantities_of(history)
    return Table(
        history.value,
        (*_KEY, "quality", *(one.name for one in quantities)),
        (*_KEY_TYPES, "float4", *("bool" if one.is_statement else "float4" for one in quantities)),
    )


TELEMETRY = {history: _telemetry_table(history) for history in History}
DEVICE_EVENT = Table("device_event", (*_KEY, "event", "code", "detail"), (*_KEY_TYPES, "text", "int2", "jsonb"))
DEVICE_STATUS = Table(
    "device_status",
    (*_KEY, "online", "battery", "rssi", "firmware", "power", "link_quality"),
    (*_KEY_TYPES, "bool", "float4", "float4", "text", "text", "float4"),
)
QUARANTINE = Table(
    "quarantine",
    ("received_at", "topic", "payload", "payload_bytes", "reason", "detail"),
    ("int8", "text", "bytea", "int4", "text", "text"),
)
TABLES: tuple[Table, ...] = (*TELEMETRY.values(), DEVICE_EVENT, DEVICE_STATUS)


def _parts() -> list[tuple[Table, slice, tuple[None, ...], slice, tuple[None, ...]]]:
    """For each history table: where its quantities stand and where those of later tables; both when none is there."""
    names = list(QUANTITIES)
    found = []
    for history, table in TELEMETRY.items():
        own = [one.name for one in quantities_of(history)]
        first, end = names.index(own[0]), names.index(own[0]) + len(own)
        assert own == names[first:end]
        later = len(names) - end
        found.append((table, slice(first, end), (None,) * len(own), slice(end, None), (None,) * later))
    return found


_PARTS = _parts()
_parse_topic = lru_cache(maxsize=100_000)(parse_topic)


def written_time(unix_ms: int) -> int:
    """A time as it is written into a timestamptz column: microseconds since 2000."""
    return (unix_ms - _EPOCH_2000_MS) * 1000


def unix_ms(written: int) -> int:
    """The reverse of `written_time`."""
    return written // 1000 + _EPOCH_2000_MS


def decode(
    delivery: Delivery, received_ms: int, counties: Mapping[str, str], clocks: Clocks
) -> Decoded | Rejected | None:
    """Rows of one delivery that was received at `received_ms` (Unix); None for a command, which is ours and no history.

    `counties` maps every known bed to its county. Never raises, whatever the bytes are.
    """
    topic = _parse_topic(delivery.topic)
    if isinstance(topic, Rejected):
        return topic
    if topic.kind is Kind.COMMAND:
        return None
    if counties.get(topic.bed) != topic.county:
        return _not_registered(topic, delivery, counties)
    if topic.kind is Kind.TELEMETRY:
        measured = read_telemetry(delivery.payload)
        return measured if isinstance(measured, Rejected) else _decode_telemetry(topic, measured, received_ms, clocks)
    return _decode_other(topic, delivery.payload, received_ms, clocks)


def _not_registered(topic: Topic, delivery: Delivery, counties: Mapping[str, str]) -> Rejected:
    """What is wrong with the payload itself says more than that its bed is not known."""
    if counties.get(topic.bed) == ERASED:
        return Rejected(Reason.ERASED_BED, "")
    payload = parse_payload(topic.kind, delivery.payload)
    if isinstance(payload, Rejected):
        return payload
    if topic.bed in counties:
        return Rejected(Reason.WRONG_COUNTY, f"bed {topic.bed} belongs to {counties[topic.bed]}")
    return Rejected(Reason.UNKNOWN_BED, f"bed {topic.bed} is not registered")


def _decode_telemetry(topic: Topic, measured: Measured, received_ms: int, clocks: Clocks) -> Decoded | Rejected:
    key = _key(topic, measured.boot, measured.seq, measured.at, received_ms, clocks)
    if isinstance(key, Rejected):
        return key
    readings = readings_in_order(measured.readings)
    rows: list[Row] = []
    for table, own, nothing, later, nothing_more in _PARTS:
        values = readings[own]
        if values != nothing:
            rows.append((table, (*key, measured.quality, *values)))
        if readings[later] == nothing_more:
            break
    return Decoded(topic, measured.boot, measured.seq, measured.oldest, rows, measured.since)


def _decode_other(topic: Topic, body: bytes, received_ms: int, clocks: Clocks) -> Decoded | Rejected:
    payload = parse_payload(topic.kind, body)
    if isinstance(payload, Rejected):
        return payload
    assert not isinstance(payload, Telemetry | Command)
    if isinstance(payload, Reply):
        return Decoded(topic, payload.boot, payload.seq, payload.oldest, [])
    key = _key(topic, payload.boot, payload.seq, payload.at, received_ms, clocks)
    if isinstance(key, Rejected):
        return key
    return Decoded(topic, payload.boot, payload.seq, payload.oldest, [_row(payload, key)])


def _row(payload: Event | Status, key: tuple[object, ...]) -> Row:
    match payload:
        case Event():
            return DEVICE_EVENT, (*key, payload.event, payload.code, payload.detail)
        case Status():
            said = (payload.online, payload.battery, payload.rssi, payload.firmware, payload.power)
            return DEVICE_STATUS, (*key, *said, payload.link_quality)


def _key(
    topic: Topic, boot: int, seq: int, at_ms: int, received_ms: int, clocks: Clocks
) -> tuple[object, ...] | Rejected:
    offset_ms = clocks.offset_ms(topic.bed, topic.device, boot, at_ms, received_ms)
    if isinstance(offset_ms, Rejected):
        return offset_ms
    measured_ms = at_ms if offset_ms is None else at_ms + offset_ms
    return (
        written_time(measured_ms),
        written_time(received_ms),
        topic.bed,
        topic.device,
        boot,
        seq,
        offset_ms,
    )
