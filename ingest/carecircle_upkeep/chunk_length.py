"""Chunk length: how long a chunk should be so that its index stays in memory under the present load (pure)."""

from dataclasses import dataclass
from datetime import timedelta

LENGTHS_H = (1, 2, 4, 8, 12, 24, 48, 96, 168, 336, 720)
"""What is chosen from, in hours; the database takes nothing outside of an hour and 30 days."""

_ROOM_TO_GROW = 4
_DROPS_IN_A_RETENTION = 6  # what is kept 90 days is dropped at most 15 days late


@dataclass(frozen=True, slots=True)
class FullChunk:
    """The newest full chunk of a table: `present_h` is the length of chunks to come, `length_h` its own."""

    table: str
    present_h: int
    length_h: int
    index_bytes: int


def choose_length(chunk: FullChunk, index_bytes: int, kept: timedelta) -> int | None:
    """A better length in hours; None where the present one will do.

    `index_bytes` is how large the index may get. A chunk that is not of the present length says nothing yet. Chunks get
    shorter as soon as one is too large, and longer one step at a time, when there is room for four.
    """
    if chunk.length_h != chunk.present_h or chunk.index_bytes <= 0:
        return None
    ideal_h = index_bytes * chunk.length_h / chunk.index_bytes
    longest_h = kept / timedelta(hours=1) / _DROPS_IN_A_RETENTION
    if chunk.present_h <= min(ideal_h, longest_h) and chunk.present_h * _ROOM_TO_GROW > ideal_h:
        return None
    most_h = min(ideal_h, longest_h, chunk.present_h * 2)
    best = max((length for length in LENGTHS_H if length <= most_h), default=LENGTHS_H[0])
    return best if best != chunk.present_h else None
