"""Turns of the lifeline: no callee is asked more often than providers allow, and what was refused does not count."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.lifeline.turns import Turns
from carecircle_alerts.notify.traits import TRAITS

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_one_text_a_minute_and_another_number_at_once() -> None:
    turns = Turns()
    assert turns.take("sms", "138", START)
    assert not turns.take("sms", "138", START + timedelta(seconds=59))
    assert turns.take("sms", "139", START)
    assert turns.take("voice", "138", START), "each channel counts by itself"
    assert turns.take("sms", "138", START + timedelta(seconds=60))


def test_what_a_channel_has_refused_was_no_turn() -> None:
    turns = Turns()
    assert turns.take("sms", "138", START)
    turns.give_back("sms", "138")
    assert turns.take("sms", "138", START)
    turns.give_back("sms", "nobody")


def test_channels_without_quotas_are_never_held() -> None:
    turns = Turns()
    assert all(turns.take("webhook", "http://phone", START) for _turn in range(500))


@given(st.sampled_from(["sms", "voice", "wecom"]), st.lists(st.integers(0, 900), max_size=120))
def test_no_window_ever_holds_more_than_its_limit(channel: str, pauses: list[int]) -> None:
    turns, now, taken = Turns(), START, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if turns.take(channel, "138", now):
            taken.append(now)
    for limit in TRAITS[channel].quota:
        for at in taken:
            inside = [one for one in taken if timedelta() <= one - at < timedelta(seconds=limit.per_s)]
            assert len(inside) <= limit.count


def test_who_was_last_asked_a_day_ago_is_forgotten() -> None:
    turns = Turns()
    for hour in range(100):
        assert turns.take("sms", f"13{hour}", START + timedelta(hours=hour))
        assert turns.remembered <= 24
    turns.give_back("sms", "1399")
    assert turns.take("sms", "138", START + timedelta(hours=99))
    assert turns.remembered <= 25, "and who had no turn goes with the others"
