"""When a message is sent again that the broker took and the platform has not confirmed."""

from carecircle_gateway.uncovered import GIVE_UP_AFTER, LONGEST_REPEAT_S, Step, Watch


def test_the_lowest_is_repeated_later_each_time() -> None:
    watch, now = Watch(), 0.0
    assert watch.look(now, 7, 0) is Step.WAIT
    for wait_s in (10, 20, 40, 80, 160, 320, 640, 960, LONGEST_REPEAT_S):
        assert watch.look(now + wait_s - 1, 7, 0) is Step.WAIT
        now += wait_s
        assert watch.look(now, 7, 0) is Step.REPEAT


def test_a_mark_that_covers_it_begins_anew_with_the_next() -> None:
    watch = Watch()
    watch.look(0.0, 7, 0)
    assert watch.look(9.0, 8, 1) is Step.WAIT
    assert watch.look(18.0, 8, 1) is Step.WAIT
    assert watch.look(19.0, 8, 1) is Step.REPEAT
    assert watch.look(20.0, None, 2) is Step.WAIT


def test_nothing_is_given_up_while_the_platform_stores_nothing() -> None:
    watch = Watch()
    watch.look(0.0, 7, 3)
    assert {watch.look(LONGEST_REPEAT_S * turn, 7, 3) for turn in range(1, 50)} == {Step.REPEAT}


def test_what_is_never_stored_beside_others_that_are_is_given_up() -> None:
    watch = Watch()
    watch.look(0.0, 7, 0)
    steps = [watch.look(LONGEST_REPEAT_S * turn, 7, turn) for turn in range(1, GIVE_UP_AFTER + 2)]
    assert steps == [Step.REPEAT] * GIVE_UP_AFTER + [Step.GIVE_UP]
