"""Chunk lengths: short enough for the memory, and no chasing after every change of the load."""

from datetime import timedelta

import pytest

from carecircle_upkeep.chunk_length import LENGTHS_H, FullChunk, choose_length

MB = 1024 * 1024
KEPT = timedelta(days=90)


@pytest.mark.parametrize(
    ("present_h", "index_mb", "wanted_h"),
    [
        (24, 256, None),
        (24, 65, None),
        (24, 64, 48),
        (24, 1, 48),
        (24, 257, 12),
        (24, 1100, 4),
        (24, 1_000_000, 1),
        (1, 300, None),
        (336, 1, None),
        (720, 1, 336),
    ],
    ids=[
        "just fits",
        "not room for four",
        "room for four",
        "one step at a time",
        "too large",
        "much too large",
        "larger than can be helped",
        "no shorter than an hour",
        "no longer than a sixth of what is kept",
        "longer than that",
    ],
)
def test_the_length_follows_the_size_of_the_index(present_h: int, index_mb: int, wanted_h: int | None) -> None:
    chunk = FullChunk("vitals", present_h, present_h, index_mb * MB)
    assert choose_length(chunk, 256 * MB, KEPT) == wanted_h


def test_a_chunk_of_another_length_says_nothing() -> None:
    assert choose_length(FullChunk("vitals", 12, 24, 9999 * MB), 256 * MB, KEPT) is None
    assert choose_length(FullChunk("vitals", 24, 24, 0), 256 * MB, KEPT) is None


def test_every_length_is_one_that_the_database_takes() -> None:
    assert all(1 <= length <= 720 for length in LENGTHS_H)
    assert sorted(LENGTHS_H) == list(LENGTHS_H)
