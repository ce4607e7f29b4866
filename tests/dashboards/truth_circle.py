"""The true figures of the service circle."""

from collections.abc import Callable, Iterable
from math import sqrt

from carecircle_sim.month import Call
from tests.dashboards.lens import OVER, Lens, day_of, grouped, hour_of, is_counted, last_first, mean, percentile
from tests.dashboards.viewer import Row
from tests.dashboards.world import Cover

Truth = Callable[[Lens], list[Row]]


def arrived(calls: Iterable[Call]) -> list[float | None]:
    return [call.arrived_s for call in calls]


def nobody(calls: Iterable[Call]) -> int:
    return sum(call.state in OVER and call.arrived_s is None for call in calls)


def by_day(lens: Lens) -> list[Row]:
    days = grouped(lens.counted(), lambda call: day_of(call.pressed_at))
    return [(day, lens.share(calls), len(calls)) for day, calls in sorted(days.items())]


def _stages_by_day(lens: Lens) -> list[Row]:
    days = grouped(lens.counted(), lambda call: day_of(call.pressed_at))
    return [
        (
            day,
            percentile((call.accepted_s for call in calls), 0.5),
            percentile(arrived(calls), 0.5),
            percentile(arrived(calls), 0.95),
        )
        for day, calls in sorted(days.items())
    ]


def _ranking(lens: Lens) -> list[Row]:
    rows = []
    for place, calls in grouped(lens.counted(), lambda call: lens.place(call.bed)).items():
        figures = (
            len(calls),
            lens.share(calls),
            percentile((call.answered_s for call in calls), 0.5),
            percentile((call.accepted_s for call in calls), 0.5),
            percentile(arrived(calls), 0.5),
            percentile(arrived(calls), 0.95),
            sum(call.arrived_s is None for call in calls),
        )
        rows.append((place, lens.name(place), *figures, *lens.placed(place)))
    return sorted(rows, key=lambda row: (last_first(row[3]), last_first(None if row[7] is None else -row[7]), row[0]))


def _by_hour(lens: Lens) -> list[Row]:
    hours = grouped(lens.counted(), lambda call: hour_of(call.pressed_at))
    return [(f"{hour:02d}", lens.share(hours.get(hour, []))) for hour in range(24)]


def _stages(lens: Lens) -> list[Row]:
    calls = lens.counted()
    if not calls:
        return []

    def between(later: Callable[[Call], float | None], earlier: Callable[[Call], float | None]) -> list[float]:
        return [b - a for call in calls if (a := earlier(call)) is not None and (b := later(call)) is not None]

    ways = {
        "press_to_answer": between(lambda call: call.answered_s, lambda _: 0.0),
        "answer_to_accept": between(lambda call: call.accepted_s, lambda call: call.answered_s),
        "accept_to_arrive": between(lambda call: call.arrived_s, lambda call: call.accepted_s),
        "press_to_arrive": between(lambda call: call.arrived_s, lambda _: 0.0),
    }
    return [(stage, len(way), percentile(way, 0.5), percentile(way, 0.95)) for stage, way in ways.items()]


def _stations(lens: Lens) -> list[Row]:
    serving = {bed.provider for bed in lens.beds}
    calls = grouped(lens.counted(any_provider=True), lambda call: lens.bed[call.bed].provider)
    rows = []
    for one in lens.world.month.bureau.providers:
        # An institution's own role sees its own door alone; an area's sees the doors in the area.
        is_seen = one.id in lens.scope.providers or one.area.startswith(lens.scope.areas or "none")
        if one.id in serving and is_seen:
            decided = [call for call in calls.get(one.id, []) if lens.within(call) is not None]
            rows.append((one.name, one.lat, one.lon, len(decided), lens.share(decided)))
    return rows


def _providers(lens: Lens) -> list[Row]:
    decided = [call for call in lens.counted(any_provider=True) if lens.within(call) is not None]

    def kind(call: Call) -> tuple[str, str, bool]:
        bed = lens.bed[call.bed]
        return bed.circle, bed.terrain, 7 <= hour_of(call.pressed_at) <= 21

    usual = {key: lens.share(calls) for key, calls in grouped(decided, kind).items()}
    names = {one.id: one.name for one in lens.world.month.bureau.providers}
    chosen = lens.choice.providers
    rows = []
    for provider, calls in grouped(decided, lambda call: lens.bed[call.bed].provider).items():
        if provider is None or (chosen is not None and provider not in chosen):
            continue
        n, p = len(calls), lens.share(calls) or 0.0
        expected = mean(usual[kind(call)] or 0.0 for call in calls) or 0.0
        z = 1.96
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
        rows.append((provider, names[provider], n, p, expected, p - expected, low, high))
    return sorted(rows, key=lambda row: (round(row[5], 9), row[0]))


