"""Words: how somebody is reached and what came of drills, as people read them (pure)."""

from carecircle_alerts.drills.reach import Evidence, Reach

REACH: dict[Reach, str] = {
    Reach.GOOD: "可联系",
    Reach.DOUBTFUL: "存疑",
    Reach.UNREACHABLE: "联系不上",
    Reach.UNTESTED: "未测试",
}
EVIDENCE: dict[Evidence, str] = {
    Evidence.CONFIRMED: "演练已确认",
    Evidence.ACCEPTED: "最近接过单",
    Evidence.DELIVERED: "演练仅送达，本人未确认",
    Evidence.FAILED_ONCE: "上次演练未成功",
    Evidence.ALL_FAILED: "各联系方式连续两次演练均失败",
    Evidence.NOTHING: "没有有效的演练结果",
}
STATES: dict[str, str] = {
    "WAITING": "待发送",
    "SENDING": "发送中",
    "SENT": "等待确认",
    "CONFIRMED": "已确认",
    "DELIVERED": "仅送达",
    "NO_ANSWER": "无应答",
    "FAILED": "发送失败",
    "SKIPPED": "本渠道未配置演练",
}
