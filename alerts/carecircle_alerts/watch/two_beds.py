"""Two beds: finds a device whose very messages come from two beds, because somebody has set it up twice (pure)."""

from collections import OrderedDict

from carecircle.payloads import Telemetry

_MOST = 20_000
_WITHIN_S = 600.0
_ENOUGH = 3


Message = tuple[str, int, int, int, int]


class TwoBeds:
    """Remembers who measured what lately.

    Homes that start together number and time their messages alike, and empty beds look alike; two sleepers do not. So
    only whole readings with a heart rate count, and only the third pair in ten minutes is certain.
    """

    def __init__(self) -> None:
        self._said: OrderedDict[Message, tuple[str, float]] = OrderedDict()
        self._certain: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._times: OrderedDict[tuple[str, str, str], tuple[int, float]] = OrderedDict()

    def other_bed(self, bed: str, device: str, payload: Telemetry, received: float) -> str | None:
        """The other bed for which this device speaks, once it is certain."""
        certain = self._certain.pop((device, bed), None)
        if certain is not None:
            return certain
        if payload.readings.heart_rate is None:
            return None
        key = (device, payload.boot, payload.seq, payload.at, hash(payload.readings))
        before = self._said.get(key)
        if before is None or before[0] == bed:
            self._said[key] = (bed, received)
            if len(self._said) > _MOST:
                self._said.popitem(last=False)
            return None
        if received - before[1] > _WITHIN_S:
            return None
        pair = (device, min(bed, before[0]), max(bed, before[0]))
        times, since = self._times.pop(pair, (0, received))
        times, since = (times + 1, since) if received - since <= _WITHIN_S else (1, received)
        self._times[pair] = (times, since)
        if len(self._times) > _MOST:
            self._times.popitem(last=False)
        if times < _ENOUGH:
            return None
        self._certain[device, before[0]] = bed  # the other bed is told with its next word
        if len(self._certain) > _MOST:
            self._certain.popitem(last=False)
        return before[0]
