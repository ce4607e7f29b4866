"""The true figures of travel: what was expected of whoever was asked, and how it came."""

from collections.abc import Iterable
from datetime import time

from tests.dashboards.lens import BEIJING, Lens, day_of, grouped, last_first, mean, percentile
from tests.dashboards.truth_circle import Truth
from tests.dashboards.viewer import Row
from tests.dashboards.world import CORRECTIONS, SOURCES, SPENT, Trip

_STRAIGHT = "straight_line_model"


def asked(lens: Lens) -> list[Trip]:
    """Whoever was asked in the time shown, and whose way was known."""
    return [
        one
        for one in lens.world.trips
        if one.bed in lens.bed and lens.start <= one.created_at <= lens.end and one.basis != "unknown"
    ]


def took_s(lens: Lens, trip: Trip) -> float | None:
    """From acceptance to the door; tests do not count."""
    if trip.accepted_at is None or trip.arrived_at is None:
        return None
    if lens.world.month.calls[trip.call].outcome == "test_press":
        return None
    return (trip.arrived_at - trip.accepted_at).total_seconds()


def arrived(lens: Lens, trips: Iterable[Trip]) -> list[tuple[float, Trip]]:
    """Those who came, with how long it took."""
    return [(took, one) for one in trips if (took := took_s(lens, one)) is not None]


def _hits(lens: Lens, trips: list[Trip]) -> tuple[float | None, float | None]:
    came = arrived(lens, trips)
    return (
        mean(float(took <= (one.p50_s or 0)) for took, one in came),
        mean(float(took <= (one.p90_s or 0)) for took, one in came),
    )


def _straight(trips: list[Trip]) -> float | None:
    return mean(float(one.basis == _STRAIGHT) for one in trips)


def hour_band(trip: Trip) -> str:
    """Rush hours of working days."""
    there = (trip.accepted_at or trip.created_at).astimezone(BEIJING)
    spans = ((time(7, 30), time(9)), (time(17, 30), time(19)))
    is_peak = there.isoweekday() <= 5 and any(begins <= there.time() < ends for begins, ends in spans)
    return "peak" if is_peak else "off_peak"


def _by_day(lens: Lens) -> list[Row]:
    rows = []
    for day, trips in sorted(grouped(asked(lens), lambda one: day_of(one.created_at)).items()):
        bases = grouped(trips, lambda one: one.basis)
        rows += [(day, basis, len(here) / len(trips)) for basis, here in sorted(bases.items())]
    return rows


def _by_basis(lens: Lens) -> list[Row]:
    everybody = asked(lens)
    rows = [
        (basis, len(trips), len(trips) / len(everybody), len(arrived(lens, trips)), *_hits(lens, trips))
        for basis, trips in grouped(everybody, lambda one: one.basis).items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _by_mode(lens: Lens) -> list[Row]:
    came = [one for _took, one in arrived(lens, asked(lens))]
    rows = []
    for (mode, band), trips in sorted(grouped(came, lambda one: (one.mode, hour_band(one))).items()):
        slower = percentile((took / (one.p50_s or 1) for took, one in arrived(lens, trips)), 0.5)
        rows.append((mode, band, len(trips), *_hits(lens, trips), slower))
    return rows


def _ranking(lens: Lens) -> list[Row]:
    rows = []
    for place, trips in grouped(asked(lens), lambda one: lens.place(one.bed)).items():
        figures = (len(trips), len(arrived(lens, trips)), *_hits(lens, trips), _straight(trips))
        rows.append((place, lens.name(place), *figures, *lens.placed(place)))
    return sorted(rows, key=lambda row: (last_first(row[5]), -row[2], row[0]))


def _corrections(lens: Lens) -> list[Row]:
    made_at = lens.world.calibrated_at
    newest = sorted(CORRECTIONS, key=lambda one: (-one[6], *one[:4]))
    return [("2", made_at, *one) for one in newest]


def _left(budget: int | None) -> int | None:
    return None if budget is None else budget - SPENT


TRAVEL: dict[str, Truth] = {
    "有路程的派单": lambda lens: [(len(asked(lens)),)],
    "直线估算占比": lambda lens: [(_straight(asked(lens)),)],
    "中位预计命中率": lambda lens: [(_hits(lens, asked(lens))[0],)],
    "九成预计命中率": lambda lens: [(_hits(lens, asked(lens))[1],)],
    "校正参数的年龄": lambda lens: [((lens.now - lens.world.calibrated_at).total_seconds(),)],
    "地图服务今日余额": lambda _lens: [(sum(_left(one[8]) or 0 for one in SOURCES),)],
    "逐日：路程的依据": _by_day,
    "按依据：预计与实际": _by_basis,
    "按出行方式与时段：预计与实际": _by_mode,
    "路程来源的状态": lambda _lens: [
        (name, int(alone), answered, unknown, failed, p50_ms, p95_ms, _left(budget))
        for name, _remote, alone, answered, unknown, failed, p50_ms, p95_ms, budget in SOURCES
    ],
    "区划：最不准的在前": _ranking,
    "当前的速度校正": _corrections,
}
