"""Judging: what the rules said, held against what the simulator knows to have happened (pure)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.score_parts.watching import Record
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.watch.hold import Change
from carecircle_alerts.watch.mind import LATENESS_S
from carecircle_sim.truth import Truth, What

_HOUR_S = 3600.0
_DAY_S = 86_400.0
_MAY_DIFFER_S, _DRIFT_S = 120.0, 15.0
"""Two clocks may differ by so much; near that limit either word is right."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that a rule ought to find: an alarm from `begin` to `end` (Unix seconds) is right.

    `counts` is false where it could not be seen, so that missing it is no fault; finding it is none either.
    """

    begin: float
    end: float
    counts: bool = True
    device: str | None = None


@dataclass(slots=True)
class Tally:
    """Of one rule over all homes."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0
    delays: list[float] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def line(self, bed_days: float) -> dict[str, float | int | None]:
        """As the score prints it."""
        said, events = self.right + self.wrong, self.found + self.missed
        return {
            "precision": round(self.right / said, 3) if said else None,
            "recall": round(self.found / events, 3) if events else None,
            "delay_s_p50": _quantile(self.delays, 0.5),
            "delay_s_p95": _quantile(self.delays, 0.95),
            "alarms": said,
            "events": events,
            "per_bed_day": round(said / bed_days, 4),
        }


Finder = Callable[[Record, float], list[Span]]
CLINICAL = ("heart_rate", "respiratory_rate", "spo2", "temperature")
# A mat that has frozen on an empty bed shows as a bed that nobody uses; there is nothing else to see.
_SAME = {"deterioration": CLINICAL, "sensor_error": ("sensor_error", "out_of_bed")}


def judge(records: list[Record], end: float) -> dict[str, Tally]:
    """Every rule that has something to be held against."""
    tallies: dict[str, Tally] = {}
    for record in records:
        for name, find in FINDERS.items():
            rules = _SAME.get(name, (name,))
            raised = [one for one in record.signals if one.change is Change.RAISED and one.kind.value in rules]
            if name == "bed_exit":
                raised = [one for one in raised if one.priority < 3]  # noqa: PLR2004 - a notice is no alarm
            _match(tallies.setdefault(name, Tally()), record.bed, raised, find(record, end))
        for rule in CLINICAL:
            raised = [one for one in record.signals if one.change is Change.RAISED and one.kind.value == rule]
            _match(tallies.setdefault(rule, Tally()), record.bed, raised, _ill(record, end))
    return tallies


def judge_calls(records: list[Record]) -> Tally:
    """Calls for help: each press that reached the broker has to be a call."""
    tally = Tally()
    for record in records:
        given_up = {_key(one) for one in record.truths if one.what in {What.LOST_BY_RADIO, What.GIVEN_UP}}
        for truth in record.truths:
            key = _key(truth)
            if truth.what not in {What.PRESS, What.SEEN_FALL, What.CARBON_MONOXIDE} or key is None or key in given_up:
                continue
            if key in record.calls:
                tally.found += 1
                tally.right += 1
                tally.delays.append(record.calls[key] - truth.at_ms / 1000)
            else:
                tally.missed += 1
                tally.examples.append(f"{record.bed} {truth.line()}")
    return tally


def is_healthy(record: Record) -> bool:
    """No illness and no gas: whatever a clinical rule says of such a home is too much."""
    return not any(one.what in {What.ILLNESS, What.CARBON_MONOXIDE} for one in record.truths)


def _key(truth: Truth) -> tuple[str, int, int] | None:
    message = truth.about.get("message")
    return (str(message[0]), int(message[1]), int(message[2])) if isinstance(message, list) else None


def _match(tally: Tally, bed: str, raised: list[Signal], spans: list[Span]) -> None:
    for signal in raised:
        if any(_fits(signal, span) for span in spans):
            tally.right += 1
        else:
            tally.wrong += 1
            tally.examples.append(f"wrong {bed} {signal.kind.value} at {signal.at:.0f} {signal.device} {signal.why}")
    for span in spans:
        if not span.counts:
            continue
        first = min((one.at for one in raised if _fits(one, span)), default=None)
        if first is None:
            tally.missed += 1
            tally.examples.append(f"missed {bed} {span}")
        else:
            tally.found += 1
            tally.delays.append(first + LATENESS_S - span.begin)


def _fits(signal: Signal, span: Span) -> bool:
    return span.begin <= signal.at <= span.end and (span.device is None or signal.device in {"", span.device})


def _at(truth: Truth) -> float:
    return truth.at_ms / 1000


def _of(record: Record, *kinds: What) -> list[Truth]:
    return [one for one in record.truths if one.what in kinds]


def _number(truth: Truth, name: str) -> float:
    value = truth.about[name]
    assert isinstance(value, (int, float))
    return float(value)


def _dark(record: Record) -> list[tuple[float, float]]:
    """When the mat could not be heard or believed."""
    found = [(_at(one), _at(one) + _number(one, "lasts_s") + 120) for one in _of(record, *_CUTS)]
    found += [(_at(one), float("inf")) for one in _of(record, What.DEVICE_DIES) if one.about["device"] == "mat"]
    found += [(_at(one), float("inf")) for one in _of(record, What.UPDATE) if one.about["defect"]]
    jumps = _of(record, What.CLOCK_JUMP)
    found += [(_at(one), _at(one) + 13 * _HOUR_S) for one in jumps if _number(one, "off_by_s")]
    return found


