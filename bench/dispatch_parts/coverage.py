"""Coverage and siting: the exact sites and the quick ones, a day of 1,950 beds, and a million beds part by part.

`python -m bench.dispatch_parts.coverage [--extract andorra.osm.pbf] [--beds 1000000]`. With an extract the day of 1,950
beds and the sites are on its roads; the million is made-up villages over a province with straight-line times, because
no road network of that size is at hand, and without a database. Last line: one JSON object.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from carecircle_alerts.coverage.areas import AreaTally
from carecircle_alerts.coverage.cover import within
from carecircle_alerts.coverage.day import BedPlace, cover_through_day
from carecircle_alerts.coverage.matrix import Ground, Matrix, MatrixSource
from carecircle_alerts.coverage.posts import Post, PostMap
from carecircle_alerts.coverage.siting import Greedy, SitingQuestion, best_sites
from carecircle_alerts.coverage.source import RoadMatrix
from carecircle_alerts.coverage.straight import StraightLineMatrix
from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.network import RoadNetwork

_DAY = date(2026, 11, 23)
_NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
_BEDS, _POSTS, _SITES, _STATIONS = 1950, 200, 300, 10
_MILLION, _PART, _VILLAGE = 1_000_000, 2000, 40
_PEOPLE_OF_A_MILLION = 50_000
_DRAGS = 200
_BY_DAY = range(8, 18)


class _Guessed(StraightLineMatrix):
    """Straight-line times that count, because figures of an estimate would not even be added up."""

    basis = "synthetic_network"

    def matrix(self, origins: Sequence[Origin], beds: Sequence[Ground], at: datetime) -> Matrix:
        found = super().matrix(origins, beds, at)
        return Matrix(found.p50_s, found.p90_s, self.basis, self.version)


def measure(extract: Path | None = None, beds: int = _MILLION) -> dict[str, float | int | str]:
    """Measure and print every figure; seconds, milliseconds, and MB of memory at most."""
    rng = np.random.default_rng(15)
    source, places = _ground(extract, rng)
    found: dict[str, float | int | str] = {"basis": source.basis}
    found |= _sites(source, places)
    found |= _day(source, places, rng)
    found |= _million(beds, rng)
    return found


def _ground(extract: Path | None, rng: np.random.Generator) -> tuple[MatrixSource, list[Place]]:
    """Travel times and 2,450 places among which they are asked for."""
    number = _BEDS + _POSTS + _SITES
    told = os.environ.get("CARECIRCLE_ROADS_EXTRACT")
    extract = extract or (Path(told) if told else None)
    if extract is None or not extract.is_file():
        print("coverage: no OpenStreetMap extract: 1,950 beds in made-up villages, straight-line times")
        return _Guessed(), [place for place, _code in _villages(number, 30_000, rng)]
    with tempfile.TemporaryDirectory() as folder:
        build_roads(extract, Path(folder) / "roads")
        network = RoadNetwork.load(Path(folder) / "roads")
    nodes = rng.choice(np.flatnonzero(network.graph.member["car"]), number)
    lat, lon = (axis[nodes] / 1e7 + rng.uniform(-0.001, 0.001, number)
                for axis in (network.graph.lat_e7, network.graph.lon_e7))  # fmt: skip
    print(f"coverage: on the roads of {extract.name}, {network.graph.node_count:,} nodes")
    return RoadMatrix(network), [Place(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]


def _sites(source: MatrixSource, places: list[Place]) -> dict[str, float | int | str]:
    beds, sites = places[:_BEDS], places[_BEDS + _POSTS :]
    times = source.matrix([Origin(one, "e_bike") for one in sites], [Ground(one, "city") for one in beds], _NOON)
    asked = SitingQuestion(within(times, np.full(_BEDS, 600, np.float32)), np.ones(_BEDS), np.zeros(_BEDS, np.bool_))
    exact = best_sites(asked, _STATIONS)
    greedy = Greedy(asked)
    quick = greedy.choose(_STATIONS)
    choose_ms = [_ms(lambda: greedy.choose(_STATIONS)) for _ in range(_DRAGS)]
    drag_ms = [_ms(lambda site=site: greedy.choose(_STATIONS, [site])) for site in range(min(_DRAGS, _SITES))]  # type: ignore[misc]
    p99 = float(np.percentile(choose_ms + drag_ms, 99))
    print(f"coverage: {_BEDS} beds x {_SITES} sites, {_STATIONS} stations within 10 min: exact {exact.gained:.0f} beds "
          f"in {exact.seconds:.2f} s (gap {exact.gap:.4f}), greedy {quick.gained:.0f} in {np.median(choose_ms):.2f} ms "
          f"(p99 while dragging {p99:.2f} ms)")  # fmt: skip
    return {
        "exact_sites_s": round(exact.seconds, 3), "exact_gap": round(exact.gap, 6), "exact_beds": int(exact.gained),
        "greedy_ms": round(float(np.median(choose_ms)), 3), "greedy_ms_p99": round(p99, 3),
        "greedy_beds": int(quick.gained),
    }  # fmt: skip


def _day(source: MatrixSource, places: list[Place], rng: np.random.Generator) -> dict[str, float | int | str]:
    beds = [BedPlace(f"bed-{n}", "630102001001", "urban", "city", one) for n, one in enumerate(places[:_BEDS])]
    posts = [_post(f"post-{n}", one, rng) for n, one in enumerate(places[_BEDS : _BEDS + _POSTS])]
    grounds = [Ground(one.place, one.terrain) for one in beds if one.place is not None]
    origins = [one.origin for one in posts]
    matrix_s = min(_ms(lambda: source.matrix(origins, grounds, _NOON)) for _ in range(3)) / 1000
    limit_s = np.full(_BEDS, 900, np.float32)
    day_s = min(_ms(lambda: cover_through_day(beds, limit_s, PostMap(posts), source, _DAY)) for _ in range(3)) / 1000
    print(f"coverage: {_BEDS} beds x {_POSTS} posts: matrix {matrix_s:.2f} s, all 24 hours of a day {day_s:.2f} s")
    return {"coverage_1950x200_s": round(day_s, 3), "coverage_matrix_s": round(matrix_s, 3)}


def _million(beds: int, rng: np.random.Generator) -> dict[str, float | int | str]:
    """Part by part, as a run does, without writing it down."""
    people = _villages(_PEOPLE_OF_A_MILLION * beds // _MILLION, 300_000, rng)
    posts = [_post(f"post-{n}", place, rng) for n, (place, _code) in enumerate(people)]
    post_map, source, tally, spells = PostMap(posts), _Guessed(), AreaTally(), 0
    limit_s = np.full(_PART, 900, np.float32)
    before_mb = _memory_mb()
    began = time.perf_counter()
    for part in _parts(beds, rng):
        day = cover_through_day(part, limit_s[: len(part)], post_map, source, _DAY)
        tally.add(day)
        spells += sum(1 for _spell in day.spells())
    took_s = time.perf_counter() - began
    areas = sum(1 for _area in tally.areas())
    print(f"coverage: {beds:,} beds, {len(posts):,} posts, 24 hours in {took_s:.0f} s: {spells:,} rows of beds, "
          f"{areas:,} of areas; memory {before_mb:.0f} MB with the people, {_memory_mb():.0f} MB at most")  # fmt: skip
    return {
        "coverage_1m_beds_s" if beds == _MILLION else f"coverage_{beds}_beds_s": round(took_s, 1),
        "coverage_1m_memory_mb" if beds == _MILLION else f"coverage_{beds}_memory_mb": round(_memory_mb()),
    }


def _parts(beds: int, rng: np.random.Generator) -> Iterator[list[BedPlace]]:
    part: list[BedPlace] = []
    for n, (place, code) in enumerate(_villages(beds, 300_000, rng)):
        part.append(BedPlace(f"bed-{n}", code, "urban", "city", place))
        if len(part) == _PART:
            yield part
            part = []
    if part:
        yield part


def _villages(number: int, across_m: float, rng: np.random.Generator) -> Iterator[tuple[Place, str]]:
    """Places in villages of 40, villages in order of their division codes, townships of about 50 villages together."""
    side = max(1, round((number / _VILLAGE / 50) ** 0.5))
    step = across_m / 111_195 / side
    for village in range(-(-number // _VILLAGE)):
        township = village // 50
        lat = 36 + (township // side % side) * step + rng.uniform(0, step)
        lon = 101 + (township % side) * step * 1.25 + rng.uniform(0, step * 1.25)
        code = f"{630100 + township // 999 % 999:06d}{township % 999:03d}{village % 50:03d}"
        spread = rng.normal(0, 0.003, (min(_VILLAGE, number - village * _VILLAGE), 2))
        for north, east in spread:
            yield Place(lat + north, lon + east), code


def _post(name: str, place: Place, rng: np.random.Generator) -> Post:
    """Two in three are there by day only."""
    always = rng.random() < 1 / 3
    hours = tuple(1 if always or hour in _BY_DAY else 0 for hour in range(24))
    return Post(name, name, place, ("walk", "e_bike", "car")[int(rng.integers(3))], hours)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure alone."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--extract", type=Path, help="an OpenStreetMap extract, .osm.pbf")
    arguments.add_argument("--beds", type=int, default=_MILLION, help="how many, part by part")
    told = arguments.parse_args()
    print(json.dumps(measure(told.extract, told.beds)))


if __name__ == "__main__":
    main()
