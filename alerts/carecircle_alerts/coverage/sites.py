"""Sites: where the next stations of an area would help most, computed from its beds and people as they are (I/O)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from carecircle.errors import Misconfigured, NotFound
from carecircle_alerts.coverage.candidates import MOST_CANDIDATES, Settlement, Site, candidate_sites
from carecircle_alerts.coverage.cover import within
from carecircle_alerts.coverage.day import BedPlace, cover_through_day
from carecircle_alerts.coverage.figures import CHINA
from carecircle_alerts.coverage.limits import Limits, plan_limits
from carecircle_alerts.coverage.matrix import Flags, Ground, MatrixSource, is_estimate
from carecircle_alerts.coverage.posts import PostMap
from carecircle_alerts.coverage.siting import Greedy, SitingAnswer, SitingQuestion, Weights, best_sites
from carecircle_alerts.coverage.store import Connection, read_limits, read_parts, read_posts, read_settlements
from carecircle_alerts.travel import Origin, Place

MOST_OPEN_BEDS = 50_000
"""Beds without cover that one question may have: the memory of 300 sites for each is 15 MB."""
_LISTED = 200
_PART = 2000


@dataclass(frozen=True, slots=True)
class SitesWanted:
    """How many new stations, in which area, at which hour of today (local), within how many seconds of computing.

    `mode` is how their people would travel; None: by e-bike where the terrain is a city, otherwise by car. With
    `by_frailty` a bed counts as `FRAILTY_WEIGHT` says, otherwise every bed counts the same.
    """

    area: str = ""
    stations: int = 3
    at: datetime | None = None
    mode: str | None = None
    most_candidates: int = MOST_CANDIDATES
    time_limit_s: float = 60.0
    by_frailty: bool = False
    with_drag: bool = False


FRAILTY_WEIGHT = {"severely_disabled": 3.0, "disabled": 2.0, "semi_disabled": 1.5}
"""What the bed of somebody so frail counts beside another's; an engineering proposal that needs clinical sign-off."""


@dataclass(frozen=True, slots=True)
class _Open:
    """The beds of an area that somebody should reach and nobody surely does, and how many there are beside them."""

    beds: Sequence[BedPlace]
    weights: Weights
    limits: Limits
    located: int
    unlocated: int


def find_sites(
    connection: Connection,
    source: MatrixSource,
    wanted: SitesWanted,
    now: datetime,
    on_part: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, object]:
    """The answer as a document for people and pages; raises `NotFound` where there is no bed, `Misconfigured`."""
    at = wanted.at or now
    open_beds = _open_beds(connection, source, wanted, at)
    if not open_beds.located and not open_beds.unlocated:
        raise NotFound("这个区域没有床位")
    sites = candidate_sites(
        read_settlements(connection, wanted.area),
        [Settlement(bed.id, bed.division_code, _place(bed)) for bed in open_beds.beds],
        wanted.most_candidates,
    )
    question = SitingQuestion(
        _reaches(sites, open_beds, source, wanted, at, on_part),
        open_beds.weights,
        np.zeros(len(open_beds.beds), dtype=np.bool_),
    )
    answer = best_sites(question, wanted.stations, time_limit_s=wanted.time_limit_s)
    return _document(question, answer, sites, open_beds, source, wanted, at)


def _open_beds(connection: Connection, source: MatrixSource, wanted: SitesWanted, at: datetime) -> _Open:
    there = at.astimezone(CHINA)
    post_map, limits = PostMap(read_posts(connection, there.date())), read_limits(connection)
    found: list[BedPlace] = []
    located = unlocated = 0
    for beds in read_parts(connection, wanted.area, _PART):
        limit_s = limits.of(beds)
        day = cover_through_day(beds, limit_s, post_map, source, there.date(), (there.hour,))
        # By the times alone, so that an estimate can be answered with an estimate.
        is_open = ~(day.p90_s[:, 0] <= limit_s)
        found += [bed for bed, wants in zip(beds, is_open, strict=True) if wants and bed.place is not None]
        located += sum(bed.place is not None for bed in beds)
        unlocated += sum(bed.place is None for bed in beds)
        if len(found) > MOST_OPEN_BEDS:
            raise Misconfigured(f"未覆盖的床位超过{MOST_OPEN_BEDS}张，请选择较小的区域 (choose a smaller area)")
    weights = [FRAILTY_WEIGHT.get(bed.frailty, 1.0) if wanted.by_frailty else 1.0 for bed in found]
    return _Open(found, np.array(weights, dtype=np.float64), limits, located, unlocated)


