"""Decode: a delivery becomes rows of history, or a reason why it cannot (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from carecircle.device_clock import WILD_CLOCK, device_time
from carecircle.mqtt import Delivery
from carecircle.payloads import Event, Status, Telemetry, parse_payload
from carecircle.quantities import History, quantities_of
from carecircle.rejected import Reason, Rejected
from carecircle.topics import Kind, parse_topic

_LARGEST_REAL = 3.4e38

_KEY = ("measured_at", "received_at", "bed", "device", "boot", "seq")
_KEY_TYPES = ("timestamptz", "timestamptz", "text", "text", "int4", "int8")


@dataclass(frozen=True, slots=True)
class Table:
    """One history table: its columns and their PostgreSQL types, in the order of a row."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row for one table; the first six values are the key of `Table.columns`."""

    table: Table
    values: tuple[object, ...]


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
    (*_KEY, "online", "battery", "rssi", "firmware", "power"),
    (*_KEY_TYPES, "bool", "float4", "float4", "text", "text"),
)
TABLES: tuple[Table, ...] = (*TELEMETRY.values(), DEVICE_EVENT, DEVICE_STATUS)

_NOT_HISTORY = frozenset({Kind.COMMAND, Kind.REPLY})


def decode(  # noqa: PLR0911 - one return a reason reads best
    delivery: Delivery, counties: Mapping[str, str]
) -> list[Row] | Rejected:
    """Rows of one delivery, none for kinds that are no history; `counties` maps every known bed to its county.

    Never raises, whatever the bytes are.
    """
    topic = parse_topic(delivery.topic)
    if isinstance(topic, Rejected):
        return topic
    if topic.kind in _NOT_HISTORY:
        return []
    payload = parse_payload(topic.kind, delivery.payload)
    if isinstance(payload, Rejected):
        return payload
    if topic.bed not in counties:
        return Rejected(Reason.UNKNOWN_BED, f"bed {topic.bed} is not registered")
    if counties[topic.bed] != topic.county:
        return Rejected(Reason.WRONG_COUNTY, f"bed {topic.bed} belongs to {counties[topic.bed]}")
    assert isinstance(payload, Telemetry | Event | Status)
    measured_at = measurement_time(payload.at, delivery.received_at)
    if isinstance(measured_at, Rejected):
        return measured_at
    key = (measured_at, delivery.received_at, topic.bed, topic.device, payload.boot, payload.seq)
    return _rows(payload, key)


def measurement_time(at_ms: int, received_at: datetime) -> datetime | Rejected:
    """When it was measured, by the device's clock; rejected when that clock cannot be right.

    A partition for every year between 1970 and 2100 helps nobody: such messages wait in quarantine with their bytes.
    """
    measured_at = device_time(at_ms)
    if measured_at is None:
        return Rejected(Reason.WILD_CLOCK, "the device's clock names no year that exists")
    if abs(measured_at - received_at) > WILD_CLOCK:
        return Rejected(Reason.WILD_CLOCK, f"the device's clock says {measured_at:%Y-%m-%d}")
    return measured_at


def _rows(payload: Telemetry | Event | Status, key: tuple[object, ...]) -> list[Row] | Rejected:
    match payload:
        case Telemetry():
            return _telemetry_rows(payload, key)
        case Event():
            return [Row(DEVICE_EVENT, (*key, payload.event, payload.code, payload.detail))]
        case Status():
            return [
                Row(
                    DEVICE_STATUS,
                    (*key, payload.online, payload.battery, payload.rssi, payload.firmware, payload.power),
                )
            ]


def _telemetry_rows(payload: Telemetry, key: tuple[object, ...]) -> list[Row] | Rejected:
    readings = payload.readings.present()
    for name, value in readings.items():
        if abs(value) > _LARGEST_REAL:
            return Rejected(Reason.NOT_STORABLE, f"readings.{name} is too large for any quantity")
    rows = []
    for table in TELEMETRY.values():
        values = tuple(readings.get(column) for column in table.columns[len(key) + 1 :])
        if any(value is not None for value in values):
            rows.append(Row(table, (*key, payload.quality, *values)))
    return rows
