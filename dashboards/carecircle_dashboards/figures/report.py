"""Figures of the monthly report: the same as on the other pages, by their names (pure)."""

from carecircle_dashboards.figures import alarms, circle, desk, fleet, pipeline
from carecircle_dashboards.figures.figure import Figure

ROWS: dict[str, Figure] = {
    "arrivals_within": circle.ARRIVALS_WITHIN,
    "arrival_p50": circle.ARRIVAL_P50,
    "arrival_p95": circle.ARRIVAL_P95,
    "calls": circle.CALLS,
    "nobody_came": circle.NOBODY_CAME,
    "in_60": desk.IN_60,
    "in_180": desk.IN_180,
    "drills": desk.DRILLS,
    "protected": fleet.PROTECTED_BY_DAY,
    "false_share": alarms.FALSE_SHARE,
    "lag_p95": pipeline.LAG_P95,
}
"""Lines of the report by the code that the statement gives them."""

TABLE = Figure(
    "本期数字",
    "所选时段与前一段同样长的时段对照。每个数字的定义写在本页末尾，与其他页面完全相同。",
)
BY_AREA = Figure(
    "各区划",
    "按所选的汇总级别分组，15 分钟内到达率低的在前。" + circle.ARRIVALS_WITHIN.definition,
)
DEFINITIONS = Figure("数字的定义", "本页所有数字的定义，与各面板说明、docs/figures.md 同出一处。")
INTRODUCTION = Figure("说明", "本页为打印准备：选好时段和区划，用浏览器打印即可。同一时段重复打印，数字相同。")
