"""Asking: how likely somebody comes in time, and how many must be asked at once to be sure enough (pure).

What is assumed, and stated so that it can be doubted: people answer independently of each other; the way takes
log-normal time between its median and its 90th percentile; whoever accepts does so after an exponential time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, exp, log, sqrt
from typing import NamedTuple

# What is expected of somebody of whom nothing is known, by role. Volunteers: PulsePoint, 23 % set off. Neighbours: the
# lower end of EVapp (55 to 75 %), whose members live nearby. Staff on duty: its upper end, and the middle of Ticino
# (70 to 80 %). Nobody has measured it here yet: the history below takes over as it grows.
PRIOR: Mapping[str, float] = {"staff": 0.75, "neighbour": 0.55, "volunteer": 0.23}
# How many answers the prior is worth (engineering proposal): after ten, person and role count the same.
_PRIOR_WEIGHT = 10.0
# Mean time in which those accept who accept at all (engineering proposal; Mobile Retter gives 20 s before the next).
ACCEPTS_AFTER_S = 20.0
_Z_P90 = 1.2815515655446004  # the standard normal's 90th percentile
_LONG_SILENCE = 700.0  # beyond it the exponential would overflow
_SURE = 1e-9  # probabilities closer than this are the same


class Standing(NamedTuple):
    """How somebody has answered so far, and what they have carried lately; all numbers fade with time.

    `asked` and `accepted` lose half their weight in 90 days, `asked_lately` and `went_lately` in 12 hours.
    `only_theirs` is how many beds nobody else who is free reaches inside the circle.
    """

    asked: float = 0.0
    accepted: float = 0.0
    asked_lately: float = 0.0
    went_lately: float = 0.0
    only_theirs: int = 0


STRANGER = Standing()


@dataclass(frozen=True, slots=True)
class Asking:
    """How many to ask now, and how sure it is then that one of them, or of those asked before, comes in time."""

    count: int
    reached: float


def accepts(role: str, standing: Standing) -> float:
    """The probability that somebody accepts: their own history, drawn to what is usual for their role."""
    prior = PRIOR.get(role, PRIOR["volunteer"])
    return (prior * _PRIOR_WEIGHT + standing.accepted) / (_PRIOR_WEIGHT + standing.asked)


def still_accepts(accepting: float, silent_s: float) -> float:
    """The probability that somebody who has been silent for so long still accepts (Bayes over the answering time)."""
    if accepting <= 0:
        return 0.0
    return accepting / (accepting + (1 - accepting) * exp(min(max(0.0, silent_s) / ACCEPTS_AFTER_S, _LONG_SILENCE)))


def arrives_within(p50_s: float, p90_s: float, left_s: float) -> float:
    """The probability that a way with this median and 90th percentile is done in `left_s` seconds."""
    if left_s <= 0:
        return 0.0
    if p50_s <= 0:
        return 1.0
    spread = log(p90_s / p50_s) / _Z_P90 if p90_s > p50_s else 0.0
    if spread < _SURE:
        return 1.0 if p50_s <= left_s else 0.0
    return 0.5 * (1 + erf(log(left_s / p50_s) / spread / sqrt(2)))


def how_many(standing: Sequence[float], chances: Sequence[float], target: float, least: int, most: int) -> Asking:
    """The fewest people, in this order, with whom the probability that one comes in time reaches `target`.

    `chances` are of those who could be asked, best first; `standing` of those who were asked and may still come. Never
    fewer than `least` nor more than `most`, nor more than there are. More likely people are never more people.
    """
    room = max(0, min(most, len(chances)))
    nobody = 1.0
    for chance in standing:
        nobody *= 1 - chance
    count = 0
    while count < room and (count < least or 1 - nobody < target - _SURE):
        nobody *= 1 - chances[count]
        count += 1
    return Asking(count, 1 - nobody)
