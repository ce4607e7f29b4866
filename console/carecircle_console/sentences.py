"""Sentences: what a relative is told about now, in one plain sentence that claims only what is known (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle_alerts.incident import AssignmentState, Kind, State
from carecircle_alerts.texts import CHINA
from carecircle_console.languages import Language
from carecircle_console.phrases import CHINESE, PHRASES, Phrases
from carecircle_console.wire import Helper, Incident

# A bed sensor that says nothing for this long is no longer fresh (engineering default, to be confirmed by the centre).
FRESH = timedelta(minutes=15)

_ON_THE_WAY = frozenset({AssignmentState.ACCEPTED, AssignmentState.MOVING})


@dataclass(frozen=True, slots=True)
class Signs:
    """When the bed was last heard of: any device, and vital signs."""

    last_seen_at: datetime | None
    vitals_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The last incident that was closed within a day."""

    kind: Kind
    pressed_at: datetime
    closed_at: datetime


def sentence_for(
    signs: Signs, incident: Incident | None, ended: Ended | None, now: datetime, language: Language = "zh-CN"
) -> str:
    """What is true now: an open incident goes before everything else, then silence, then the quiet state."""
    words = PHRASES[language]
    if incident is not None:
        return words.open.format(happened=_happened(incident, now, words), help=_who_helps(incident, now, words))
    before = ""
    if ended is not None:
        before = words.ended.format(
            at=clock_at(ended.pressed_at, now, words), what=words.what[ended.kind],
            closed=clock_at(ended.closed_at, now, words),
        )  # fmt: skip
    return before + _signs(signs, now, words)


def evidence_at(signs: Signs, incident: Incident | None) -> datetime | None:
    """Time of the newest thing that the sentence rests on; None when nothing was ever received."""
    times = [signs.last_seen_at, signs.vitals_at]
    if incident is not None:
        times += [incident.opened_at, incident.accepted_at, incident.arrived_at, incident.acknowledged_at]
    return max((at for at in times if at is not None), default=None)


def clock_at(at: datetime, now: datetime, words: Phrases = CHINESE) -> str:
    """Hours and minutes in Beijing time; with the day where it is not today."""
    there, today = at.astimezone(CHINA), now.astimezone(CHINA).date()
    day = "" if there.date() == today else words.day.format(month=there.month, day=there.day)
    return f"{day}{there:%H:%M}"


def age(span: timedelta, words: Phrases = CHINESE) -> str:
    """How long ago, as people say it; whole units, rounded down."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return words.moment
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return words.minutes.format(n=minutes)
    if minutes < 48 * 60:
        return words.hours.format(n=minutes // 60)
    return words.days.format(n=minutes // (24 * 60))


def _happened(incident: Incident, now: datetime, words: Phrases) -> str:
    at, what = clock_at(incident.pressed_at, now, words), words.what[incident.kind]
    if incident.late:
        return words.late.format(at=at, what=what, opened=clock_at(incident.opened_at, now, words))
    return words.happened.format(at=at, what=what)


def _who_helps(incident: Incident, now: datetime, words: Phrases) -> str:
    arrived = next((one for one in incident.helpers if one.state is AssignmentState.ARRIVED), None)
    if incident.state is State.HANDED_OVER:
        return words.handed_over
    if arrived is not None and arrived.arrived_at is not None:
        return words.arrived_at.format(name=arrived.name, at=clock_at(arrived.arrived_at, now, words))
    if arrived is not None:
        return words.arrived.format(name=arrived.name)
    coming = [one for one in incident.helpers if one.state in _ON_THE_WAY]
    if coming:
        return _coming(min(coming, key=lambda one: one.eta_at), now, words)
    if incident.acknowledged_by is not None:
        return words.handled.format(name=incident.acknowledged_by)
    return words.uncovered if incident.state is State.UNCOVERED else words.searching


def _coming(helper: Helper, now: datetime, words: Phrases) -> str:
    is_moving, due = helper.state is AssignmentState.MOVING, clock_at(helper.eta_at, now, words)
    if helper.eta_at >= now:
        return (words.coming if is_moving else words.accepted).format(name=helper.name, due=due)
    return (words.coming_late if is_moving else words.accepted_late).format(name=helper.name, due=due)


def _signs(signs: Signs, now: datetime, words: Phrases) -> str:
    if signs.last_seen_at is None:
        return words.never
    silent = now - signs.last_seen_at
    if silent > FRESH:
        return words.silent.format(age=age(silent, words))
    if signs.vitals_at is None or now - signs.vitals_at > FRESH:
        return words.no_vitals.format(age=age(silent, words))
    return words.quiet.format(age=age(now - signs.vitals_at, words))