def _is_seen(record: Record, begin: float, end: float) -> bool:
    return not any(dark < end and begin < light for dark, light in _dark(record))


_CUTS = (What.POWER_CUT, What.ROUTER_OUTAGE)


def _ill(record: Record, end: float) -> list[Span]:
    sick = [Span(_at(one), end, _is_seen(record, end - 4 * _DAY_S, end)) for one in _of(record, What.ILLNESS)]
    gas = [Span(_at(one), _at(one) + _DAY_S, counts=False) for one in _of(record, What.CARBON_MONOXIDE)]
    return sick + gas


def _up_at_night(record: Record, end: float) -> list[Span]:
    nights = [
        Span(_at(one), _at(one) + _number(one, "lasts_s") + 300, _is_seen(record, _at(one) - 1800, _at(one) + 3600))
        for one in _of(record, What.LONG_EXIT, What.WANDER)
        if _at(one) + _HOUR_S < end
    ]
    falls = [Span(_at(one), _at(one) + 2 * _HOUR_S, counts=False) for one in _of(record, What.FALL)]
    return nights + falls


def _wandered(record: Record, end: float) -> list[Span]:
    dead_doors = {one.about["device"] for one in _of(record, What.DEVICE_DIES, What.BATTERY_EMPTY)}
    return [
        Span(
            _at(one),
            _at(one) + _number(one, "lasts_s") + 300,
            "door" not in dead_doors and _is_seen(record, _at(one) - 600, _at(one) + 3600),
        )
        for one in _of(record, What.WANDER)
        if _at(one) + _HOUR_S < end
    ]


def _breathless(record: Record, end: float) -> list[Span]:
    nights = _of(record, What.APNOEA_NIGHT)
    if not nights:
        return []
    return [Span(_at(nights[0]), end, _is_seen(record, _at(nights[0]), _at(nights[0]) + _DAY_S))]


def _lost(record: Record, end: float) -> list[Span]:
    dead = _of(record, What.DEVICE_DIES, What.BATTERY_EMPTY)
    found = [Span(_at(one), end, _at(one) < end - 26 * _HOUR_S, str(one.about["device"])) for one in dead]
    # A device whose messages nobody can read is lost as well.
    found += [
        Span(_at(one), end, counts=False, device="mat") for one in _of(record, What.UPDATE) if one.about["defect"]
    ]
    return found


def _cut_off(record: Record, end: float) -> list[Span]:
    return [
        Span(_at(one), _at(one) + _number(one, "lasts_s") + 60, _number(one, "lasts_s") >= 900)  # noqa: PLR2004
        for one in _of(record, *_CUTS)
        if _at(one) < end - _HOUR_S
    ]


def _empty_soon(record: Record, end: float) -> list[Span]:
    return [
        Span(_at(one) - _DAY_S, end, _at(one) < end - _DAY_S, str(one.about["device"]))
        for one in _of(record, What.BATTERY_LOW)
    ]


def _wrong_time(record: Record, end: float) -> list[Span]:
    jumps = _of(record, What.CLOCK_JUMP)
    found = []
    for number, one in enumerate(jumps):
        until = _at(jumps[number + 1]) if number + 1 < len(jumps) else end
        off_s = abs(_number(one, "off_by_s"))
        if off_s > _MAY_DIFFER_S - _DRIFT_S:
            seen = not any(begin < until and _at(one) < light for begin, light in _outages(record))
            clear = off_s > _MAY_DIFFER_S + _DRIFT_S and until - _at(one) > _HOUR_S / 2
            found.append(Span(_at(one), until + 900, clear and seen))
    return found


def _outages(record: Record) -> list[tuple[float, float]]:
    return [(_at(one), _at(one) + _number(one, "lasts_s") + 120) for one in _of(record, *_CUTS)]


def _broken(record: Record, end: float) -> list[Span]:
    return [
        Span(_at(one), end, _at(one) < end - 40 * _HOUR_S, "mat")
        for one in _of(record, What.UPDATE)
        if one.about["defect"]
    ]


def _untested(record: Record, end: float) -> list[Span]:
    pressed = [_at(one) for one in _of(record, What.PRESS, What.GHOST_PRESS, What.STUCK_BUTTON)]
    found = []
    for one in _of(record, What.FORGOTTEN_TEST):
        last = max([_at(one), *(at for at in pressed if at < end - 9.5 * _DAY_S)])
        later = any(at > last for at in pressed)
        found.append(Span(last, end, last < end - 9.5 * _DAY_S and not later))
    dead = [one for one in _of(record, What.DEVICE_DIES, What.BATTERY_EMPTY) if one.about["device"] == "button"]
    return found + [Span(_at(one), end, counts=False) for one in dead]


FINDERS: dict[str, Finder] = {
    "deterioration": _ill,
    "bed_exit": _up_at_night,
    "wandering": _wandered,
    "apnoea": _breathless,
    "lost_signal": _lost,
    "gateway_silent": _cut_off,
    "low_battery": _empty_soon,
    "clock_fault": _wrong_time,
    "sensor_error": _broken,
    "press_test_overdue": _untested,
}


def _quantile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None
