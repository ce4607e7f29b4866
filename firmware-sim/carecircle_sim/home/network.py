"""From a device to the platform's broker: radio, hub and router, with what they lose, hold back and repeat (pure)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from carecircle_sim.scenario.model import Faults

BOOT_MS = 40_000
_RETRY_MS = (400, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000)
_WAY_MS = (30, 400)
_QUEUE_STEP_MS = 5
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Outage:
    """The home has no way out from `begin_ms` to `end_ms`; `is_power` where mains are gone as well."""

    begin_ms: int
    end_ms: int
    is_power: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """When the broker gets a message, once for each copy; `why_not` where it never does."""

    arrivals: tuple[int, ...]
    why_not: str | None = None
    held_ms: int = 0


class Network:
    """One home's way out. `outages` are in order and do not overlap."""

    def __init__(self, faults: Faults, outages: Sequence[Outage], rng: Random) -> None:
        self._faults = faults
        self.outages = outages
        self._begins = [outage.begin_ms for outage in outages]
        self._rng = rng
        self._queued = 0

    def outage_at(self, moment_ms: int) -> Outage | None:
        """The outage of this moment."""
        place = bisect_right(self._begins, moment_ms) - 1
        if place < 0 or moment_ms >= self.outages[place].end_ms:
            return None
        return self.outages[place]

    def carry_telemetry(self, moment_ms: int) -> Fate:
        """Readings are sent once over the radio, and kept by the hub while there is no way out."""
        rng, faults = self._rng, self._faults
        if rng.random() < faults.radio_loss:
            return Fate((), "radio")
        out_ms, held_ms = self._leave(moment_ms + rng.randint(*_WAY_MS))
        if held_ms > faults.buffer_hours * _HOUR_MS:
            return Fate((), "buffer", held_ms)
        if rng.random() < faults.reordered:
            out_ms += rng.randint(1_000, 30_000)
        return Fate(self._copies(out_ms), held_ms=held_ms)

    def carry_event(self, moment_ms: int) -> Fate:
        """An event is repeated by its device until the hub has answered; an answer that is lost makes a copy."""
        sent_ms, copies = moment_ms, list[int]()
        for pause_ms in _RETRY_MS:
            if self._rng.random() >= self._faults.radio_loss:
                copies.append(sent_ms + self._rng.randint(*_WAY_MS))
                if self._rng.random() >= self._faults.radio_loss:
                    break
            sent_ms += pause_ms
        if not copies:
            return Fate((), "radio")
        outs = [self._leave(copy, is_event=True) for copy in copies]
        return Fate(tuple(sorted(out for out, _ in outs)), held_ms=max(held for _, held in outs))

    def _leave(self, moment_ms: int, *, is_event: bool = False) -> tuple[int, int]:
        """When a message leaves the home, and how long it was held back: after an outage, events go first."""
        outage = self.outage_at(moment_ms)
        if outage is None:
            self._queued = 0
            return moment_ms, 0
        opens_ms = outage.end_ms + (BOOT_MS if outage.is_power else 1_000)
        if not is_event:
            self._queued += 1
        out_ms = opens_ms + (0 if is_event else 200 + self._queued * _QUEUE_STEP_MS)
        return out_ms, out_ms - moment_ms

    def _copies(self, out_ms: int) -> tuple[int, ...]:
        if self._rng.random() < self._faults.duplicates:
            return out_ms, out_ms + self._rng.randint(100, 60_000)
        return (out_ms,)


def draw_outages(faults: Faults, cuts: Sequence[Outage], begin_ms: int, end_ms: int, rng: Random) -> list[Outage]:
    """Router outages of a span of time by chance, joined with power cuts that are given; in order, none overlapping."""
    found = list(cuts)
    if faults.router_outages_a_week:
        mean_gap_ms = 7 * 24 * _HOUR_MS / faults.router_outages_a_week
        moment = begin_ms + rng.expovariate(1 / mean_gap_ms)
        while moment < end_ms:
            lasts_ms = rng.lognormvariate(0, 0.8) * faults.outage_hours * _HOUR_MS
            found.append(Outage(int(moment), int(moment + lasts_ms)))
            moment += lasts_ms + rng.expovariate(1 / mean_gap_ms)
    kept: list[Outage] = []
    for outage in sorted(found, key=lambda one: (not one.is_power, one.begin_ms)):
        if all(outage.end_ms <= one.begin_ms or one.end_ms <= outage.begin_ms for one in kept):
            kept.append(outage)
    return sorted(kept, key=lambda one: one.begin_ms)