def _reaches(
    sites: Sequence[Site],
    open_beds: _Open,
    source: MatrixSource,
    wanted: SitesWanted,
    at: datetime,
    on_part: Callable[[int, int], None],
) -> Flags:
    terrain = {bed.id: bed.terrain for bed in open_beds.beds}
    origins = [Origin(site.place, wanted.mode or _usual_mode(terrain.get(site.near, "city"))) for site in sites]
    reaches = np.zeros((len(sites), len(open_beds.beds)), dtype=np.bool_)
    for start in range(0, len(open_beds.beds), _PART):
        beds = open_beds.beds[start : start + _PART]
        matrix = source.matrix(origins, [Ground(_place(bed), bed.terrain) for bed in beds], at)
        reaches[:, start : start + len(beds)] = within(matrix, open_beds.limits.of(beds))
        on_part(start + len(beds), len(open_beds.beds))
    return reaches


def _usual_mode(terrain: str) -> str:
    return "e_bike" if terrain == "city" else "car"


def _document(
    question: SitingQuestion,
    answer: SitingAnswer,
    sites: Sequence[Site],
    open_beds: _Open,
    source: MatrixSource,
    wanted: SitesWanted,
    at: datetime,
) -> dict[str, object]:
    guess, covered = is_estimate(source.basis), open_beds.located - len(open_beds.beds)
    counted, beyond = open_beds.located + open_beds.unlocated, np.flatnonzero(question.beyond_reach)
    so_far = np.zeros(len(open_beds.beds), dtype=np.bool_)
    chosen = []
    for order, site in enumerate(answer.sites, 1):
        new = question.reaches[site] & ~so_far
        so_far |= new
        chosen.append(
            {
                "order": order,
                **_site(sites[site]),
                "beds": int(new.sum()),
                "share_after": None if guess else round((covered + int(so_far.sum())) / counted, 4),
            }
        )
    return {
        "area": wanted.area,
        "at": at.isoformat().replace("+00:00", "Z"),
        "basis": source.basis,
        "version": source.version,
        "is_estimate": guess,
        "limits": plan_limits(),
        "by_frailty": wanted.by_frailty,
        "beds": counted,
        "unlocated": open_beds.unlocated,
        "without_cover": len(open_beds.beds),
        "share_before": None if guess else round(covered / counted, 4),
        "candidates": len(sites),
        "stations": chosen,
        "gained": answer.gained,
        "bound": answer.bound,
        "gap": round(answer.gap, 6),
        "seconds": round(answer.seconds, 3),
        "beyond_reach": {"beds": len(beyond), "ids": [open_beds.beds[row].id for row in beyond[:_LISTED]]},
        "drag": _drag(question, sites) if wanted.with_drag else None,
    }


def _drag(question: SitingQuestion, sites: Sequence[Site]) -> dict[str, object]:
    """What a page needs to follow a hand: which groups of beds each candidate reaches, and what each group counts."""
    reached, weights = question.groups
    return {
        "weights": [float(one) for one in weights],
        "sites": [
            {**_site(site), "gain": float(gain), "reaches": [int(group) for group in np.flatnonzero(row)]}
            for site, gain, row in zip(sites, Greedy(question).gains(), reached, strict=True)
        ],
    }


def _site(site: Site) -> dict[str, object]:
    return {
        "id": site.id,
        "near": site.near,
        "division_code": site.division_code,
        "lat": site.place.lat,
        "lon": site.place.lon,
    }


def _place(bed: BedPlace) -> Place:
    assert bed.place is not None, "only beds with coordinates are kept"
    return bed.place
