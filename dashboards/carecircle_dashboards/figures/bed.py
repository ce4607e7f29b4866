"""Figures of one bed (pure). Bands of vital signs are NEWS2's (RCP 2017), advisory; they need clinical sign-off."""

from carecircle_dashboards.figures.figure import NONE_IS_GOOD, Colour, Figure, Steps

# NEWS2: 3 points at 40 and below and from 131; 1 to 2 points outside 51 to 90.
_HEART: Steps = (
    (None, Colour.BAD), (41.0, Colour.WATCH), (51.0, Colour.GOOD), (91.0, Colour.WATCH), (131.0, Colour.BAD)
)  # fmt: skip
# NEWS2: 3 points at 8 and below and from 25; 1 to 2 points outside 12 to 20.
_BREATH: Steps = (
    (None, Colour.BAD), (9.0, Colour.WATCH), (12.0, Colour.GOOD), (21.0, Colour.WATCH), (25.0, Colour.BAD)
)  # fmt: skip
# NEWS2 scale 1 is for sea level: at 2,260 m healthy sleepers lie below 90. So no band is called bad here.
_SPO2: Steps = ((None, Colour.WATCH), (85.0, Colour.GOOD))
_RECORDED = "只有获准读取健康数据的机构才有数据；每次查看都会留下记录。"

LAST_WORD = Figure(
    "距最后一次消息",
    "现在距这个床位最后一次发来任何消息的时间。15 分钟是床边传感器的新鲜度要求。从未有过消息的显示暂无。",
    "s",
    ((None, Colour.GOOD), (300.0, Colour.WATCH), (900.0, Colour.BAD)),
    decimals=0,
)
PROTECTION = Figure(
    "防护状态",
    "现在这个床位的各项能力是否都有有效的存活证据。15 分钟没有任何消息，就是没有防护。",
)
OPEN_INCIDENTS = Figure(
    "未结事件",
    "这个床位现在未结的事件数，包含求助、健康、行为和设备四类，不受所选时段限制。",
    "short",
    NONE_IS_GOOD,
)
INCIDENTS = Figure("事件数", "所选时段内这个床位的事件数，四类都算，合并到别的事件的不算。")
HEARD = Figure(
    "有读数的小时占比",
    "所选时段内已经结束的小时中，收到过这个床位读数的小时所占的比例。没有读数的时间里，图上的空白不等于平安。",
    "percentunit",
    ((None, Colour.BAD), (0.9, Colour.WATCH), (0.98, Colour.GOOD)),
    decimals=1,
)
HEART_RATE = Figure(
    "心率",
    "49 小时以内按分钟、更长按小时的平均值，浅色是最小到最大。色带是 NEWS2 的分档，仅供参考，须经临床确认。"
    + _RECORDED,
    "short",
    _HEART,
    decimals=0,
)
BREATH = Figure(
    "呼吸",
    "每分钟呼吸次数，49 小时以内按分钟、更长按小时的平均值。色带是 NEWS2 的分档，仅供参考，须经临床确认。" + _RECORDED,
    "short",
    _BREATH,
    decimals=0,
)
SPO2 = Figure(
    "血氧",
    "平均值与最小值。海拔 2260 米的健康人睡眠中也常低于 90%，所以这里不按海平面的分档标红；以本人平时水平为准。"
    + _RECORDED,
    "percent",
    _SPO2,
    decimals=0,
)
IN_BED = Figure(
    "在床",
    "每个时段内床垫报告在床的读数所占的比例：1 是一直在床，0 是一直不在。" + _RECORDED,
    "percentunit",
    decimals=0,
)
NIGHTS = Figure(
    "每夜在床时间与体动",
    "一夜是 20 点到次日 8 点（北京时间），按开始的那天标日期。在床小时由床垫读数折算；"
    "有读数的小时不满 12 的，是没有收到，"
    "不是没有在床。体动是平均值，突然升高说明睡得不安稳。" + _RECORDED,
    "h",
    decimals=1,
)
DEVICES = Figure(
    "设备与最后一次存活证据",
    "这个床位的每台设备：型号、电量、最后一次存活证据、现在是否有效，以及无效的原因。",
)
RECORD = Figure(
    "事件记录",
    "所选时段内这个床位的事件，从新到旧，最多 100 条。图上的竖线是同样的事件。",
)
