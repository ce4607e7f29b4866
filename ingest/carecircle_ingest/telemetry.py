"""Telemetry, read lean: nearly everything that arrives, decoded by msgspec instead of the model (pure).

The published contract is `carecircle.payloads.Telemetry`. This reader accepts no more than that model does (a property
test), and what it does not accept the model judges, so that both together accept the same and give the same reasons.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from carecircle.payloads import Telemetry, parse_payload
from carecircle.quantities import QUANTITIES
from carecircle.rejected import Reason, Rejected
from carecircle.topics import Kind

LARGEST_REAL = 3.4e38
# Shorter than any document that is nested too deep for the model, and longer than nearly all telemetry.
_LEAN_BYTES = 400

Value = float | bool | None
_Real = Annotated[float, Meta(ge=-LARGEST_REAL, le=LARGEST_REAL)]
_Readings: Any = msgspec.defstruct(
    "_Readings",
    [(one.name, (bool if one.is_statement else _Real) | None, None) for one in QUANTITIES.values()],
    gc=False,
)
readings_in_order: Any = msgspec.structs.astuple
"""`Measured.readings` as a tuple: a value or None for every quantity, in the order of `QUANTITIES`."""


class Measured(msgspec.Struct, gc=False):
    """One telemetry message. A msgspec structure, because making one costs a third of what a named tuple costs."""

    boot: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    seq: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    at: Annotated[int, Meta(ge=-(2**53), le=2**53)]
    readings: _Readings
    quality: Annotated[float, Meta(ge=0, le=1)] | None = None
    oldest: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    since: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None


_read_lean = msgspec.json.Decoder(Measured).decode


def read_telemetry(body: bytes) -> Measured | Rejected:
    """Read a telemetry payload; never raises on any bytes."""
    # An escape may write a NUL, which no column takes and the model refuses; real telemetry has none.
    if len(body) <= _LEAN_BYTES and body.isascii() and b"\\" not in body:
        try:
            return _read_lean(body)
        except msgspec.DecodeError:
            pass  # the model says why
    return _read_by_the_model(body)


def _read_by_the_model(body: bytes) -> Measured | Rejected:
    payload = parse_payload(Kind.TELEMETRY, body)
    if isinstance(payload, Rejected):
        return payload
    assert isinstance(payload, Telemetry)
    readings = payload.readings
    for name, value in readings.present().items():
        if abs(value) > LARGEST_REAL:
            return Rejected(Reason.NOT_STORABLE, f"readings.{name} is too large for any quantity")
    values = _Readings(*(getattr(readings, name) for name in QUANTITIES))
    return Measured(payload.boot, payload.seq, payload.at, values, payload.quality, payload.oldest, payload.since)
