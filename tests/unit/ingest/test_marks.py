"""What a sender is told that it may forget."""

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from carecircle.topics import Kind, Topic
from carecircle_ingest.marks import Marks

MAT = Topic("630102", "bed-1", "mat", Kind.TELEMETRY)


def said(marks: Marks, now: float = 100.0) -> list[list[int]]:
    return [json.loads(payload)["stored"] for _topic, payload in marks.due(now)]


def test_a_sender_that_keeps_nothing_is_told_nothing() -> None:
    marks = Marks()
    marks.note(MAT, 1, 1, None)
    assert said(marks) == []


def test_the_mark_stands_before_the_first_gap() -> None:
    marks = Marks()
    for seq in (1, 2, 4, 5):
        marks.note(MAT, 7, seq, 1)
    assert said(marks) == [[7, 2]]
    marks.note(MAT, 7, 3, 3)
    assert said(marks, 110.0) == [[7, 5]]


def test_what_the_sender_gave_up_closes_the_gap() -> None:
    marks = Marks()
    marks.note(MAT, 7, 1, 1)
    marks.note(MAT, 7, 5, 4)
    assert said(marks) == [[7, 3]]
    marks.note(MAT, 7, 4, 4)
    assert said(marks, 110.0) == [[7, 5]]


def test_a_restarted_reader_believes_what_the_sender_no_longer_keeps() -> None:
    marks = Marks()
    marks.note(MAT, 7, 5000, 5000)
    assert said(marks) == [[7, 5000]]


def test_marks_come_every_two_seconds_or_after_a_hundred_messages() -> None:
    marks = Marks()
    marks.note(MAT, 1, 1, 1)
    assert said(marks, 10.0) == [[1, 1]]
    marks.note(MAT, 1, 2, 1)
    assert said(marks, 11.0) == []
    assert said(marks, 12.0) == [[1, 2]]
    for seq in range(3, 103):
        marks.note(MAT, 1, seq, 1)
    assert said(marks, 12.5) == [[1, 102]]


def test_a_sender_that_repeats_what_it_may_forget_is_told_again() -> None:
    marks = Marks()
    marks.note(MAT, 1, 1, 1)
    assert said(marks, 10.0) == [[1, 1]]
    marks.note(MAT, 1, 1, 1)
    assert said(marks, 20.0) == [[1, 1]]


def test_a_last_will_is_outside_and_boots_do_not_mix() -> None:
    marks = Marks()
    marks.note(MAT, 1, 0, 1)
    marks.note(MAT, 1, 3, 3)
    marks.note(MAT, 2, 1, 1)
    assert sorted(said(marks)) == [[1, 3], [2, 1]]


@given(st.permutations(list(range(1, 12))), st.lists(st.integers(1, 11), max_size=5))
def test_a_mark_never_runs_ahead_of_what_is_committed(order: list[int], again: list[int]) -> None:
    marks, there, now = Marks(), set[int](), 0.0
    for seq in [*order, *again]:
        marks.note(MAT, 1, seq, 1)
        there.add(seq)
        now += 10.0
        for _boot, mark in said(marks, now):
            assert set(range(1, mark + 1)) <= there
    marks.note(MAT, 1, 1, 1)
    assert said(marks, now + 10.0) == [[1, 11]]


def test_a_message_that_stands_for_thinned_ones_moves_the_mark_over_them() -> None:
    marks = Marks()
    marks.note(MAT, 7, 4, 1, 1)
    assert said(marks) == [[7, 4]]
    marks.note(MAT, 7, 12, 5, 9)
    assert said(marks, 110.0) == []
    marks.note(MAT, 7, 8, 5, 5)
    assert said(marks, 120.0) == [[7, 12]]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=20), st.randoms())
def test_thinned_runs_in_any_order_end_at_the_last(lengths: list[int], random: Random) -> None:
    runs, low = [], 1
    for length in lengths:
        runs.append((low, low + length - 1))
        low += length
    random.shuffle(runs)
    marks = Marks()
    for since, seq in runs:
        marks.note(MAT, 7, seq, 1, since if since < seq else None)
    assert said(marks) == [[7, low - 1]]


def test_a_mark_brings_the_time_to_homes_without_a_clock() -> None:
    marks = Marks()
    marks.note(MAT, 7, 1, 1)
    ((_topic, payload),) = marks.due(100.0, 1_795_420_800_000)
    assert json.loads(payload) == {"id": "s7-1", "stored": [7, 1], "at": 1_795_420_800_000}
