"""Hi-Link LD6002 radars: the frames of their serial line, as a bridge passes them on over MQTT (holds what is cut off).

TinyFrame as in the maker's protocol descriptions (LD6002 vital signs V1.3; LD6002B and LD6002C V1.2): start 0x01,
number, length and type in two bytes each, most significant first, checksum; then data, least significant first, and its
checksum. A checksum is the inverted exclusive or of what it covers. Modules do vital signs, or presence, or falls; the
same type of frame means other things on other modules, which its length tells apart.
"""

import re
import struct
from binascii import unhexlify
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import xor
from typing import ClassVar

from carecircle_gateway.drivers.base_topic import BaseTopic
from carecircle_gateway.drivers.plain import fingerprint_of, implausible, is_plausible, joined
from carecircle_gateway.sightings import Alarm, AlarmState, Fault, Measured, Part, Sighting

_START = 0x01
_HEADER_BYTES = 8
_MOST_DATA = 1_024
_MOST_DEVICES = 100
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}\s*)+")
_BREATH, _HEART, _FALL, _ZONES, _SOMEBODY = 0x0A14, 0x0A15, 0x0E02, 0x0A0A, 0x0F09
_RATES = {_BREATH: "respiratory_rate", _HEART: "heart_rate"}
_FLOAT_BYTES, _ZONES_BYTES = 4, 16


class HlkLd6002(BaseTopic):
    """The driver; a bridge publishes what it read from the line on `<base>/<device>`, as bytes or hexadecimal text."""

    levels: ClassVar[str] = "+"

    def __init__(self, base: str = "hlk_ld6002") -> None:
        super().__init__(base)
        self._begun: OrderedDict[str, bytes] = OrderedDict()

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the whole frames say; the beginning of another one is kept for the next message. See `Driver`."""
        name = topic.removeprefix(f"{self._base}/")
        received = unhexlify(b"".join(payload.split())) if _HEX.fullmatch(payload.strip()) else payload
        parts: list[Part] = []
        frames = list(_frames(self._begun.pop(name, b"") + received))
        for kind, data, _rest in frames:
            if kind is not None:
                parts += _meant(kind, data, payload)
            elif data:
                parts += _broken(data, payload)
        if rest := frames[-1][2]:
            self._begun[name] = rest
            if len(self._begun) > _MOST_DEVICES:
                self._begun.popitem(last=False)
        if not parts:
            return ()
        return (Sighting(name, joined(parts), fingerprint=fingerprint_of(topic, payload)),)


def _frames(line: bytes) -> Iterator[tuple[int | None, bytes, bytes]]:
    """Type, data and what is left, frame by frame; type None and data for bytes that are no good frame."""
    place = 0
    while True:
        start = line.find(_START, place)
        if start < 0:
            yield None, line[place:], b""
            return
        if start > place:
            yield None, line[place:start], b""
        header = line[start : start + _HEADER_BYTES]
        if len(header) < _HEADER_BYTES:
            yield None, b"", header
            return
        length, kind = struct.unpack(">HH", header[3:7])
        if _checksum(header[:7]) != header[7] or length > _MOST_DATA:
            place = start + 1  # this 0x01 was no start
            yield None, line[start:place], b""
            continue
        end = start + _HEADER_BYTES + length + 1
        if end > len(line):
            yield None, b"", line[start:]
            return
        data = line[start + _HEADER_BYTES : end - 1]
        if _checksum(data) == line[end - 1]:
            yield kind, data, b""
        else:
            yield None, line[start:end], b""
        place = end
        if place == len(line):
            return


def _checksum(covered: bytes) -> int:
    return ~reduce(xor, covered, 0) & 0xFF


def _meant(kind: int, data: bytes, raw: bytes) -> list[Part]:
    if kind in _RATES and len(data) == _FLOAT_BYTES:
        return _rate(_RATES[kind], struct.unpack("<f", data)[0], raw)
    if kind == _FALL:
        if len(data) == 1:
            return [AlarmState(Alarm.FALL, is_on=data[0] != 0)]
        # It is about a fall, and nobody here understands what it says: go and look.
        return [AlarmState(Alarm.FALL, is_on=True, is_guess=True), Fault("wrong_length", "fall status", raw)]
    is_presence = (kind == _ZONES and len(data) == _ZONES_BYTES) or (kind == _SOMEBODY and len(data) in {2, 4})
    return [Measured((("presence", any(data)),))] if is_presence else []


def _rate(quantity: str, value: float, raw: bytes) -> list[Part]:
    if value == 0:  # nobody there to measure
        return []
    is_good = is_plausible(quantity, value)
    return [Measured(((quantity, round(value, 1)),)) if is_good else implausible(quantity, raw)]


def _broken(data: bytes, raw: bytes) -> list[Part]:
    """Bytes that are no good frame. One that announces a fall and then breaks may still have been one."""
    fault = Fault("wrong_checksum", f"{len(data)} bytes", raw)
    is_fall = len(data) > _HEADER_BYTES and data[5:7] == struct.pack(">H", _FALL) and data[_HEADER_BYTES] == 1
    return [AlarmState(Alarm.FALL, is_on=True, is_guess=True), fault] if is_fall else [fault]
