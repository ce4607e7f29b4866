"""Figures of the pipeline: does what homes say arrive, soon enough and readable (pure)."""

from carecircle_dashboards.figures.figure import NONE_IS_GOOD, Colour, Figure, Steps

# Help calls travel the same way: seconds are in order, a minute is not (proposals).
_LAG: Steps = ((None, Colour.GOOD), (10.0, Colour.WATCH), (60.0, Colour.BAD))
_CLASSES = "迟到时间按 1、2、5、10、30 秒，1、5、15 分钟，1、8、24 小时分档统计，所以分位数是所在一档的上限，不会偏小。"

HEARD_NOW = Figure(
    "每分钟有读数的床位",
    "最近一个已经汇总完的分钟里，收到过读数的床位数。求助走同一条路：这里断了，保护也断了。",
)
LAG_P95 = Figure(
    "消息迟到 · 95 分位",
    "所选时段内（整日）每 20 条读数中，有 19 条从测量到收到不超过这个时间。断网后补传的也算在内。" + _CLASSES,
    "s",
    _LAG,
    decimals=0,
)
QUARANTINE_SHARE = Figure(
    "无法读取的占比",
    "所选时段内被隔离的消息数，占已收消息（整日）与被隔离消息之和的比例。持续高于万分之几，说明有设备或网关的程序不对。",
    "percentunit",
    ((None, Colour.GOOD), (0.0005, Colour.WATCH), (0.005, Colour.BAD)),
    decimals=3,
)
DUE_LATE = Figure(
    "逾期的定时任务",
    "已经过了时间 5 秒以上还没有执行的升级、催办、补派任务数。它不为 0，就有求助在等。",
    "short",
    ((None, Colour.GOOD), (1.0, Colour.BAD)),
)
WAITING = Figure(
    "待发消息", "还没有任何通道接走的通知数：待发、发送中和等待重试的都算。应当很快归零。", "short", NONE_IS_GOOD
)
ROLLUP_BEHIND = Figure(
    "汇总滞后",
    "历史汇总做到了多久以前。两三分钟是正常的；更久，图表就不是现在的样子。",
    "s",
    ((None, Colour.GOOD), (300.0, Colour.WATCH), (900.0, Colour.BAD)),
    decimals=0,
)
BEDS_BY_MINUTE = Figure(
    "逐分钟：有读数的床位",
    "最近 30 分钟，每分钟收到过读数的床位数，按体征和环境分。最近两三分钟还没有汇总。",
)
MESSAGES_BY_HOUR = Figure(
    "逐时：读数条数",
    "最近 24 小时，按测量时间每小时的读数条数，体征、环境和点测分开。补传的读数会补到它测量的那个小时。",
)
LAG_BY_DAY = Figure(
    "逐日：消息迟到",
    "按北京时间的自然日：中位数、95 分位和 99 分位。只含已经结束的日子。" + _CLASSES,
    "s",
    decimals=0,
)
QUARANTINE = Figure(
    "逐日：无法读取的消息",
    "按天（北京时间）和原因统计被隔离的消息。主题中没有区县代码的消息不属于任何区县，只在控制台的管理页面可见。",
)
SLOWEST = Figure(
    "区划：迟到最多的在前",
    "按所选的汇总级别分组：读数条数、迟到的 95 分位、超过 1 分钟才收到的比例。点名称进入它的下一级。" + _CLASSES,
)
QUEUES = Figure("待发消息：按通道", "还没有被接走的通知，按通道和状态：条数、最久等了多久、最多试了几次。")
SERVICES = Figure(
    "各部分最近一次心跳",
    "平台各部分上一次转完一圈是多久以前。超过一分钟，就要去看它。",
)
CHUNKS = Figure(
    "历史数据的分块",
    "每张历史表有多少分块、占多少空间、从什么时候起、已压缩几块。单块过大时维护程序会自动调整新块的长度。",
)
LAG_STEPS = _LAG
