"""Definitions: what each figure means, in one place, as shown in the panels' descriptions (pure).

Thresholds cite where they come from; one without a source is a proposal that the bureau has to confirm.
"""

from dataclasses import dataclass
from enum import StrEnum

COUNTED = (
    "计入的求助：误触取消、合并到另一事件、测试按压不计；误触按压只有在无人上门时不计，"
    "这样迟到的上门不能靠改写成误触来消除。时间从按下按钮算起。"
)


class Colour(StrEnum):
    """Colours by meaning, as the console uses them."""

    GOOD = "green"
    WATCH = "orange"
    BAD = "red"
    PLAIN = "text"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its title, its definition, its unit as Grafana names it, and where it turns worth a look.

    `steps` are (from this value on, colour) in ascending order; the first has no value.
    """

    title: str
    definition: str
    unit: str
    steps: tuple[tuple[float | None, Colour], ...]
    decimals: int | None = None


# 90 %: the share that mobile responders in the UK are held to (within 45 min there). 80 %: proposal.
ARRIVALS_WITHIN = Figure(
    "15 分钟内到达率",
    "按下按钮后 15 分 00 秒之内有人到达的求助，占已有结论的求助的比例。没有人到达就结束的、"
    "15 分钟后仍没有人到达的，算未达到；不满 15 分钟仍在途中的，还没有结论，不计入。" + COUNTED,
    "percentunit",
    ((None, Colour.BAD), (0.8, Colour.WATCH), (0.9, Colour.GOOD)),
    decimals=1,
)

# 15 min: the service circle itself. 12 min: proposal, a margin of a fifth.
_ARRIVAL_STEPS = ((None, Colour.GOOD), (720.0, Colour.WATCH), (900.0, Colour.BAD))
ARRIVAL_P50 = Figure(
    "按下到到达 · 中位数",
    "一半的求助在这个时间之内有人到达。只算已有人到达的求助；没有人到达的见到达率。" + COUNTED,
    "s",
    _ARRIVAL_STEPS,
    decimals=0,
)
ARRIVAL_P95 = Figure(
    "按下到到达 · 95 分位",
    "每 20 个求助中，有 19 个在这个时间之内有人到达。只算已有人到达的求助；没有人到达的见到达率。" + COUNTED,
    "s",
    _ARRIVAL_STEPS,
    decimals=0,
)

CALLS = Figure(
    "计入的求助", "所选时段内计入的求助次数，左边几个数字由它们算出。" + COUNTED, "short", ((None, Colour.PLAIN),)
)

# Six: one more than the number of open incidents at which joint assignment takes over.
OPEN_INCIDENTS = Figure(
    "未结事件",
    "现在还没有人填写结果并结束的事件，不受所选时段限制。包含误触和测试，因为要有人去结束它们。",
    "short",
    ((None, Colour.GOOD), (1.0, Colour.WATCH), (6.0, Colour.BAD)),
)

# 15 min: freshness expected of a bed sensor. One bed is worth a look; ten: proposal.
SILENT_BEDS = Figure(
    "静默床位",
    "现在已有 15 分钟没有收到任何消息、或从未收到消息的床位数，不受所选时段限制。静默的床位不能算受到保护。",
    "short",
    ((None, Colour.GOOD), (1.0, Colour.WATCH), (10.0, Colour.BAD)),
)

SHARE_BY_DAY = Figure(
    "逐日：15 分钟内到达率与求助数",
    "按北京时间的自然日汇总，第一天和最后一天可能不完整。折线是到达率，柱是计入的求助数；求助少的日子，比例起伏大。"
    + ARRIVALS_WITHIN.definition,
    "percentunit",
    ARRIVALS_WITHIN.steps,
    decimals=0,
)

STAGES_BY_DAY = Figure(
    "逐日：按下到接单、按下到到达",
    "按北京时间的自然日汇总。接单是第一位响应人员答应前往；到达是第一位响应人员到场。红线是 15 分钟。" + COUNTED,
    "s",
    ((None, Colour.PLAIN), (900.0, Colour.BAD)),
    decimals=0,
)

COUNTY_RANKING = Figure(
    "区县：最需要改进的在前",
    "先按 15 分钟内到达率从低到高，再按到达的 95 分位从慢到快。"
    "应答是坐席接手，接单是第一位响应人员答应前往，到达是第一位响应人员到场，都从按下按钮算起。点区县名只看该区县。"
    + ARRIVALS_WITHIN.definition,
    "short",
    ((None, Colour.PLAIN),),
)

RECENT_INCIDENTS = Figure(
    "最近的求助",
    "所选时段内最近 100 次求助，从新到旧。不显示姓名和住址；需要时凭床位编号在控制台查看，查看会留下记录。",
    "short",
    ((None, Colour.PLAIN),),
)

TELEMETRY_RATE = Figure(
    "每分钟遥测消息",
    "最近 1 小时内，按测量时间每分钟收到的读数条数。求助走同一条路：这里断了，保护也断了。最后一分钟还不完整。",
    "short",
    ((None, Colour.PLAIN),),
)

QUARANTINE = Figure(
    "无法读取的消息",
    "按小时和原因统计被隔离的消息。持续出现说明有设备或网关的程序不对。主题中没有区县代码的消息不属于任何区县，"
    "只在控制台的管理页面可见。",
    "short",
    ((None, Colour.PLAIN),),
)
