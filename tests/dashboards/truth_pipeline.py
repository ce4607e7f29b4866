"""The true figures of the pipeline, and of one bed as far as its vital signs are not asked for."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from carecircle_sim.month import Reading
from tests.dashboards.lens import BEIJING, OVER, Lens, day_of, grouped, lag_class, mean, opened
from tests.dashboards.truth_circle import Truth
from tests.dashboards.truth_fleet import is_silent
from tests.dashboards.viewer import Row

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
HISTORIES = ("environment", "vitals")


def _unreadable(lens: Lens) -> list[tuple[str, object]]:
    return [
        (reason, at)
        for bed, reason, at in lens.world.month.unreadable
        if bed in lens.bed and lens.start <= at <= lens.end
    ]


def _quarantine_share(lens: Lens) -> list[Row]:
    bad, good = len(_unreadable(lens)), sum(2 * one.messages for one in lens.days())
    return [(bad / (bad + good) if bad + good else None,)]


def _due_late(lens: Lens) -> list[Row]:
    late = [timer for timer in lens.timers() if lens.now - timer.due_at > timedelta(seconds=5)]
    return [(len(late),)]


def _by_hour(lens: Lens) -> list[Row]:
    since = lens.end - timedelta(hours=24)
    hours = [one for one in lens.world.month.hours if one.bed in lens.bed and since <= one.bucket <= lens.end]
    return [
        (bucket, history, sum(one.messages for one in here))
        for bucket, here in sorted(grouped(hours, lambda one: one.bucket).items())
        for history in HISTORIES
    ]


def _lag_by_day(lens: Lens) -> list[Row]:
    days = grouped(lens.days(), lambda one: one.bucket)
    return [(day, *(lag_class(here, share) for share in (0.5, 0.95, 0.99))) for day, here in sorted(days.items())]


def _quarantine(lens: Lens) -> list[Row]:
    found = Counter((day_of(at), reason) for reason, at in _unreadable(lens))  # type: ignore[arg-type]
    return [(day, reason, times) for (day, reason), times in sorted(found.items())]


def _ranking(lens: Lens) -> list[Row]:
    rows = []
    for place, here in grouped(lens.days(), lambda one: lens.place(one.bed)).items():
        messages = sum(one.messages for one in here)
        late = 1 - sum(one.within[5] for one in here) / messages
        rows.append((place, lens.name(place), 2 * messages, lag_class(here, 0.95), late, *lens.placed(place)))
    return sorted(rows, key=lambda row: (-(row[3] or 0), -row[4], row[0]))


def _queues(lens: Lens) -> list[Row]:
    rows = []
    for (channel, state), here in grouped(lens.waiting(), lambda one: (one.channel, one.state)).items():
        oldest = max((lens.now - one.created_at).total_seconds() for one in here)
        rows.append((channel, state, len(here), oldest, max(one.attempts for one in here)))
    return sorted(rows, key=lambda row: (-row[3], row[0], row[1]))


def _services(lens: Lens) -> list[Row]:
    pulses = sorted(lens.world.pulses.items(), key=lambda one: (one[1], one[0]))
    return [(service, at, (lens.now - at).total_seconds()) for service, at in pulses]


def _heard(lens: Lens) -> list[tuple[str, str, datetime]]:
    return [one for one in lens.world.heard if one[0] in lens.bed]


def _beds_now(lens: Lens) -> list[Row]:
    newest = lens.world.rolled_until - timedelta(minutes=1)
    return [(len({bed for bed, _, at in _heard(lens) if at == newest}),)]


def _beds_by_minute(lens: Lens) -> list[Row]:
    since = lens.end - timedelta(minutes=30)
    found = Counter((at, history) for _, history, at in _heard(lens) if since <= at < lens.world.rolled_until)
    return [(at, history, beds) for (at, history), beds in sorted(found.items())]


PIPELINE: dict[str, Truth] = {
    "每分钟有读数的床位": _beds_now,
    "汇总滞后": lambda lens: [((lens.now - lens.world.rolled_until).total_seconds(),)],
    "逐分钟：有读数的床位": _beds_by_minute,
    "消息迟到 · 95 分位": lambda lens: [(lag_class(lens.days(), 0.95),)] if lens.days() else [],
    "无法读取的占比": _quarantine_share,
    "逾期的定时任务": _due_late,
    "待发消息": lambda lens: [(len(lens.waiting()),)],
    "逐时：读数条数": _by_hour,
    "逐日：消息迟到": _lag_by_day,
    "逐日：无法读取的消息": _quarantine,
    "区划：迟到最多的在前": _ranking,
    "待发消息：按通道": _queues,
    "各部分最近一次心跳": _services,
}
"""What chunks weigh is known to the database alone."""


def _incidents(lens: Lens) -> list[Row]:
    bed = lens.choice.bed
    family = {alarm.kind: alarm.family for alarm in lens.world.month.alarms}
    rows: list[Row] = [
        (
            opened(call), call.kind, "help", 1, call.state,
            None if call.closed_s is None else call.pressed_at + timedelta(seconds=call.closed_s), call.outcome,
        )
        for call in lens.world.month.calls
        if call.bed == bed
    ]  # fmt: skip
    rows += [
        (
            one.noted_at,
            one.kind,
            family[one.kind],
            one.priority,
            "CLOSED" if one.closed_at else "RECEIVED",
            one.closed_at,
            one.outcome,
        )
        for one in lens.world.month.alarms
        if one.bed == bed and one.has_incident
    ]
    return rows if any(one.id == bed for one in lens.visible) else []


def _shown(lens: Lens) -> list[Row]:
    return [row for row in _incidents(lens) if lens.start <= row[0] <= lens.end]


def _own(lens: Lens) -> list[Row]:
    found = [bed for bed in lens.visible if bed.id == lens.choice.bed]
    return [("no" if is_silent(bed) else bed.protection,) for bed in found]


def _devices(lens: Lens) -> list[Row]:
    rows: list[Row] = []
    for bed in lens.visible:
        for device in sorted(bed.devices, key=lambda one: one.id) if bed.id == lens.choice.bed else ():
            heard = None
            if device.heard_s_ago is not None:
                seconds = round(lens.world.month.now.timestamp() - device.heard_s_ago)
                heard = lens.now.fromtimestamp(seconds, lens.now.tzinfo)
            word = "never_heard" if heard is None else ("alive" if device.is_alive else "silent")
            rows.append((device.id, device.model, device.battery, heard, device.is_alive, word))
    return rows


def _last_word(lens: Lens) -> list[Row]:
    return [(bed.heard_s_ago,) for bed in lens.visible if bed.id == lens.choice.bed]


def _heard_hours(lens: Lens) -> list[Row]:
    until = min(lens.end, lens.now).replace(minute=0, second=0, microsecond=0)
    whole = int((until - lens.start).total_seconds() // 3600)
    buckets = {
        one.bucket
        for one in lens.world.month.hours
        if one.bed == lens.choice.bed and lens.start <= one.bucket < until and _own(lens)
    }
    return [(len(buckets) / whole if whole else None,)]


def _measured(lens: Lens, days: float | None = None) -> list[tuple[datetime, list[Reading]]]:
    """By minute up to 49 hours and by hour beyond, for who may read it."""
    if not lens.scope.health or not _own(lens):
        return []
    since = lens.start if days is None else lens.end - timedelta(days=days)
    width = timedelta(minutes=1) if lens.end - since <= timedelta(hours=49) else timedelta(hours=1)
    found = grouped(
        (one for one in lens.world.readings if one.bed == lens.choice.bed),
        lambda one: one.at - (one.at - _EPOCH) % width,
    )
    return [
        (at, here)
        for at, here in sorted(found.items())
        if since <= at <= lens.end and at + width <= lens.world.rolled_until
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    return mean(value for value in values if value is not None)


def _heart_rate(lens: Lens) -> list[Row]:
    return [(at, *(of(one.heart_rate for one in here) for of in (_mean, min, max))) for at, here in _measured(lens)]


def _spo2(lens: Lens) -> list[Row]:
    return [
        (at, _mean(one.spo2 for one in here), min((one.spo2 for one in here if one.spo2 is not None), default=None))
        for at, here in _measured(lens)
    ]


def _nights(lens: Lens) -> list[Row]:
    dark = [(at, here) for at, here in _measured(lens, 30) if not 8 <= at.astimezone(BEIJING).hour <= 19]
    rows: list[Row] = []
    for night, hours in sorted(grouped(dark, lambda one: day_of(one[0] - timedelta(hours=8))).items()):
        in_bed = sum(sum(one.in_bed for one in here) / len(here) for _, here in hours)
        rows.append((night, in_bed, len(hours), _mean(one.movement for _, here in hours for one in here)))
    return rows


BED: dict[str, Truth] = {
    "距最后一次消息": _last_word,
    "有读数的小时占比": _heard_hours,
    "心率": _heart_rate,
    "呼吸": lambda lens: [(at, _mean(one.respiratory_rate for one in here)) for at, here in _measured(lens)],
    "血氧": _spo2,
    "在床": lambda lens: [(at, sum(one.in_bed for one in here) / len(here)) for at, here in _measured(lens)],
    "每夜在床时间与体动": _nights,
    "防护状态": _own,
    "未结事件": lambda lens: [(sum(row[4] not in OVER for row in _incidents(lens)),)],
    "事件数": lambda lens: [(len(_shown(lens)),)],
    "设备与最后一次存活证据": _devices,
    "事件记录": lambda lens: sorted(_shown(lens), key=lambda row: row[0], reverse=True)[:100],
    "标注：事件": lambda lens: [
        (row[0], row[5], row[1], row[2]) for row in sorted(_shown(lens), key=lambda row: row[0])
    ],
}
"""The board of one bed."""
