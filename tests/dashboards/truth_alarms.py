"""The true figures of alarm quality."""

from collections import Counter
from datetime import UTC, timedelta

from carecircle_sim.month import Alarm
from tests.dashboards.lens import Lens, day_of, grouped, last_first, mean, percentile, ten_of
from tests.dashboards.truth_circle import Truth
from tests.dashboards.viewer import Row

FALSE = {"false_press", "false_alarm"}


def told(lens: Lens) -> list[Alarm]:
    return [alarm for alarm in lens.noted() if alarm.held_back is None]


def false_share(alarms: list[Alarm]) -> float | None:
    return mean(float(alarm.outcome in FALSE) for alarm in alarms if alarm.closed_at is not None)


def _model(lens: Lens, alarm: Alarm) -> str:
    return next(device.model for device in lens.bed[alarm.bed].devices if device.id == alarm.device)


def _rate(lens: Lens) -> list[Row]:
    took = set()
    for call in lens.calls(any_provider=True):
        if call.answered_s is not None and call.operator is not None:
            at = call.pressed_at + timedelta(seconds=call.answered_s)
            if lens.start <= at <= lens.end:
                took.add((int(at.timestamp() // 3600), call.operator))
    for alarm in lens.alarms():
        if alarm.answered_at is not None and lens.start <= alarm.answered_at <= lens.end:
            took.add((int(alarm.answered_at.timestamp() // 3600), alarm.operator or 0))
    at_work = Counter(hour for hour, _ in took)
    tens = Counter(ten_of(alarm.noted_at) for alarm in told(lens))
    return [(mean(alarms / max(at_work[ten // 6], 1) for ten, alarms in tens.items()),)]


def _flood_time(lens: Lens) -> list[Row]:
    tens = Counter(ten_of(alarm.noted_at) for alarm in told(lens))
    whole = max((lens.end - lens.start).total_seconds() / 600, 1)
    return [(sum(alarms > 10 for alarms in tens.values()) / whole,)]


def _chatter(lens: Lens) -> dict[tuple[str, str, str, int], int]:
    raised = [alarm for alarm in lens.alarms() if lens.start <= alarm.raised_at <= lens.end]
    hours = Counter((alarm.bed, alarm.device, alarm.kind, int(alarm.raised_at.timestamp() // 3600)) for alarm in raised)
    return {key: times for key, times in hours.items() if times >= 3}


def _stale(lens: Lens) -> list[Alarm]:
    since = lens.now - timedelta(hours=24)
    return [
        alarm
        for alarm in lens.alarms()
        if alarm.cleared_at is None and alarm.closed_at is None and alarm.raised_at < since
    ]


def _held_back(lens: Lens) -> list[Row]:
    return [(mean(float(alarm.held_back is not None) for alarm in lens.noted()),)]


def _by_hour(lens: Lens) -> list[Row]:
    found = Counter((int(alarm.noted_at.timestamp() // 3600), f"P{alarm.priority}") for alarm in told(lens))
    first, last = int(lens.start.timestamp() // 3600), int(lens.end.timestamp() // 3600)
    series = sorted({priority for _, priority in found})
    return [
        (lens.start.fromtimestamp(hour * 3600, UTC), priority, float(found[hour, priority]))
        for hour in range(first, last + 1)
        for priority in series
    ]


def _worst_ten(lens: Lens) -> list[Row]:
    tens = grouped(told(lens), lambda alarm: ten_of(alarm.noted_at))
    days: dict[object, int] = {}
    for ten, alarms in tens.items():
        day = day_of(lens.start.fromtimestamp(ten * 600, UTC))
        days[day] = max(days.get(day, 0), len(alarms))
    return sorted(days.items())


def _priorities(lens: Lens) -> list[Row]:
    counts = Counter(alarm.priority for alarm in told(lens))
    whole = sum(counts.values())
    return [
        (f"P{priority}", counts[priority], counts[priority] / whole if whole else None, reference)
        for priority, reference in ((1, 0.05), (2, 0.15), (3, 0.8))
    ]


def _by_model(lens: Lens) -> list[Row]:
    models = grouped(lens.noted(), lambda alarm: _model(lens, alarm))
    rows = [
        (model, len(alarms), sum(alarm.closed_at is not None for alarm in alarms), false_share(alarms))
        for model, alarms in models.items()
    ]
    return sorted(rows, key=lambda row: (last_first(None if row[3] is None else -row[3]), row[0]))


def _by_kind(lens: Lens) -> list[Row]:
    rows: list[Row] = [
        (
            kind,
            len(alarms),
            sum(alarm.closed_at is not None for alarm in alarms),
            false_share(alarms),
            percentile(
                ((one.answered_at - one.noted_at).total_seconds() for one in alarms if one.answered_at is not None), 0.5
            ),
        )
        for kind, alarms in grouped(lens.noted(), lambda alarm: alarm.kind).items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _ranking(lens: Lens) -> list[Row]:
    days = max((lens.end - lens.start).total_seconds() / 86_400, 1)
    noted = grouped(lens.noted(), lambda alarm: lens.place(alarm.bed))
    rows = []
    for place, beds in grouped(lens.in_area, lambda bed: lens.place(bed.id)).items():
        alarms = noted.get(place, [])
        reached = sum(alarm.held_back is None for alarm in alarms)
        figures = (len(beds), reached, reached * 100 / len(beds) / days, false_share(alarms))
        rows.append((place, lens.name(place), *figures, *lens.placed(place)))
    return sorted(rows, key=lambda row: (-row[4], row[0]))


def _chatter_list(lens: Lens) -> list[Row]:
    summed: dict[tuple[str, str, str], list[int]] = {}
    for (bed, device, kind, _), times in _chatter(lens).items():
        summed.setdefault((bed, device, kind), []).append(times)
    rows = []
    for (bed, device, kind), times_of in summed.items():
        model = next(one.model for one in lens.bed[bed].devices if one.id == device)
        rows.append((bed, device, model, kind, len(times_of), sum(times_of)))
    return sorted(rows, key=lambda row: (-row[5], row[0], row[1], row[3]))[:30]


def _stale_list(lens: Lens) -> list[Row]:
    return [
        (
            one.bed, lens.name(lens.bed[one.bed].division[:6]), one.kind, one.device, one.priority, one.raised_at,
            (lens.now - one.raised_at).total_seconds(),
        )
        for one in sorted(_stale(lens), key=lambda one: (one.raised_at, one.bed))[:30]
    ]  # fmt: skip


ALARMS: dict[str, Truth] = {
    "每坐席每 10 分钟告警数": _rate,
    "告警洪泛时间占比": _flood_time,
    "误报占比": lambda lens: [(false_share(lens.noted()),)],
    "滞留告警": lambda lens: [(len(_stale(lens)),)],
    "抖动告警": lambda lens: [(len(_chatter(lens)),)],
    "未打扰坐席的占比": _held_back,
    "逐时：送到坐席的告警": _by_hour,
    "逐日：最忙的 10 分钟": _worst_ten,
    "优先级构成": _priorities,
    "按类别：数量与误报": _by_kind,
    "区划：每床告警最多的在前": _ranking,
    "按型号：误报占比": _by_model,
    "抖动最多的设备": _chatter_list,
    "滞留最久的告警": _stale_list,
}
