"""What is found does not hang on how messages travel: in order, twice, late, over a restart; silence shows nothing."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from carecircle_alerts.incident import FAMILY, Family
from carecircle_alerts.rules.catalogue import BY_NAME
from carecircle_alerts.rules.settings import DEFAULTS, STANDARD, RuleSet
from carecircle_alerts.watch.hold import NOTHING, Change, Delays, Stage, hold
from carecircle_alerts.watch.mind import LATENESS_S, Mind, freeze, new_mind, settle, take, thaw
from carecircle_alerts.watch.seen import Seen
from tests.property.a_night import NIGHT, messages_of_a_doubled_night, messages_of_a_night

_ON_THE_WAY_S = LATENESS_S - 1
Found = list[tuple[str, str, float, str]]
_RATES = ("heart_rate", "respiratory_rate")
# Rates are told anew after five minutes, so that a night has as many repeats as a week.
_SOON = RuleSet.of(
    {name: one.model_copy(update={"again_s": 300.0} if name in _RATES else {}) for name, one in DEFAULTS.items()}
)


def _played(
    arrivals: list[tuple[float, Seen]], *, restart_after: frozenset[int] = frozenset(), rules: RuleSet = STANDARD
) -> Found:
    """All that is said, in an order of its own; a restart is a mind that was written and read again."""
    mind: Mind = new_mind(NIGHT - 60, 2260)
    signals = []
    ordered = sorted(arrivals, key=lambda arrival: arrival[0])
    for number, (received, seen) in enumerate(ordered):
        signals += settle(mind, received - LATENESS_S, rules)
        take(mind, replace(seen, received=received))
        if number in restart_after:
            mind = thaw(freeze(mind))
    signals += settle(mind, max(seen.at for _, seen in arrivals) + 3600, rules)
    # Silence is judged by arrival, because it is a home's and its way's; all else by the time of measurement.
    silence = {"gateway_silent", "lost_signal"}
    return sorted(
        (one.kind.value, one.change.value, one.at, one.device) for one in signals if one.kind.value not in silence
    )


@given(messages_of_a_night(), st.randoms(use_true_random=False))
def test_order_repeats_and_delays_change_nothing(messages: list[Seen], rng: Random) -> None:
    straight = _played([(seen.at, seen) for seen in messages])
    travelled = [(seen.at + rng.uniform(0, _ON_THE_WAY_S), seen) for seen in messages]
    repeated = [(seen.at + rng.uniform(0, 600), seen) for seen in rng.sample(messages, len(messages) // 3)]
    first = {id(seen): received for received, seen in travelled}
    later = [(max(received, first[id(seen)]), seen) for received, seen in repeated]
    assert set(_played(travelled + later)) ^ set(straight) == set()


@given(messages_of_a_night(), st.frozensets(st.integers(0, 119)))
def test_a_restart_at_any_message_changes_nothing(messages: list[Seen], restarts: frozenset[int]) -> None:
    arrivals = [(seen.at, seen) for seen in messages]
    assert _played(arrivals, restart_after=restarts) == _played(arrivals)


@given(messages_of_a_doubled_night(), st.frozensets(st.integers(0, 159)), st.randoms(use_true_random=False))
def test_what_a_device_in_doubt_has_said_does_not_hang_on_the_way_either(
    messages: list[Seen], restarts: frozenset[int], rng: Random
) -> None:
    straight = _played([(seen.at, seen) for seen in messages], rules=_SOON)
    travelled = [(seen.at + rng.uniform(0, _ON_THE_WAY_S), seen) for seen in messages]
    assert _played(travelled, restart_after=restarts, rules=_SOON) == straight
    # Nothing is held back that was not told before, of the same device and quantity.
    for kind, change, at, device in straight:
        if change == Change.HELD:
            assert any(
                (kind, Change.RAISED, device.partition(":")[0]) == (other, told, name.partition(":")[0])
                for other, told, when, name in straight
                if when < at
            )
    assert {one[0] for one in straight if one[1] == Change.HELD} <= set(_RATES)


@given(messages_of_a_night())
def test_history_that_comes_late_raises_nothing(messages: list[Seen]) -> None:
    end = messages[-1].at + 3600
    mind = new_mind(NIGHT - 60, 2260)
    settle(mind, end - LATENESS_S, STANDARD)
    for seen in messages:
        take(mind, replace(seen, received=end))
    found = settle(mind, end + 60, STANDARD)
    assert [one for one in found if FAMILY[one.kind] is Family.CLINICAL] == []


@given(st.lists(st.tuples(st.floats(0.1, 200), st.sampled_from([True, True, True, False, None])), max_size=60))
def test_a_missing_interval_never_satisfies_a_duration(steps: list[tuple[float, bool | None]]) -> None:
    delays = Delays((Stage(90, 2),), off_s=30, gap_s=40, again_s=0)
    state, at, evidence = NOTHING, 0.0, list[tuple[float, bool]]()
    for gap_s, verdict in steps:
        at += gap_s
        was_active = state.is_active
        state, change = hold(state, at, verdict, delays)
        if verdict is not None:
            evidence.append((at, verdict))
        if change is Change.RAISED and not was_active:
            span = [one for one in evidence if one[0] >= at - 90]
            before = [one for one in evidence if one[0] <= at - 90][-1:]
            times = [moment for moment, _ in before + span]
            assert all(told for _, told in before + span)
            assert times[0] <= at - 90
            assert all(later - earlier <= 40 for earlier, later in pairwise(times))


_VITALS = st.sampled_from(["heart_rate", "respiratory_rate", "spo2", "body_temperature"])
_ODD = st.sampled_from([float("inf"), float("-inf"), float("nan"), -1.0, 0.0, 0.95, 400.0, 1e300, True, False])


@given(st.lists(st.tuples(_VITALS, _ODD), max_size=40))
def test_no_odd_value_is_a_clinical_alarm_or_a_crash(values: list[tuple[str, float]]) -> None:
    mind = new_mind(NIGHT - 60, 4200)
    for number, (name, value) in enumerate(values):
        at = NIGHT + number * 30
        take(mind, Seen(at, at, "mat", (1, number), readings={name: value}))
    found = settle(mind, NIGHT + 86_400, STANDARD)
    assert [one for one in found if FAMILY[one.kind] is Family.CLINICAL] == []


def test_every_rule_has_its_settings_and_can_be_switched_off() -> None:
    assert DEFAULTS.keys() == BY_NAME.keys()
    assert {rule.name for rule in STANDARD.on.values()} == {name for name, one in DEFAULTS.items() if one.enabled}
