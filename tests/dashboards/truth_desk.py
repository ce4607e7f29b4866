"""The true figures of the desk, and of the monthly report."""

from collections import Counter

from carecircle_sim.month import Call
from tests.dashboards.lens import (
    BEIJING,
    OVER,
    Lens,
    answer_s,
    day_of,
    grouped,
    hour_of,
    is_counted,
    lag_class,
    last_first,
    mean,
    opened,
    percentile,
)
from tests.dashboards.truth_alarms import false_share
from tests.dashboards.truth_circle import Truth, arrived, by_area, by_day, nobody
from tests.dashboards.truth_fleet import is_protected
from tests.dashboards.viewer import Row


def verdict(lens: Lens, call: Call, limit_s: float) -> bool | None:
    """Answered in time, or not, or too early to say."""
    took = answer_s(call)
    if took is not None:
        return took <= limit_s
    too_early = call.state not in OVER and (lens.now - opened(call)).total_seconds() <= limit_s
    return None if too_early else False


def answered(lens: Lens, calls: list[Call], limit_s: float) -> float | None:
    return mean(float(said) for call in calls if (said := verdict(lens, call, limit_s)) is not None)


def _unanswered(lens: Lens) -> list[Row]:
    return [(sum(verdict(lens, call, 180) is False for call in lens.answerable()),)]


def _drills(lens: Lens) -> list[Call]:
    return [call for call in lens.answerable() if call.outcome == "test_press"]


def _by_month(lens: Lens) -> list[Row]:
    here = lens.now.astimezone(BEIJING)
    first = here.year * 12 + here.month - 1 - 11
    months = grouped(
        (call for call in lens.calls() if call.state != "MERGED"),
        lambda call: opened(call).astimezone(BEIJING).strftime("%Y-%m"),
    )
    return [
        (month, len(calls), answered(lens, calls, 60), answered(lens, calls, 180), 0.975, 0.99)
        for month, calls in sorted(months.items())
        if int(month[:4]) * 12 + int(month[5:]) - 1 >= first
    ]


def _by_day(lens: Lens) -> list[Row]:
    days = grouped(lens.answerable(), lambda call: day_of(opened(call)))
    return [
        (day, percentile(map(answer_s, calls), 0.5), percentile(map(answer_s, calls), 0.95))
        for day, calls in sorted(days.items())
    ]


def _load(lens: Lens) -> list[Row]:
    days = max((lens.end - lens.start).total_seconds() / 86_400, 1)
    calls = Counter(hour_of(opened(call)) for call in lens.answerable())
    alarms = Counter(hour_of(alarm.noted_at) for alarm in lens.noted() if alarm.held_back is None)
    return [(f"{hour:02d}", calls[hour] / days, alarms[hour] / days) for hour in range(24)]


def _by_operator(lens: Lens) -> list[Row]:
    people = grouped((call for call in lens.answerable() if call.operator is not None), lambda call: str(call.operator))
    rows = [
        (
            operator,
            len(calls),
            mean(float((answer_s(call) or 0) <= 60) for call in calls),
            percentile(map(answer_s, calls), 0.5),
        )
        for operator, calls in people.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _ranking(lens: Lens) -> list[Row]:
    rows = []
    for place, calls in grouped(lens.answerable(), lambda call: lens.place(call.bed)).items():
        figures = (
            len(calls), answered(lens, calls, 60), answered(lens, calls, 180), percentile(map(answer_s, calls), 0.95)
        )  # fmt: skip
        rows.append((place, lens.name(place), *figures, *lens.placed(place)))
    return sorted(rows, key=lambda row: (last_first(row[3]), last_first(None if row[5] is None else -row[5]), row[0]))


def _drill_list(lens: Lens) -> list[Row]:
    return [
        (
            opened(call), lens.name(lens.bed[call.bed].division[:6]), call.bed, call.kind, answer_s(call),
            call.accepted_s, call.arrived_s,
        )
        for call in sorted(_drills(lens), key=opened, reverse=True)[:50]
    ]  # fmt: skip


DESK: dict[str, Truth] = {
    "60 秒内应答率": lambda lens: [(answered(lens, lens.answerable(), 60),)],
    "180 秒内应答率": lambda lens: [(answered(lens, lens.answerable(), 180),)],
    "超过 180 秒无人应答": _unanswered,
    "应答 · 95 分位": lambda lens: [(percentile(map(answer_s, lens.answerable()), 0.95),)],
    "演练（测试呼叫）": lambda lens: [(len(_drills(lens)),)],
    "接手过求助的坐席": lambda lens: [(len({call.operator for call in lens.answerable()} - {None}),)],
    "按月：60 秒与 180 秒应答率": _by_month,
    "逐日：应答时间": _by_day,
    "按时刻：坐席负荷": _load,
    "按坐席：接手与用时": _by_operator,
    "区划：应答最慢的在前": _ranking,
    "演练的各阶段用时": _drill_list,
}


def _figures(lens: Lens) -> list[Row]:
    length = lens.end - lens.start
    now = _report(lens)
    before = _report(Lens(lens.world, lens.scope, lens.choice, lens.now, lens.end - length))
    rows = []
    for name, (unit, value) in now.items():
        earlier = before[name][1]
        rows.append((name, value, earlier, _worded(unit, value), _worded(unit, earlier)))
    return rows


def _worded(unit: str, value: float | None) -> str | None:
    if value is None:
        return None
    return {"share": f"{100 * value:.1f} %", "seconds": f"{value:.0f} 秒", "count": f"{value:.0f}"}[unit]


def _report(lens: Lens) -> dict[str, tuple[str, float | None]]:
    # Half-open, so that no call stands in both stretches.
    pressed = [call for call in lens.calls() if lens.start <= call.pressed_at < lens.end]
    counted = [call for call in pressed if is_counted(call)]
    answerable = [call for call in lens.calls() if lens.start <= opened(call) < lens.end and call.state != "MERGED"]
    noted = [alarm for alarm in lens.alarms() if lens.start <= alarm.noted_at < lens.end]
    days = [one for one in lens.world.month.days if one.bed in lens.bed and lens.start <= one.bucket < lens.end]
    sampled = [day for day, _ in lens.world.samples if lens.start <= day < lens.end]
    heads = lens.in_area
    return {
        "arrivals_within": ("share", lens.share(counted)),
        "arrival_p50": ("seconds", percentile(arrived(counted), 0.5)),
        "arrival_p95": ("seconds", percentile(arrived(counted), 0.95)),
        "calls": ("count", float(len(counted)) if pressed else None),
        "nobody_came": ("count", float(nobody(counted)) if pressed else None),
        "in_60": ("share", answered(lens, answerable, 60)),
        "in_180": ("share", answered(lens, answerable, 180)),
        "drills": ("count", float(sum(c.outcome == "test_press" for c in answerable)) if answerable else None),
        "protected": ("share", sum(map(is_protected, heads)) / len(heads) if sampled and heads else None),
        "false_share": ("share", false_share(noted)),
        "lag_p95": ("seconds", lag_class(days, 0.95)),
    }


REPORT: dict[str, Truth] = {
    "本期数字": _figures,
    "逐日：15 分钟内到达率与求助数": by_day,
    "各区划": by_area,
}
