"""Histories: what devices measured and said of themselves, their rollups and the twin, in the catalogue (pure)."""

from carecircle.persons.conditions import BED, BED_ID
from carecircle.persons.vocabulary import (
    ANONYMOUS,
    DELETED,
    Person,
    Table,
    Words,
    by,
    columns,
    impersonal,
    technical,
)
from carecircle.quantities import History, quantities_of

_RESIDENT = Person.RESIDENT
_TITLES = {
    History.VITALS: Words("生命体征", "vital signs"),
    History.ENVIRONMENT: Words("室内环境", "the room"),
    History.SPOT_CHECK: Words("单次测量", "spot checks"),
}
_LAGS = " ".join(f"lag_{s}" for s in (1, 2, 5, 10, 30, 60, 300, 900, 3600, 28800, 86400))
_PERIODS = {"minute": Words("每分钟", "by minute"), "hour": Words("每小时", "by hour"), "day": Words("每天", "by day")}


def _raw(name: str, title: Words, shown: str) -> Table:
    return Table(
        name, title, {_RESIDENT: BED}, by(DELETED),
        (*columns(f"measured_at received_at bed device {shown} clock_offset_ms"), *technical("boot seq")),
        order="t.measured_at", is_long=True,
    )  # fmt: skip


def _rollup(history: History, period: str) -> Table:
    parts = [
        " ".join(
            f"{quantity.name}_{part}"
            for part in (("n", "true") if quantity.is_statement else ("n", "min", "max", "sum"))
        )
        for quantity in quantities_of(history)
    ]
    title, every = _TITLES[history], _PERIODS[period]
    return Table(
        f"{history.value}_{period}", Words(f"{title.zh}（{every.zh}汇总）", f"{title.en}, {every.en}"),
        {_RESIDENT: BED}, by(DELETED), columns(f"bed bucket {' '.join(parts)}"), order="t.bucket", is_long=True,
    )  # fmt: skip


def _reception(name: str, zh: str, en: str) -> Table:
    return Table(
        name, Words(zh, en), {_RESIDENT: BED}, by(DELETED),
        (*columns("bed bucket history:history messages"), *technical(_LAGS)), order="t.bucket", is_long=True,
    )  # fmt: skip


HISTORIES = (
    *(
        _raw(
            history.value,
            title,
            "quality " + " ".join(quantity.name for quantity in quantities_of(history)),
        )
        for history, title in _TITLES.items()
    ),
    _raw("device_event", Words("设备事件", "device events"), "event:event code detail"),
    _raw("device_status", Words("设备状态", "device status"), "online battery rssi firmware power:power link_quality"),
    *(_rollup(history, period) for history in _TITLES for period in _PERIODS),
    _reception("reception_hour", "消息到达（每小时）", "how messages came, by hour"),
    _reception("reception_day", "消息到达（每天）", "how messages came, by day"),
    Table(
        "device_word", Words("设备最近状态", "last word of each device"), {_RESIDENT: BED}, by(DELETED),
        columns("bed device measured_at online battery rssi link_quality firmware power:power"),
    ),
    Table(
        "device_clock", Words("设备时钟校正", "corrected device clocks"), {_RESIDENT: BED}, by(DELETED),
        (*columns("bed device since offset_ms"), *technical("boot from_at_ms")),
    ),
    Table(
        "bed_state", Words("床位最新状态", "the bed's present state"), {_RESIDENT: BED_ID}, by(DELETED),
        (*columns("bed_id last_seen_at metrics devices person protection"), *technical("mind next_at")),
    ),
    Table(
        "bed_memory", Words("规则的记忆", "what the rules remember"), {_RESIDENT: BED_ID}, by(DELETED),
        technical("bed_id slot settled_at taken_at mind"),
        remark=Words("由上述测量值算出，程序内部格式", "computed from the values above, in a format of the programs"),
    ),
    Table(
        "late_stretch", Words("迟到的数据", "readings that came late"), {_RESIDENT: BED_ID}, by(DELETED),
        (*columns("bed_id begin_at until_at device noted_at"), *technical("boot seq due_at")),
    ),
    Table(
        "rollup_touched", Words("待重新汇总的时段", "hours to be rolled up again"), {_RESIDENT: BED}, by(DELETED),
        technical("history bed hour taken"),
    ),
    Table(
        "quarantine", Words("无法识别的消息", "messages that could not be read"),
        {_RESIDENT: "t.topic ~ '^care/v1/[0-9]{6}/' and split_part(t.topic, '/', 4) = any(%(beds)s)"}, by(DELETED),
        (*columns("received_at topic reason:reason detail payload"), *technical("id payload_bytes")), order="t.id",
        remark=Words("内容按 Base64 编码", "contents in Base64"),
    ),
    *(
        Table(
            name, Words(zh, en), {}, by(ANONYMOUS), technical(names)
        )
        for name, zh, en, names in (
            (
                "fleet_day", "设备在线统计", "how many devices were alive",
                "day division_code provider_id circle samples beds protected partly silent devices alive low_battery",
            ),
            (
                "reception_place", "各地消息到达统计", "how messages came, by place",
                f"day division_code provider_id circle history messages {_LAGS}",
            ),
        )
    ),
    impersonal("fleet_sampled", "统计进度", "how far statistics are", "only_one hour"),
    impersonal("rollup_boundary", "汇总进度", "how far rollups are", "only_one rolled_until done_until"),
    impersonal("history_kept", "历史保留起点", "since when history is kept", "history since"),
)  # fmt: skip
