"""Hindsight sees what would have been found without delay, changes nothing where all was in time, judges no call."""

from collections.abc import Generator
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from carecircle_alerts.hindsight.relive import Memory, Message, as_it_came, as_it_was_measured, is_late, relive
from carecircle_alerts.hindsight.verdict import Told, Verdict, judge, spans_of
from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.settings import STANDARD
from carecircle_alerts.watch.hold import Change
from carecircle_alerts.watch.mind import LATENESS_S, freeze, new_mind, settle, take
from carecircle_alerts.watch.seen import Seen
from tests.property.a_night import NIGHT, messages_of_a_night

_BEGIN = NIGHT - 60
_MEMORY = Memory(_BEGIN, _BEGIN, freeze(new_mind(_BEGIN, 2260)))
_SILENCES = {Kind.GATEWAY_SILENT, Kind.LOST_SIGNAL}  # they are judged by arrival
_PEOPLE = {Family.CLINICAL, Family.BEHAVIOUR}


def _live(arrivals: list[Message], until: float) -> list[Signal]:
    """What is told while the messages come."""
    mind, said = new_mind(_BEGIN, 2260), list[Signal]()
    for seen, _wrong in arrivals:
        said += settle(mind, seen.received - LATENESS_S, STANDARD)
        take(mind, seen)
    return said + settle(mind, until, STANDARD)


def _whole(steps: Generator[None, None, list[Signal]]) -> list[Signal]:
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return list(done.value)


def _but_silences(signals: list[Signal]) -> list[tuple[object, ...]]:
    return sorted(
        (one.kind.value, one.change.value, one.at, one.device) for one in signals if one.kind not in _SILENCES
    )


def _delayed(messages: list[Seen], rng: Random, share: float, most_s: float) -> list[Message]:
    moved = [
        replace(seen, received=seen.at + (rng.uniform(0, most_s) if rng.random() < share else 0.0)) for seen in messages
    ]
    return [(seen, False) for seen in sorted(moved, key=lambda one: (one.received, one.order()))]


def _told(signals: list[Signal]) -> list[Told]:
    return [
        Told(number, one.kind, one.device, one.at, None)
        for number, one in enumerate(signals)
        if one.change is Change.RAISED
    ]


@settings(max_examples=40)
@given(messages_of_a_night(), st.randoms(use_true_random=False))
def test_hindsight_finds_what_would_have_been_found_without_any_delay(messages: list[Seen], rng: Random) -> None:
    until = messages[-1].at + 3600
    straight = _live([(seen, False) for seen in messages], until)
    arrivals = _delayed(messages, rng, 0.4, 3000)
    measured = _whole(relive(_MEMORY, as_it_was_measured(_MEMORY, arrivals), STANDARD, until))
    assert _but_silences(measured) == _but_silences(straight)


@settings(max_examples=40)
@given(messages_of_a_night(), st.randoms(use_true_random=False))
def test_living_through_it_again_as_it_came_finds_what_was_told(messages: list[Seen], rng: Random) -> None:
    arrivals = _delayed(messages, rng, 0.4, 3000)
    until = arrivals[-1][0].received + 60
    came = _whole(relive(_MEMORY, as_it_came(_MEMORY, arrivals), STANDARD, until))
    assert _but_silences(came) == _but_silences(_live(arrivals, until))


@settings(max_examples=40)
@given(messages_of_a_night(), st.randoms(use_true_random=False))
def test_where_all_came_in_time_nothing_is_corrected(messages: list[Seen], rng: Random) -> None:
    arrivals = _delayed(messages, rng, 1.0, LATENESS_S - 1)
    until = arrivals[-1][0].received + 3600
    assert not any(is_late(seen) for seen, _wrong in arrivals)
    came = _whole(relive(_MEMORY, as_it_came(_MEMORY, arrivals), STANDARD, until))
    measured = _whole(relive(_MEMORY, as_it_was_measured(_MEMORY, arrivals), STANDARD, until))
    told = [one for one in _told(_live(arrivals, until)) if one.kind not in _SILENCES]
    verdicts, missed = judge(told, came, measured, _BEGIN, until)
    assert set(verdicts.values()) <= {Verdict.CONFIRMED}
    assert missed == []


@settings(max_examples=40)
@given(messages_of_a_night(), st.randoms(use_true_random=False))
def test_no_call_is_judged_and_what_was_missed_is_of_people_and_over(messages: list[Seen], rng: Random) -> None:
    arrivals = _delayed(messages, rng, 0.5, 3000)
    until = arrivals[-1][0].received
    came = _whole(relive(_MEMORY, as_it_came(_MEMORY, arrivals), STANDARD, until))
    measured = _whole(relive(_MEMORY, as_it_was_measured(_MEMORY, arrivals), STANDARD, until))
    told = [*_told(came), Told(-1, Kind.SOS, "button", NIGHT, None), Told(-2, Kind.FALL, "radar", NIGHT, None)]
    verdicts, missed = judge(told, came, measured, _BEGIN, until)
    assert not {-1, -2} & verdicts.keys()
    assert all(FAMILY[span.kind] in _PEOPLE and span.end <= until for span in missed)
    known = set(map(_name, spans_of(came, until)))
    assert not known & set(map(_name, missed)), "what was told was not missed"


def _name(span: object) -> tuple[object, ...]:
    return tuple(getattr(span, name) for name in ("kind", "device", "begin"))


@settings(max_examples=40)
@given(messages_of_a_night(), st.randoms(use_true_random=False))
def test_late_history_changes_no_live_clinical_alarm(messages: list[Seen], rng: Random) -> None:
    """With what came late and without it, the same is told of the resident."""
    arrivals = _delayed(messages, rng, 0.3, 3000)
    until = arrivals[-1][0].received + 60
    mind, kept = new_mind(_BEGIN, 2260), list[Message]()
    for seen, wrong in arrivals:
        settle(mind, seen.received - LATENESS_S, STANDARD)
        if seen.at > mind.settled:
            kept.append((seen, wrong))
        take(mind, seen)
    with_late = [one for one in _live(arrivals, until) if FAMILY[one.kind] is Family.CLINICAL]
    without = [one for one in _live(kept, until) if FAMILY[one.kind] is Family.CLINICAL]
    assert with_late == without
