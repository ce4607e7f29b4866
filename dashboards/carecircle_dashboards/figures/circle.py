"""Figures of the service circle: was somebody at the door in time, and where not (pure)."""

from carecircle_dashboards.figures.figure import Colour, Figure, Steps

COUNTED = (
    "计入的求助：误触取消、合并到另一事件、测试按压不计；误触按压只有在无人上门时不计，"
    "这样迟到的上门不能靠改写成误触来消除。时间从按下按钮算起。"
)
# 90 %: the share that mobile responders in the UK are held to (within 45 min there). 80 %: proposal.
_SHARE: Steps = ((None, Colour.BAD), (0.8, Colour.WATCH), (0.9, Colour.GOOD))
# 15 min: the service circle itself. 12 min: proposal, a margin of a fifth.
_ARRIVAL: Steps = ((None, Colour.GOOD), (720.0, Colour.WATCH), (900.0, Colour.BAD))

ARRIVALS_WITHIN = Figure(
    "15 分钟内到达率",
    "按下按钮后 15 分 00 秒之内有人到达的求助，占已有结论的求助的比例。没有人到达就结束的、"
    "15 分钟后仍没有人到达的，算未达到；不满 15 分钟仍在途中的，还没有结论，不计入。" + COUNTED,
    "percentunit",
    _SHARE,
    decimals=1,
)
ARRIVAL_P50 = Figure(
    "按下到到达 · 中位数",
    "一半的求助在这个时间之内有人到达。只算已有人到达的求助；没有人到达的见到达率。" + COUNTED,
    "s",
    _ARRIVAL,
    decimals=0,
)
ARRIVAL_P95 = Figure(
    "按下到到达 · 95 分位",
    "每 20 个求助中，有 19 个在这个时间之内有人到达。只算已有人到达的求助；没有人到达的见到达率。" + COUNTED,
    "s",
    _ARRIVAL,
    decimals=0,
)
CALLS = Figure("计入的求助", "所选时段内计入的求助次数，其他数字由它们算出。" + COUNTED)
# Six: one more than the number of open incidents at which joint assignment takes over.
OPEN_INCIDENTS = Figure(
    "未结求助",
    "现在还没有人填写结果并结束的求助，不受所选时段限制。包含误触和测试，因为要有人去结束它们。",
    "short",
    ((None, Colour.GOOD), (1.0, Colour.WATCH), (6.0, Colour.BAD)),
)
NOBODY_CAME = Figure(
    "没有人上门",
    "所选时段内计入的求助中，已经结束而没有人到达过的次数。每一次都应当有说明。" + COUNTED,
    "short",
    ((None, Colour.GOOD), (1.0, Colour.BAD)),
)
SHARE_BY_DAY = Figure(
    "逐日：15 分钟内到达率与求助数",
    "按北京时间的自然日汇总，第一天和最后一天可能不完整。折线是到达率，柱是计入的求助数；求助少的日子，比例起伏大。"
    + ARRIVALS_WITHIN.definition,
    "percentunit",
    _SHARE,
    decimals=0,
)
STAGES_BY_DAY = Figure(
    "逐日：按下到接单、按下到到达",
    "按北京时间的自然日汇总。接单是第一位响应人员答应前往；到达是第一位响应人员到场。红线是 15 分钟。" + COUNTED,
    "s",
    ((None, Colour.PLAIN), (900.0, Colour.BAD)),
    decimals=0,
)
STAGES = Figure(
    "各阶段用时",
    "按下到应答、应答到接单、接单到到达三段，以及按下到到达的全程，各自的中位数与 95 分位。"
    "应答是坐席接手，接单是第一位响应人员答应前往，到达是第一位响应人员到场。"
    "分位数按段分别计算，三段相加不等于全程。" + COUNTED,
    "s",
    decimals=0,
)
BY_HOUR = Figure(
    "按时刻：几点钟做不到",
    "按下按钮的钟点（北京时间，0 到 23 点）汇总：15 分钟内到达率。哪个钟点低，哪个钟点就缺人。"
    + ARRIVALS_WITHIN.definition,
    "percentunit",
    _SHARE,
    decimals=0,
)
BY_CIRCLE = Figure(
    "城市、农村与牧区服务圈",
    "城市呼叫服务圈由呼叫中心和专业站点上门，农村互助服务圈由互助幸福院、邻居和志愿者先到，牧区由当地人员先到。"
    "三者分别计算，都按 15 分钟衡量。" + ARRIVALS_WITHIN.definition,
)
AREA_RANKING = Figure(
    "区划：最需要改进的在前",
    "按所选的汇总级别分组，先按 15 分钟内到达率从低到高，再按到达的 95 分位从慢到快。点名称进入它的下一级。"
    "没有编到这一级的床位，列在它所在的上一级名下。" + ARRIVALS_WITHIN.definition,
)
PROVIDERS = Figure(
    "机构：公平比较",
    "各机构的床位远近、地形不同，直接比到达率不公平。期望值是：如果它每一次求助都按同类求助（同一服务圈、同一地形、"
    "同为白天或夜间）在所选范围内的平均水平完成，到达率会是多少。差值为正，说明比同类做得好。区间是 Wilson 95% "
    "置信区间；期望值落在区间之内，差别可能只是偶然。少于 10 次的不宜评价。" + ARRIVALS_WITHIN.definition,
)
RECENT_CALLS = Figure(
    "最近的求助",
    "所选时段内最近 100 次求助，从新到旧。不显示姓名和住址；需要时凭床位编号在控制台查看，查看会留下记录。",
)
COVERED = Figure(
    "此刻圈内的床位",
    "现在这个钟点，确有人能在时限内赶到（按 90 分位的路程时间）的床位，占全部床位的比例。只算按道路算出的时间；"
    "没有位置的床位算不在圈内，只有直线估算的不显示。按最近一次计算、当天的排班。",
    "percentunit",
    _SHARE,
    decimals=1,
)
BACKED_UP = Figure(
    "此刻有后备的床位",
    "现在这个钟点，至少有两个人能在时限内赶到的床位所占的比例：派出一个之后，还有人顶上。口径同“此刻圈内的床位”。",
    "percentunit",
    ((None, Colour.BAD), (0.5, Colour.WATCH), (0.8, Colour.GOOD)),
    decimals=1,
)
COVERAGE_BY_HOUR = Figure(
    "一天之中：圈内与有后备",
    "按钟点（北京时间，0 到 23 点）：在圈内的和有后备的床位各占多少。低的钟点，要调排班或者找人。"
    "口径同“此刻圈内的床位”。",
    "percentunit",
    decimals=0,
)
NOT_REACHED = Figure(
    "此刻圈外的床位",
    "现在这个钟点没有人确能在时限内赶到的床位，差得最多的在前，没有位置的最先，最多 50 个。"
    "“不确定”是通常赶得到、路况差时赶不到的。",
)
STATIONS_MAP = Figure(
    "机构与求助地图",
    "圆点是机构，颜色是所选时段内由它负责的床位的 15 分钟内到达率，灰色是没有已有结论的求助。"
    "浅色圆是各机构按直线模型 15 分钟可及的范围。地图上没有老人住址。" + ARRIVALS_WITHIN.definition,
    "percentunit",
    _SHARE,
    decimals=1,
)
