"""Figures of the desk: is every call answered, and soon enough (pure)."""

from carecircle_dashboards.figures.figure import Colour, Figure, Steps

# 97.5 % within 60 s and 99 % within 180 s, reported by month (TSA, UK).
_IN_60: Steps = ((None, Colour.BAD), (0.95, Colour.WATCH), (0.975, Colour.GOOD))
_IN_180: Steps = ((None, Colour.BAD), (0.975, Colour.WATCH), (0.99, Colour.GOOD))
ANSWERED = (
    "应答是坐席接手一次求助，从平台收到它算起（断网后补到的求助从补到时算起）。误触和测试也要接，所以都计入；"
    "合并到另一事件的不计。还没有满时限又没有应答的，没有结论，不计入。"
)

IN_60 = Figure(
    "60 秒内应答率",
    "所选时段内 60 秒内应答的求助占比。参照英国 TSA：97.5%，按月考核。" + ANSWERED,
    "percentunit",
    _IN_60,
    decimals=1,
)
IN_180 = Figure(
    "180 秒内应答率",
    "所选时段内 180 秒内应答的求助占比。参照英国 TSA：99%，按月考核。" + ANSWERED,
    "percentunit",
    _IN_180,
    decimals=1,
)
UNANSWERED = Figure(
    "超过 180 秒无人应答",
    "所选时段内 180 秒之内没有坐席接手的求助次数，包括后来才接手的。" + ANSWERED,
    "short",
    ((None, Colour.GOOD), (1.0, Colour.BAD)),
)
ANSWER_P95 = Figure(
    "应答 · 95 分位",
    "已应答的求助中，每 20 次有 19 次在这个时间之内应答。" + ANSWERED,
    "s",
    ((None, Colour.GOOD), (60.0, Colour.WATCH), (180.0, Colour.BAD)),
    decimals=0,
)
DRILLS = Figure(
    "演练（测试呼叫）",
    "所选时段内结案结果为测试的求助次数。规范要求每半年演练一次；演练与真的求助走同一条路。",
)
OPERATORS = Figure("接手过求助的坐席", "所选时段内接手过求助的不同坐席数。坐席在这里只有编号，没有姓名。")
BY_MONTH = Figure(
    "按月：60 秒与 180 秒应答率",
    "按北京时间的自然月，显示最近 12 个月，不受所选时段限制。本月还不完整。" + ANSWERED,
    "percentunit",
    decimals=1,
)
BY_DAY = Figure(
    "逐日：应答时间",
    "按北京时间的自然日，已应答的求助的中位数与 95 分位。红线是 60 秒。" + ANSWERED,
    "s",
    ((None, Colour.PLAIN), (60.0, Colour.BAD)),
    decimals=0,
)
LOAD_BY_HOUR = Figure(
    "按时刻：坐席负荷",
    "平台收到求助和送到坐席的告警的钟点（北京时间，0 到 23 点），平均每天各多少次。排班按它来。",
    decimals=1,
)
BY_OPERATOR = Figure(
    "按坐席：接手与用时",
    "每个坐席接手的求助数、60 秒内应答率、应答中位数。忙的坐席接的往往更难，不宜只比快慢。" + ANSWERED,
)
AREA_RANKING = Figure(
    "区划：应答最慢的在前",
    "按所选的汇总级别分组：60 秒、180 秒应答率与 95 分位，60 秒应答率低的在前。点名称进入它的下一级。" + ANSWERED,
)
DRILL_LIST = Figure(
    "演练的各阶段用时",
    "所选时段内的测试呼叫，从新到旧，最多 50 次：应答、接单、到达各用了多久。没有到达的演练，演的是前半段。",
)
IN_60_STEPS, IN_180_STEPS = _IN_60, _IN_180
