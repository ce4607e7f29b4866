"""Figures of alarm quality after ISA-18.2: how much a desk is asked to bear, and what it was worth (pure).

ISA-18.2's numbers are widely quoted; the paid text was not seen (unverified).
"""

from carecircle_dashboards.figures.figure import Colour, Figure, Steps

# About 1 per operator and 10 min is acceptable, 2 the most (ISA-18.2, unverified).
_RATE: Steps = ((None, Colour.GOOD), (1.0, Colour.WATCH), (2.0, Colour.BAD))
# Less than 1 % of the time in flood (ISA-18.2, unverified); 5 %: proposal.
_FLOOD: Steps = ((None, Colour.GOOD), (0.01, Colour.WATCH), (0.05, Colour.BAD))
# Proposals: of the bed-absence mats measured, a third of the alarms were false (PPV 68 %).
_FALSE: Steps = ((None, Colour.GOOD), (0.2, Colour.WATCH), (0.33, Colour.BAD))
_FEW: Steps = ((None, Colour.GOOD), (1.0, Colour.WATCH), (10.0, Colour.BAD))

RATE = Figure(
    "每坐席每 10 分钟告警数",
    "所选时段内每个有告警的 10 分钟里，送到坐席的告警数除以坐席数，取平均。"
    "坐席数是该小时内接手过事件的不同坐席，至少按 1 人算。"
    "被搁置、洪泛合并或迟到而没有打扰坐席的不计。ISA-18.2：约 1 可以承受，2 是上限。",
    "short",
    _RATE,
    decimals=2,
)
FLOOD_TIME = Figure(
    "告警洪泛时间占比",
    "10 分钟内送到坐席的告警超过 10 条，算洪泛。洪泛的 10 分钟占所选时段全部 10 分钟的比例。ISA-18.2：应低于 1%。",
    "percentunit",
    _FLOOD,
    decimals=2,
)
FALSE_SHARE = Figure(
    "误报占比",
    "已由人结案的告警中，结案结果为误报或误触的比例。没有结案的不计，所以结案越及时越准。",
    "percentunit",
    _FALSE,
    decimals=1,
)
STALE = Figure(
    "滞留告警",
    "现在仍然成立、没有人结案、已超过 24 小时的告警数，不受所选时段限制（ISA-18.2）。",
    "short",
    _FEW,
)
CHATTERING = Figure(
    "抖动告警",
    "同一床位、同一设备、同一类告警在一个钟点内出现 3 次及以上，算一次抖动。所选时段内的抖动次数。",
    "short",
    _FEW,
)
HELD_BACK = Figure(
    "未打扰坐席的占比",
    "全部告警中，因搁置、洪泛合并或迟到而只记录、未送到坐席的比例。",
    "percentunit",
    decimals=1,
)
BY_HOUR = Figure(
    "逐时：送到坐席的告警",
    "每小时送到坐席的告警数，按优先级堆叠。没有告警的小时是 0。",
)
WORST_TEN = Figure(
    "逐日：最忙的 10 分钟",
    "每天（北京时间）送到坐席的告警最多的那个 10 分钟有多少条。红线以上是洪泛（超过 10 条）。",
    "short",
    ((None, Colour.PLAIN), (10.0, Colour.BAD)),
    decimals=0,
)
PRIORITIES = Figure(
    "优先级构成",
    "送到坐席的告警按优先级的构成。ISA-18.2 的参考构成约为：低 80%、中 15%、高 5%。高优先级太多，就等于没有优先级。",
    "percentunit",
    decimals=1,
)
BY_MODEL = Figure(
    "按型号：误报占比",
    "告警所依据设备的型号：告警数、已结案数、误报占比，误报多的在前。少于 10 条已结案的不宜评价。",
)
BY_KIND = Figure(
    "按类别：数量与误报",
    "每一类告警的数量、已结案数、误报占比、从告知到接手的中位时间，数量多的在前。",
)
AREA_RANKING = Figure(
    "区划：每床告警最多的在前",
    "按所选的汇总级别分组：送到坐席的告警数、每百床每天的告警数、误报占比。点名称进入它的下一级。",
)
CHATTER_LIST = Figure(
    "抖动最多的设备",
    "所选时段内抖动告警最多的设备，最多 30 个：出现次数是各次抖动中的告警数之和。先调延时和回差，再考虑换设备。",
)
STALE_LIST = Figure(
    "滞留最久的告警",
    "现在滞留超过 24 小时的告警，从最久的开始，最多 30 条。不受所选时段限制。",
)
FALSE_STEPS = _FALSE
