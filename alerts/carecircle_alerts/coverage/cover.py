"""Cover: what each bed of a matrix has, and what sending somebody now takes away (pure)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.coverage.figures import BACKUP_PEOPLE, CODE, MOST_PEOPLE, CoverState
from carecircle_alerts.coverage.matrix import Flags, Indices, Matrix, Seconds, is_estimate

States = NDArray[np.int8]
People = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Cover:
    """One row of arrays for each bed, as `figures` defines them.

    `state` holds codes of `figures.STATES`; `nearest` is the row of the matrix, or NOBODY; `people` is counted up to
    MOST_PEOPLE.
    """

    state: States
    p50_s: Seconds
    p90_s: Seconds
    nearest: Indices
    people: People

    @property
    def backed_up(self) -> Flags:
        """Covered by so many that one may leave."""
        flags: Flags = (self.state == CODE[CoverState.COVERED]) & (self.people >= BACKUP_PEOPLE)
        return flags


def within(matrix: Matrix, limit_s: Seconds) -> Flags:
    """Which post surely reaches which bed in time: by the 90th percentile."""
    flags: Flags = matrix.p90_s <= limit_s
    return flags


def count_people(sure: Flags, people: People) -> People:
    """How many people are surely with each bed in time."""
    # As floats, because only those are multiplied fast; numbers of people are exact in them.
    number: People = (people.astype(np.float32) @ sure.astype(np.float32)).astype(np.int64)
    return number


def cover_of(matrix: Matrix, limit_s: Seconds, people: People) -> Cover:
    """What each bed has when at each post are so many people; a post without people covers nothing.

    Ties go to the post that comes first.
    """
    beds = matrix.p90_s.shape[1]
    there = people > 0
    if not there.any():
        state = CoverState.ESTIMATED if is_estimate(matrix.basis) else CoverState.NOT_COVERED
        nothing = np.full(beds, np.inf, dtype=np.float32)
        return Cover(
            np.full(beds, CODE[state], np.int8), nothing, nothing, np.full(beds, NOBODY), np.zeros(beds, np.int64)
        )
    rows = np.flatnonzero(there)
    p50_s, p90_s = matrix.p50_s[rows], matrix.p90_s[rows]
    number = np.minimum(count_people(p90_s <= limit_s, people[rows]), MOST_PEOPLE)
    covered = number > 0
    columns = np.arange(beds)
    best = np.where(covered, p90_s.argmin(axis=0), p50_s.argmin(axis=0))
    best_50, best_90 = p50_s[best, columns], p90_s[best, columns]
    state_codes = np.where(
        covered,
        CODE[CoverState.COVERED],
        np.where(best_50 <= limit_s, CODE[CoverState.UNCERTAIN], CODE[CoverState.NOT_COVERED]),
    ).astype(np.int8)
    if is_estimate(matrix.basis):
        state_codes[:] = CODE[CoverState.ESTIMATED]
        number = np.zeros_like(number)
    nearest = np.where(np.isfinite(best_50), rows[best], NOBODY)
    return Cover(state_codes, best_50, best_90, nearest, number)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What goes when one person leaves a post: columns of the matrix, and the shares of all its beds.

    Shares are None where the times are estimates; the beds are then those that would be estimated so.
    """

    uncovered: Indices
    without_backup: Indices
    share_before: float | None
    share_after: float | None
    is_estimate: bool

    @property
    def change(self) -> float | None:
        """By how much the share falls; never above zero."""
        if self.share_before is None or self.share_after is None:
            return None
        return self.share_after - self.share_before


def leaving(matrix: Matrix, limit_s: Seconds, people: People, post: int) -> Leaving:
    """What sending one person from this post leaves: beds whose only cover goes, and beds that lose their backup."""
    sure = within(matrix, limit_s)
    number = count_people(sure, people)
    mine = sure[post] & (people[post] > 0)
    beds, covered = sure.shape[1], int((number > 0).sum())
    lost = np.flatnonzero(mine & (number == 1))
    guess = is_estimate(matrix.basis)
    return Leaving(
        uncovered=lost,
        without_backup=np.flatnonzero(mine & (number == BACKUP_PEOPLE)),
        share_before=covered / beds if beds and not guess else None,
        share_after=(covered - len(lost)) / beds if beds and not guess else None,
        is_estimate=guess,
    )


def left_behind(matrix: Matrix, limit_s: Seconds, people: People) -> tuple[People, People]:
    """Of every post: how many beds one person's leaving uncovers, and how many it leaves without backup.

    Estimates are never counted: of those it is none.
    """
    sure = within(matrix, limit_s) & (people > 0)[:, None] & (not is_estimate(matrix.basis))
    number = count_people(sure, people)
    return (sure & (number == 1)).sum(axis=1), (sure & (number == BACKUP_PEOPLE)).sum(axis=1)
