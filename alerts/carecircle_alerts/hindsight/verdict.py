"""Verdict: what the rules say with late history in its place, held against what they said without it (pure).

The same rules live through the same stretch twice: as messages came, and as they were measured. Where both agree, late
history changes nothing. An alarm of which only the first knows is disproved; one of which only the second knows was
missed. What the first cannot find again, such as an alarm under other settings, is left as it stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.watch.hold import Change

NEAR_S = 600.0
"""Two alarms that lie no further apart than this speak of one thing; an engineering proposal."""
_SAME_S = 120.0
_OF_PEOPLE = frozenset({Family.CLINICAL, Family.BEHAVIOUR})
_SILENCES = frozenset({Kind.GATEWAY_SILENT, Kind.LOST_SIGNAL})
_STANDS = frozenset({Change.RAISED, Change.HELD})
"""A condition stands, whether or not it was told."""


class Verdict(StrEnum):
    """What late history says of an alarm. Silence is not false when only the way was cut: nobody was protected."""

    CONFIRMED = "confirmed"
    DISPROVED = "disproved"
    DELAYED = "delayed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Span:
    """A condition of one kind and device, from when it was raised until it was gone. Unix seconds."""

    kind: Kind
    device: str
    begin: float
    end: float
    priority: int
    why: dict[str, Any]

    def is_near(self, kind: Kind, device: str, begin: float, end: float) -> bool:
        """Whether it is, in all likelihood, the same condition."""
        return (kind, device) == (self.kind, self.device) and self.begin - NEAR_S <= end and begin <= self.end + NEAR_S


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm of the record. `cleared` is None while it stands."""

    id: int
    kind: Kind
    device: str
    raised: float
    cleared: float | None


def spans_of(signals: Iterable[Signal], until: float) -> list[Span]:
    """The conditions in what the rules said; one that has not ended is taken to end at `until`."""
    found: list[Span] = []
    standing: dict[tuple[Kind, str], Span] = {}
    for signal in signals:
        key = (signal.kind, signal.device)
        before = standing.get(key)
        if signal.change in _STANDS:
            worse = before is None or signal.priority < before.priority
            priority, why = (signal.priority, signal.why) if worse or before is None else (before.priority, before.why)
            begin = signal.at if before is None else before.begin
            standing[key] = Span(signal.kind, signal.device, begin, until, priority, why)
        elif signal.change is Change.CLEARED and before is not None:
            del standing[key]
            found.append(Span(*key, before.begin, signal.at, before.priority, before.why))
    return sorted((*found, *standing.values()), key=lambda one: (one.begin, one.kind.value, one.device))


def judge(
    told: Iterable[Told], came: Sequence[Signal], measured: Sequence[Signal], begin: float, until: float
) -> tuple[dict[int, Verdict], list[Span]]:
    """Verdicts by the id of an alarm, and what was missed, for the stretch from `begin` to `until`.

    `came` and `measured` are what the rules say of the messages as they came and as they were measured. A call for
    help is never judged: only the person who went there knows.
    """
    record = [one for one in told if FAMILY[one.kind] is not Family.HELP]
    then, now = spans_of(came, until), spans_of(measured, until)
    raised = [one for one in came if one.change in _STANDS]
    verdicts: dict[int, Verdict] = {}
    for one in record:
        if not begin <= one.raised <= until:
            continue
        end = until if one.cleared is None else max(one.cleared, one.raised)
        if any(span.is_near(one.kind, one.device, one.raised, end) for span in now):
            if FAMILY[one.kind] in _OF_PEOPLE:
                verdicts[one.id] = Verdict.CONFIRMED
        elif any(
            (it.kind, it.device) == (one.kind, one.device) and abs(it.at - one.raised) <= _SAME_S for it in raised
        ):
            verdicts[one.id] = Verdict.DELAYED if one.kind in _SILENCES else Verdict.DISPROVED
    missed = [
        span
        for span in now
        if FAMILY[span.kind] in _OF_PEOPLE
        and begin <= span.begin <= until
        and not any(other.is_near(span.kind, span.device, span.begin, span.end) for other in then)
        and not any(
            span.is_near(one.kind, one.device, one.raised, until if one.cleared is None else one.cleared)
            for one in record
        )
    ]
    return verdicts, missed
