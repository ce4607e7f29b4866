"""When a condition is told and when it is over: durations need evidence, silence is none."""

from collections.abc import Sequence

import pytest

from carecircle_alerts.watch.hold import NOTHING, Change, Delays, Hold, Stage, hold

_PLAIN = Delays((Stage(90, 2),), off_s=60, gap_s=40, again_s=600)
_STAGED = Delays((Stage(60, 3), Stage(120, 2)), off_s=0, gap_s=40, again_s=600)


def _fed(evidence: Sequence[tuple[float, bool | None]], delays: Delays) -> tuple[Hold, list[tuple[float, Change]]]:
    state, said = NOTHING, []
    for at, verdict in evidence:
        state, change = hold(state, at, verdict, delays)
        if change is not None:
            said.append((at, change))
    return state, said


def test_it_is_told_when_it_has_lasted() -> None:
    _, said = _fed([(at, True) for at in range(0, 120, 30)], _PLAIN)
    assert said == [(90, Change.RAISED)]


def test_a_gap_in_the_evidence_begins_it_anew() -> None:
    _, said = _fed([(0, True), (30, True), (100, True), (130, True), (160, True)], _PLAIN)
    assert said == []


@pytest.mark.parametrize("between", [None, True])
def test_a_poor_signal_is_no_evidence(*, between: bool | None) -> None:
    _, said = _fed([(0, True), (30, between), (60, between), (90, True)], _PLAIN)
    assert bool(said) is bool(between)


def test_one_contrary_word_begins_it_anew() -> None:
    _, said = _fed([(0, True), (30, True), (60, False), (90, True), (120, True)], _PLAIN)
    assert said == []


def test_it_is_over_when_it_has_been_well_for_long_enough_and_not_by_silence() -> None:
    raised = [(at, True) for at in (0.0, 30.0, 60.0, 90.0)]
    assert _fed([*raised, (120, False), (150, False)], _PLAIN)[0].is_active
    assert _fed([*raised, (120, False), (400, False)], _PLAIN)[0].is_active
    assert _fed([*raised, (120, False), (150, False), (180, False)], _PLAIN)[1][-1] == (180, Change.CLEARED)


def test_a_worse_stage_is_told_as_well() -> None:
    _, said = _fed([(float(at), True) for at in range(0, 200, 20)], _STAGED)
    assert said == [(60, Change.RAISED), (120, Change.RAISED)]


def test_coming_and_going_is_told_once_in_a_while() -> None:
    evidence = [(float(at), at // 100 % 2 == 0) for at in range(0, 800, 20)]
    _, said = _fed(evidence, Delays((Stage(60, 2),), off_s=0, gap_s=40, again_s=600))
    assert [at for at, change in said if change is Change.RAISED] == [60, 660]


def test_what_stays_is_told_again_after_a_while() -> None:
    _, said = _fed([(float(at), True) for at in range(0, 1400, 20)], _PLAIN)
    assert [at for at, _ in said] == [100, 700, 1300]


def test_a_latched_condition_does_not_end_by_itself() -> None:
    latched = Delays((Stage(0, 1),), off_s=0, gap_s=40, again_s=600, latching=True)
    state, said = _fed([(0, True), (20, False), (40, False)], latched)
    assert said == [(0, Change.RAISED)]
    assert state.is_active


def test_evidence_from_before_the_last_one_changes_nothing() -> None:
    before, _ = _fed([(0, True), (60, True)], _PLAIN)
    assert hold(before, 30, False, _PLAIN) == (before, None)
