"""The senders of a chaos run: nothing is left out by the bad link, repeats begin with the lowest."""

from random import Random

import pytest

from tests.chaos.keeping import WINDOW, Keeper


@pytest.mark.parametrize("seed", range(5))
def test_the_bad_link_swaps_and_doubles_and_leaves_nothing_out(seed: int) -> None:
    keeper = Keeper(2000, Random(seed), keeps=True)
    out = [seq for _ in range(2000) for seq in keeper.make(0.0)]
    assert set(out) == set(range(1, 2001))
    assert len(out) > 2020
    assert out != sorted(out)


def test_the_lowest_is_repeated_first_and_each_mark_brings_more() -> None:
    keeper = Keeper(500, Random(1), keeps=True)
    for _ in range(300):
        keeper.make(10.0)
    assert keeper.repeats(11.0) == []
    assert keeper.repeats(13.0) == list(range(1, 101))
    assert keeper.repeats(13.5) == []
    assert keeper.marked(100, 14.0)
    assert keeper.oldest == 101
    assert keeper.repeats(14.0) == list(range(101, 201))
    assert keeper.marked(300, 15.0)
    assert keeper.repeats(60.0) == []
    assert not keeper.marked(301, 61.0)


def test_repeats_without_any_mark_come_ever_later() -> None:
    keeper = Keeper(10, Random(1), keeps=True)
    for _ in range(10):
        keeper.make(0.0)
    repeated_at = [tenth / 10 for tenth in range(400) if keeper.repeats(tenth / 10)]
    assert repeated_at == [3.0, 9.0, 21.0, 33.0]


def test_a_full_window_waits_for_a_mark() -> None:
    keeper = Keeper(2 * WINDOW, Random(1), keeps=True)
    while keeper.can_make:
        keeper.make(0.0)
    assert keeper.made == WINDOW
    assert keeper.marked(1, 1.0)
    assert keeper.can_make


def test_a_sender_that_does_not_keep_repeats_nothing() -> None:
    keeper = Keeper(10, Random(1), keeps=False)
    while keeper.can_make:
        keeper.make(0.0)
    assert keeper.is_done
    assert keeper.oldest is None
    assert keeper.repeats(100.0) == []
