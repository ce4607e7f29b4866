"""Day: the cover of some beds through the 24 hours of a local day, written down only where it changes (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil

import numpy as np

from carecircle_alerts.coverage.cover import NOBODY, People, States, count_people, cover_of, left_behind, within
from carecircle_alerts.coverage.figures import CHINA, CODE, MOST_PEOPLE, STATES, CoverState
from carecircle_alerts.coverage.matrix import Flags, Ground, Indices, Matrix, MatrixSource, Seconds, is_estimate
from carecircle_alerts.coverage.posts import HOURS, PostMap
from carecircle_alerts.travel import Place

EVERY_HOUR = tuple(range(HOURS))


@dataclass(frozen=True, slots=True)
class BedPlace:
    """What coverage needs to know of a bed; `place` is None where nobody has entered it."""

    id: str
    division_code: str
    circle: str
    terrain: str
    place: Place | None
    frailty: str = "unknown"


@dataclass(frozen=True, slots=True)
class Spell:
    """A bed's cover from one hour up to another, in which nothing about it changes.

    Times are None where there is no way; `nearest` is a row of the post map.
    """

    bed: BedPlace
    from_hour: int
    until_hour: int
    state: CoverState
    p50_s: int | None
    p90_s: int | None
    limit_s: int
    people: int
    nearest: int | None


@dataclass(frozen=True, slots=True)
class BedsDay:
    """The day of some beds: arrays are beds by hours; `sole` and `second` are posts by hours.

    `sole` counts the beds that only this post's one person covers, `second` those that would lose their backup.
    """

    beds: Sequence[BedPlace]
    limit_s: Seconds
    state: States
    p50_s: Seconds
    p90_s: Seconds
    nearest: Indices
    people: People
    sole: People
    second: People

    def spells(self) -> Iterator[Spell]:
        """Bed by bed, hour by hour, a new one wherever anything changes."""
        changes = np.zeros(self.state.shape, dtype=np.bool_)
        changes[:, 0] = True
        for values in (self.state, self.p50_s, self.p90_s, self.nearest, self.people):
            changes[:, 1:] |= values[:, 1:] != values[:, :-1]
        for row, bed in enumerate(self.beds):
            starts = np.flatnonzero(changes[row])
            for start, end in zip(starts, [*starts[1:], len(changes[row])], strict=True):
                nearest = int(self.nearest[row, start])
                yield Spell(
                    bed=bed,
                    from_hour=int(start),
                    until_hour=int(end),
                    state=STATES[self.state[row, start]],
                    p50_s=_whole(self.p50_s[row, start]),
                    p90_s=_whole(self.p90_s[row, start]),
                    limit_s=int(self.limit_s[row]),
                    people=int(self.people[row, start]),
                    nearest=None if nearest == NOBODY else nearest,
                )


def hour_at(day: date, hour: int) -> datetime:
    """The middle of an hour of the local day, UTC."""
    return (datetime.combine(day, time(hour), CHINA) + timedelta(minutes=30)).astimezone(UTC)


def cover_through_day(
    beds: Sequence[BedPlace],
    limit_s: Seconds,
    post_map: PostMap,
    source: MatrixSource,
    day: date,
    hours: Sequence[int] = EVERY_HOUR,
) -> BedsDay:
    """The cover of each bed in each hour of a day, or in some of them.

    Where the nearest posts by air do not settle how well a bed is covered, every post within reach is asked; so states
    and people are exact, and the nearest is that of all that were asked.
    """
    found = _nothing(beds, limit_s, len(post_map.posts), len(hours))
    located = np.array([row for row, bed in enumerate(beds) if bed.place is not None], dtype=np.int64)
    found.state[located] = CODE[CoverState.NOT_COVERED if not is_estimate(source.basis) else CoverState.ESTIMATED]
    if not len(located) or not post_map.posts:
        return found
    reach_m = {one.mode: source.farthest_m(one.mode, float(limit_s.max())) for one in post_map.posts}
    places = [_ground(bed).place for bed in beds if bed.place is not None]
    posts, is_cut = post_map.around(places, reach_m)
    people = post_map.people[:, list(hours)]
    times = [hour_at(day, hour) for hour in hours]
    matrices = _matrices(found, located, posts, post_map, source, times)
    is_open = is_cut & _is_open(matrices, limit_s[located], people[posts])
    settled = ~is_open
    _fill(found, located[settled], posts, people[posts], _columns(matrices, settled))
    if is_open.any():
        near = post_map.all_around([place for place, wanted in zip(places, is_open, strict=True) if wanted], reach_m)
        more, rows = np.union1d(near, posts), located[is_open]
        _fill(found, rows, more, people[more], _matrices(found, rows, more, post_map, source, times))
    return found


def _nothing(beds: Sequence[BedPlace], limit_s: Seconds, posts: int, hours: int) -> BedsDay:
    shape = (len(beds), hours)
    return BedsDay(
        beds=beds,
        limit_s=limit_s,
        state=np.full(shape, CODE[CoverState.UNLOCATED], np.int8),
        p50_s=np.full(shape, np.inf, np.float32),
        p90_s=np.full(shape, np.inf, np.float32),
        nearest=np.full(shape, NOBODY),
        people=np.zeros(shape, np.int64),
        sole=np.zeros((posts, hours), np.int64),
        second=np.zeros((posts, hours), np.int64),
    )


def _matrices(
    found: BedsDay,
    rows: Indices,
    posts: Indices,
    post_map: PostMap,
    source: MatrixSource,
    times: Sequence[datetime],
) -> list[Matrix]:
    """The matrix of each hour; hours of one band share theirs."""
    grounds = [_ground(found.beds[row]) for row in rows]
    origins = [post_map.posts[post].origin for post in posts]
    by_band: dict[str, Matrix] = {}
    for at in times:
        band = source.band(at)
        if band not in by_band:
            by_band[band] = source.matrix(origins, grounds, at)
    return [by_band[source.band(at)] for at in times]


def _columns(matrices: Sequence[Matrix], chosen: Flags) -> list[Matrix]:
    cut = {id(one): one.columns(chosen) for one in matrices}
    return [cut[id(one)] for one in matrices]


def _is_open(matrices: Sequence[Matrix], limit_s: Seconds, people: People) -> Flags:
    """Of which beds more posts could still change what is said of them."""
    found = np.zeros(len(limit_s), dtype=np.bool_)
    for matrix, there in _situations(matrices, people):
        if not is_estimate(matrix.basis):
            found |= count_people(within(matrix, limit_s), np.frombuffer(there, np.int64)) < MOST_PEOPLE
    return found


def _fill(found: BedsDay, rows: Indices, posts: Indices, people: People, matrices: Sequence[Matrix]) -> None:
    limit_s = found.limit_s[rows]
    for (matrix, there), hours in _situations(matrices, people).items():
        number = np.frombuffer(there, np.int64)
        cover = cover_of(matrix, limit_s, number)
        sole, second = left_behind(matrix, limit_s, number)
        for hour in hours:
            found.state[rows, hour] = cover.state
            found.p50_s[rows, hour] = cover.p50_s
            found.p90_s[rows, hour] = cover.p90_s
            found.nearest[rows, hour] = np.where(cover.nearest == NOBODY, NOBODY, posts[cover.nearest])
            found.people[rows, hour] = cover.people
            found.sole[posts, hour] += sole
            found.second[posts, hour] += second


def _situations(matrices: Sequence[Matrix], people: People) -> Mapping[tuple[Matrix, bytes], list[int]]:
    """Hours in which roads are equally fast and the same people are there: each is computed once."""
    found: dict[tuple[int, bytes], list[int]] = {}
    for hour, matrix in enumerate(matrices):
        found.setdefault((id(matrix), people[:, hour].tobytes()), []).append(hour)
    return {(matrices[hours[0]], there): hours for (_matrix, there), hours in found.items()}


def _ground(bed: BedPlace) -> Ground:
    assert bed.place is not None, "only beds with coordinates are asked for"
    return Ground(bed.place, bed.terrain)


def _whole(seconds: np.float32) -> int | None:
    # Upwards: 900.2 s is not within 900.
    return ceil(seconds) if np.isfinite(seconds) else None
