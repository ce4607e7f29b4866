"""Figures of travel: on what expected ways rest, whether they come true, and who answers (pure)."""

from carecircle_dashboards.figures.figure import Colour, Figure, Steps

# Half of the arrivals should be within the first figure and nine in ten within the second; how far off is worth a look
# is an engineering proposal.
_P50: Steps = ((None, Colour.BAD), (0.35, Colour.WATCH), (0.45, Colour.GOOD), (0.6, Colour.WATCH))
_P90: Steps = ((None, Colour.BAD), (0.8, Colour.WATCH), (0.87, Colour.GOOD))
# Straight lines know no river and no wall; where a network is configured few answers should rest on them (proposal).
_STRAIGHT: Steps = ((None, Colour.GOOD), (0.1, Colour.WATCH), (0.5, Colour.BAD))
_EXPECTED = (
    "预计时间从接单算到进门，含动身的时间。只看路程已知的派单；测试呼叫不计入到达。"
    "中位预计应有一半的人赶上，九成预计应有九成的人赶上：低了是预计太乐观，高了是太保守。"
)

ANSWERS = Figure("有路程的派单", "所选时段内发出的、路程已知的派单条数，下面的占比都以它为分母。没有位置的床位不计。")
STRAIGHT_SHARE = Figure(
    "直线估算占比",
    "路程已知的派单中，路程只由直线距离推算的占比。已配置路网时应接近零：高了说明路网没读到或外部服务都不应答。",
    "percentunit", _STRAIGHT, decimals=1,
)  # fmt: skip
HIT_P50 = Figure(
    "中位预计命中率", "到达的人中，不晚于中位预计时间的占比，理想是 50%。" + _EXPECTED, "percentunit", _P50, decimals=1
)
HIT_P90 = Figure(
    "九成预计命中率", "到达的人中，不晚于九成预计时间的占比，理想是 90%。" + _EXPECTED, "percentunit", _P90, decimals=1
)
CALIBRATION_AGE = Figure(
    "校正参数的年龄",
    "离最近一次用实际到达校正速度过了多久；每晚一次，两天没有就去看夜间任务。属于整个平台，不分区域。",
    "s", ((None, Colour.GOOD), (129_600.0, Colour.WATCH), (259_200.0, Colour.BAD)), decimals=0,
)  # fmt: skip
BUDGET_LEFT = Figure(
    "地图服务今日余额",
    "付费地图服务今天还能问多少次（北京时间零点重新计），没有配置则没有数字。用完后由下一个来源回答。",
    "short", ((None, Colour.BAD), (1.0, Colour.WATCH), (100.0, Colour.GOOD)), decimals=0,
)  # fmt: skip
BY_DAY = Figure(
    "逐日：路程的依据",
    "按北京时间的自然日，路程已知的派单按依据各占多少：路网、演示路网、路线规划（OSRM、Valhalla）、地图服务（高德）、昨夜名单、直线。",
    "percentunit", decimals=0,
)  # fmt: skip
BY_BASIS = Figure("按依据：预计与实际", "每一种依据的派单条数、占比、到达人数和两种命中率，最常用的在前。" + _EXPECTED)
BY_MODE = Figure(
    "按出行方式与时段：预计与实际",
    "步行、电动车、汽车在高峰（工作日 7:30–9:00、17:30–19:00）与平时的到达人数、命中率，"
    "以及实际除以中位预计的中位数：大于 1 是比预计慢。" + _EXPECTED,
)
CORRECTIONS = Figure(
    "当前的速度校正",
    "最近一次校正的每一组：在路上的时间乘以多少，九成比中位长多少，由多少次到达得来。空的地形或时段表示全部。属于整个平台，不分区域。",
)
SOURCES = Figure(
    "路程来源的状态",
    "告警引擎最近一次心跳所说：按信任次序的每个来源、是否因连续失败暂时不问、自启动以来答了多少人、失败多少次、"
    "最近两百次查询的用时、今日余额。属于整个平台，不分区域。",
)
AREA_RANKING = Figure(
    "区划：最不准的在前",
    "按所选的汇总级别分组，九成预计命中率低的在前；还有直线占比。点名称进入它的下一级。" + _EXPECTED,
)
HIT_P50_STEPS, HIT_P90_STEPS, STRAIGHT_STEPS = _P50, _P90, _STRAIGHT
