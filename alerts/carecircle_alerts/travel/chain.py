"""The chain: asks one source of travel times after the other until everybody has an answer, within a budget (I/O).

Whatever fails, is slow or does not know a place falls to the next; the straight line knows every place, so that nobody
is left without a time and no search waits for a map.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.breaker import Breaker
from carecircle_alerts.travel.source import Source, SourceDown
from carecircle_alerts.travel.straight_line import BASIS, StraightLine, estimate

# So many of a source's last questions say how fast it answers by now.
_LATELY = 200
_TELL_EVERY_S = 10.0

_log = structlog.get_logger()


class Chain:
    """Sources in the order in which they are trusted, the straight line after all of them.

    `counts` has (source, outcome) → how often: `answered` and `unknown` count people, everything else is a question
    that failed, by its reason. `on_asked` is told of every question to a source, and how many seconds it took.
    """

    def __init__(self, sources: Sequence[Source] = (), budget_s: float = 0.6) -> None:
        self.sources = tuple(sources)
        self.counts: Counter[tuple[str, str]] = Counter()
        self._budget_s = budget_s
        self._breakers = {source.name: Breaker() for source in self.sources if source.is_remote}
        self._told_at: dict[tuple[str, str], float] = {}
        self.lately_s = {source.name: deque[float](maxlen=_LATELY) for source in self.sources}
        """How long each source's last questions took, in seconds."""
        self.on_asked: Callable[[str, float], None] = lambda _source, _seconds: None

    async def to_bed(self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime) -> list[TravelTime]:
        """One answer for each origin, in order; never raises, and takes hardly longer than the budget."""
        answers: list[TravelTime | None] = [None] * len(origins)
        until = time.monotonic() + self._budget_s
        for number, source in enumerate(self.sources):
            missing = [index for index, answer in enumerate(answers) if answer is None]
            if not missing:
                break
            asked = [origins[index] for index in missing]
            found = await self._ask(source, asked, bed, terrain, at, self._share_s(number, until))
            for index, answer in zip(missing, found, strict=False):
                answers[index] = answer
        estimated = sum(answer is None for answer in answers)
        if estimated:
            self.counts[BASIS, "answered"] += estimated
        return [
            estimate(origin, bed, terrain) if answer is None else answer
            for origin, answer in zip(origins, answers, strict=True)
        ]

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:
        """What no answer outruns, whichever source it is from; for the proof of who is nearest."""
        every = (*self.sources, StraightLine())
        return max(source.fastest_m_per_s(mode, terrain) for source in every)

    def is_fallback(self, basis: str) -> bool:
        """Whether an answer on this basis means that every source has failed or did not know."""
        return basis == BASIS and bool(self.sources)

    def left_alone(self) -> Mapping[str, bool]:
        """Of every remote source, whether it is being left alone now because it has failed again and again."""
        now = time.monotonic()
        return {name: breaker.is_open(now) for name, breaker in self._breakers.items()}

    def _share_s(self, number: int, until: float) -> float:
        """What is left, shared with the remote sources that come after."""
        remote_left = sum(source.is_remote for source in self.sources[number:])
        return (until - time.monotonic()) / max(1, remote_left)

    async def _ask(
        self, source: Source, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime, share_s: float
    ) -> Sequence[TravelTime | None]:
        breaker = self._breakers.get(source.name)
        if breaker is not None and (share_s <= 0 or not breaker.may_ask(time.monotonic())):
            self.counts[source.name, "left_alone" if share_s > 0 else "no_time"] += 1
            return ()
        begun = time.monotonic()
        try:
            if source.is_remote:
                async with asyncio.timeout(share_s):
                    found = await source.answer(origins, bed, terrain, at)
            else:
                found = await source.answer(origins, bed, terrain, at)
        except TimeoutError:
            return self._failed(source, "timeout", breaker)
        except SourceDown as error:
            return self._failed(source, error.reason, breaker)
        except Exception:  # noqa: BLE001 - a source must never keep a helper from being sought
            _log.exception("travel_source_broken", source=source.name)
            return self._failed(source, "broken", breaker)
        finally:
            took_s = time.monotonic() - begun
            self.lately_s[source.name].append(took_s)
            self.on_asked(source.name, took_s)
        if breaker is not None:
            breaker.succeeded()
        known = sum(answer is not None for answer in found)
        self.counts[source.name, "answered"] += known
        self.counts[source.name, "unknown"] += len(origins) - known
        return found

    def _failed(self, source: Source, reason: str, breaker: Breaker | None) -> Sequence[TravelTime | None]:
        self.counts[source.name, reason] += 1
        now = time.monotonic()
        if breaker is not None:
            breaker.failed(now)
        if now - self._told_at.get((source.name, reason), -_TELL_EVERY_S) >= _TELL_EVERY_S:
            self._told_at[source.name, reason] = now
            _log.warning("travel_source_failed", source=source.name, reason=reason)
        return ()
