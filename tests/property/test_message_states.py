"""Whatever a channel answers, however often and in whatever order: no message rests where nobody comes back to it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.notify.channel import Failed, Sent, Unknown
from carecircle_alerts.notify.states import (
    MOVES_BY_ITSELF,
    STEPS,
    Fate,
    Held,
    MessageState,
    Obsolete,
    after_receipt,
    pause,
    settle,
    tries_next,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
REASON = st.just("why")
FATES: st.SearchStrategy[Fate] = st.one_of(
    st.builds(Sent, st.none() | st.just("ref")),
    st.builds(Failed, REASON, st.booleans(), st.booleans(), st.none() | st.floats(1, 86400)),
    st.builds(Unknown, REASON),
    st.builds(Held, st.timedeltas(timedelta(seconds=1), timedelta(days=1)).map(lambda after: NOW + after)),
    st.just(Obsolete()),
)
ATTEMPTS = st.integers(1, 32_000)


@given(FATES, ATTEMPTS, st.booleans(), st.booleans())
def test_every_answer_leads_to_a_step_that_is_allowed(fate: Fate, attempts: int, ended: bool, has_next: bool) -> None:  # noqa: FBT001
    last = settle(fate, attempts, NOW, has_ended=ended, has_next=has_next)
    assert last.state in STEPS[MessageState.LEASED]
    assert last.due_at >= NOW


@given(FATES, ATTEMPTS, st.booleans(), st.booleans())
def test_nothing_rests_unsent_while_somebody_is_in_need(
    fate: Fate,
    attempts: int,
    ended: bool,  # noqa: FBT001
    has_next: bool,  # noqa: FBT001
) -> None:
    last = settle(fate, attempts, NOW, has_ended=ended, has_next=has_next)
    if last.state in MOVES_BY_ITSELF or last.state is MessageState.PROVIDER_OK:
        return
    refused = isinstance(fate, Failed) and not fate.again
    assert refused or isinstance(fate, Obsolete) or (tries_next(fate) and has_next) or (ended and attempts >= 5)


@given(FATES, st.integers(1, 4))
def test_what_is_unknown_or_held_without_another_way_is_tried_again(fate: Fate, attempts: int) -> None:
    last = settle(fate, attempts, NOW, has_ended=True, has_next=False)
    if isinstance(fate, Unknown | Held):
        assert last.state is MessageState.FAILED_TEMP
        assert NOW < last.due_at <= NOW + timedelta(days=1)


@given(st.lists(st.sampled_from(list(MessageState)), max_size=12), st.sampled_from(list(MessageState)))
def test_receipts_only_ever_add_knowledge(receipts: list[MessageState], start: MessageState) -> None:
    order = {MessageState.FAILED_PERM: 1, MessageState.DELIVERED: 2, MessageState.READ: 3}
    state = start
    for told in receipts:
        after = after_receipt(state, told)
        if after is None:
            continue
        assert after in STEPS[state]
        assert after in order
        assert order[after] > order.get(state, 0)
        state = after


def test_the_end_of_every_path_is_known() -> None:
    assert set(STEPS) == set(MessageState)
    assert STEPS[MessageState.READ] == frozenset()
    for state in MOVES_BY_ITSELF:
        assert MessageState.LEASED in STEPS[state]
    for state, steps in STEPS.items():
        assert steps or state is MessageState.READ


@given(ATTEMPTS)
def test_pauses_grow_up_to_a_minute(attempts: int) -> None:
    assert timedelta(seconds=1) <= pause(attempts) <= pause(attempts + 1) <= timedelta(seconds=60)