def _by_circle(lens: Lens) -> list[Row]:
    circles = grouped(lens.counted(), lambda call: lens.bed[call.bed].circle)
    return [
        (name, len(calls), lens.share(calls), percentile(arrived(calls), 0.5), percentile(arrived(calls), 0.95))
        for name, calls in sorted(circles.items(), reverse=True)
    ]


def _recent(lens: Lens) -> list[Row]:
    words = {True: "within", False: "beyond", None: "undecided"}
    return [
        (
            call.pressed_at, lens.name(lens.bed[call.bed].division[:6]), call.bed, lens.bed[call.bed].circle, call.kind,
            call.state, call.answered_s, call.accepted_s, call.arrived_s,
            words[lens.within(call)] if is_counted(call) else "not_counted", call.outcome,
        )
        for call in sorted(lens.pressed(), key=lambda call: call.pressed_at, reverse=True)[:100]
    ]  # fmt: skip


def by_area(lens: Lens) -> list[Row]:
    rows = [(*row[:4], row[6], row[7], 0, *row[9:]) for row in _ranking(lens)]
    places = grouped(lens.counted(), lambda call: lens.place(call.bed))
    return [(*row[:6], nobody(places[row[0]]), *row[7:]) for row in rows]


def _cover(lens: Lens, hour: int) -> list[Cover]:
    return [one for one in lens.world.cover if one.bed in lens.bed and one.from_hour <= hour < one.until_hour]


def _is_covered(cover: Cover) -> bool:
    return cover.state == "covered"


def _has_backup(cover: Cover) -> bool:
    return cover.people >= 2


def _now(lens: Lens, holds: Callable[[Cover], bool]) -> list[Row]:
    return [(mean(float(holds(one)) for one in _cover(lens, hour_of(lens.now))),)]


def _through_the_day(lens: Lens) -> list[Row]:
    rows: list[Row] = []
    for hour in range(24):
        here = _cover(lens, hour)
        shares = (mean(float(holds(one)) for one in here) for holds in (_is_covered, _has_backup))
        rows.append((f"{hour:02d}", *shares))
    return rows


def _not_reached(lens: Lens) -> list[Row]:
    rows: list[Row] = [
        (
            one.bed, lens.name(lens.bed[one.bed].division[:6]), lens.bed[one.bed].circle, one.state, one.p50_s,
            one.p90_s, 0 if one.p90_s is None else max(one.p90_s - 900, 0),
        )
        for one in _cover(lens, hour_of(lens.now))
        if not _is_covered(one)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row[5] is not None, -row[6], row[0]))[:50]


CIRCLE: dict[str, Truth] = {
    "此刻圈内的床位": lambda lens: _now(lens, _is_covered),
    "此刻有后备的床位": lambda lens: _now(lens, _has_backup),
    "一天之中：圈内与有后备": _through_the_day,
    "此刻圈外的床位": _not_reached,
    "15 分钟内到达率": lambda lens: [(lens.share(lens.counted()),)],
    "按下到到达 · 中位数": lambda lens: [(percentile(arrived(lens.counted()), 0.5),)],
    "按下到到达 · 95 分位": lambda lens: [(percentile(arrived(lens.counted()), 0.95),)],
    "计入的求助": lambda lens: [(len(lens.counted()),)],
    "未结求助": lambda lens: [(sum(call.state not in OVER for call in lens.calls()),)],
    "没有人上门": lambda lens: [(nobody(lens.counted()),)],
    "逐日：15 分钟内到达率与求助数": by_day,
    "逐日：按下到接单、按下到到达": _stages_by_day,
    "区划：最需要改进的在前": _ranking,
    "按时刻：几点钟做不到": _by_hour,
    "各阶段用时": _stages,
    "机构与求助地图": _stations,
    "机构：公平比较": _providers,
    "城市、农村与牧区服务圈": _by_circle,
    "最近的求助": _recent,
}
