"""Two beds: finds a device whose very messages come from two beds, because somebody has set it up twice (pure)."""

from collections import OrderedDict

from carecircle.payloads import Event, Status, Telemetry

_MOST = 20_000
_WITHIN_S = 600.0
_ENOUGH = 3
_SILENT = frozenset({0})


class TwoBeds:
    """Remembers who said what lately. A few equal messages are chance or a test; the third in ten minutes is not."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, int, int, int], tuple[str, float]] = OrderedDict()
        self._times: OrderedDict[tuple[str, str, str], tuple[int, float]] = OrderedDict()

    def other_bed(self, bed: str, device: str, payload: Telemetry | Event | Status, received: float) -> str | None:
        """The other bed for which this device speaks, once it is certain."""
        if payload.seq in _SILENT:
            return None  # a last will is made beforehand, alike for many
        key = (device, payload.boot, payload.seq, payload.at)
        before = self._said.get(key)
        if before is None or before[0] == bed:
            self._said[key] = (bed, received)
            if len(self._said) > _MOST:
                self._said.popitem(last=False)
            return None
        if received - before[1] > _WITHIN_S:
            return None
        pair = (device, *sorted((bed, before[0])))
        times, since = self._times.pop(pair, (0, received))  # type: ignore[arg-type]
        times, since = (times + 1, since) if received - since <= _WITHIN_S else (1, received)
        self._times[pair] = (times, since)  # type: ignore[index]
        if len(self._times) > _MOST:
            self._times.popitem(last=False)
        return before[0] if times >= _ENOUGH else None
