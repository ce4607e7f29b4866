"""Figures of the fleet: which beds are protected now, and which devices have fallen silent (pure)."""

from carecircle_dashboards.figures.figure import NONE_IS_GOOD, Colour, Figure, Steps

# Proposals: a bureau pays for all of its beds to be protected.
_PROTECTED: Steps = ((None, Colour.BAD), (0.9, Colour.WATCH), (0.97, Colour.GOOD))
_LOW: Steps = ((None, Colour.BAD), (20.0, Colour.GOOD))

PROTECTED = Figure(
    "受到完整防护的床位",
    "现在每一项能力都有仍然有效的存活证据的床位，占全部床位的比例，不受所选时段限制。"
    "15 分钟没有任何消息的床位不算受防护（床边传感器的新鲜度要求）；部分失效的也不算完整防护。",
    "percentunit",
    _PROTECTED,
    decimals=1,
)
# One bed is worth a look; ten: proposal.
SILENT_BEDS = Figure(
    "静默床位",
    "现在已有 15 分钟没有收到任何消息、或从未收到消息的床位数，不受所选时段限制。静默的床位不能算受到保护。",
    "short",
    ((None, Colour.GOOD), (1.0, Colour.WATCH), (10.0, Colour.BAD)),
)
DEAD_DEVICES = Figure(
    "没有存活证据的设备",
    "现在存活证据已经过期、或从未有过的设备数。每种设备的期限由静默规则按它平时的节奏决定。",
    "short",
    NONE_IS_GOOD,
)
LOW_BATTERY = Figure(
    "低电量设备",
    "最后一次自报电量低于 20% 的设备数（工程建议值）。没有电池的设备不计。",
    "short",
    NONE_IS_GOOD,
)
UNTESTED = Figure(
    "超过 7 天未试按的床位",
    "最近 7 天没有试按过呼叫按钮的床位数。智慧养老系统规范要求每周试按一次；没有试按过的按钮，不能算好的。",
    "short",
    ((None, Colour.GOOD), (1.0, Colour.WATCH)),
)
DEVICES = Figure("设备总数", "登记在所选范围内床位上的全部设备，不论是否在线；已经拆走而没有注销的也在内。")
PROTECTED_BY_DAY = Figure(
    "逐日：受防护与静默的床位",
    "每小时取样一次，按北京时间的自然日平均：受到完整防护、部分防护和静默的床位各占全部床位的比例。",
    "percentunit",
    decimals=1,
)
DEVICES_BY_DAY = Figure(
    "逐日：没有存活证据与低电量的设备",
    "每小时取样一次，按北京时间的自然日平均：没有有效存活证据的设备、自报电量低于 20% 的设备各占全部设备的比例。",
    "percentunit",
    decimals=1,
)
FLEET_RANKING = Figure(
    "区划：防护最差的在前",
    "按所选的汇总级别分组，现在受到完整防护的床位比例从低到高。点名称进入它的下一级。",
)
MODELS = Figure(
    "型号 × 固件",
    "按型号和最后一次自报的固件版本分组：设备数、有存活证据的比例、电量中位数。同一型号不同固件差别大，先查固件。"
    "从未自报过固件的记作“未知”。",
)
BATTERIES = Figure(
    "电量分布",
    "有电池的设备按最后一次自报的电量分成十档：每档多少台。左边的先换。",
)
SILENT_LONGEST = Figure(
    "静默最久的床位",
    "现在静默的床位，从未有过消息的在最前，其余按最后一次消息从早到晚，最多 50 个。点床位编号看这一个床位。",
)
BATTERY_STEPS = _LOW
PROTECTED_STEPS = _PROTECTED
