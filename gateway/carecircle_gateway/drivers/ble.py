"""Bluetooth cuffs and oximeters, as a bridge such as ESPHome's `ble_client` passes their frames on over MQTT (pure).

`<base>/<device>/<characteristic>`, the characteristic by its short or long UUID; the frame as bytes, as hexadecimal
text, or as JSON with `value` in hexadecimal.
"""

import re
from binascii import unhexlify
from collections.abc import Sequence
from typing import ClassVar

from carecircle_gateway.drivers.base_topic import BaseTopic
from carecircle_gateway.drivers.ble_frames import READERS, Broken
from carecircle_gateway.drivers.plain import fingerprint_of, implausible, is_plausible, read_json, unreadable
from carecircle_gateway.sightings import Fault, Health, Measured, Part, Sighting

_LONG_UUID = re.compile(r"0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}[ :-]?)+")
_SEPARATORS = re.compile(rb"[ :-]")
_LEVELS = 2


class Ble(BaseTopic):
    """The driver; `base` is where the bridge publishes."""

    levels: ClassVar[str] = "+/+"

    def __init__(self, base: str = "ble") -> None:
        super().__init__(base)

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the frame says; see `Driver`. Characteristics that are none of ours are left alone."""
        levels = topic.removeprefix(f"{self._base}/").split("/")
        if len(levels) != _LEVELS:
            return ()
        uuid = levels[1].lower().removeprefix("0x")
        match = _LONG_UUID.fullmatch(uuid)
        reader = READERS.get(match[1] if match else uuid)
        if reader is None:
            return ()
        try:
            frame = reader(_bytes(payload))
        except Broken as error:
            return (Sighting(levels[0], unreadable(str(error), payload), fingerprint=fingerprint_of(topic, payload)),)
        parts = _parts(frame.readings, frame.why_not, payload)
        return (Sighting(levels[0], parts, fingerprint=fingerprint_of(topic, payload)),)


def _bytes(payload: bytes) -> bytes:
    said = read_json(payload) if payload.startswith(b"{") else None
    if isinstance(said, dict) and isinstance(said.get("value"), str):
        payload = said["value"].encode()
    stripped = payload.strip()
    return unhexlify(_SEPARATORS.sub(b"", stripped)) if _HEX.fullmatch(stripped) else payload


def _parts(readings: dict[str, float | None], why_not: str | None, raw: bytes) -> tuple[Part, ...]:
    if why_not is not None:
        return Fault("not_usable", why_not, raw), Health(online=True)
    told = {quantity: value for quantity, value in readings.items() if value is not None}
    good = tuple((quantity, value) for quantity, value in told.items() if is_plausible(quantity, value))
    faults = [implausible(quantity, raw) for quantity, value in told.items() if not is_plausible(quantity, value)]
    if not told:
        faults.append(Fault("no_reading", "the device could not measure", raw))
    return (*((Measured(good),) if good else ()), *faults, Health(online=True))
