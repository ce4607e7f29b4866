"""Words: why a rule spoke, as a sentence for people (pure). Fields come from the rule, the language is only here."""

from collections.abc import Callable
from typing import Any

from carecircle_alerts.incident import Kind
from carecircle_alerts.texts import KIND_NAMES

_UNITS = {Kind.HEART_RATE: "次/分", Kind.RESPIRATORY_RATE: "次/分", Kind.SPO2: "%", Kind.TEMPERATURE: "°C"}
_NAMES = {
    Kind.HEART_RATE: "心率",
    Kind.RESPIRATORY_RATE: "呼吸",
    Kind.SPO2: "血氧",
    Kind.TEMPERATURE: "体温",
}
_JUDGED_BY = {"personal": "按本人平时水平", "altitude": "按海拔预期值", "fixed": "按医生设定值"}
_DOUBTS = {"twice": "；该设备的心率和呼吸曾同时变为平时的两倍，可能是计数错误，也可能是病情，请核实"}
Why = dict[str, Any]


def explain(kind: Kind, why: Why, device: str = "") -> str:
    """One sentence; falls back to the name of the alarm for a code that is newer than these words."""
    if kind in _NAMES:
        return _vital(kind, why)
    say = _SENTENCES.get((kind, str(why.get("code"))))
    told = say(why) if say is not None else KIND_NAMES[kind]
    return f"{told}（设备 {device}）" if device else told


def minutes(seconds: float) -> str:
    """A span as people say it."""
    if seconds < 90:  # noqa: PLR2004
        return f"{round(seconds)}秒"
    if seconds < 5400:  # noqa: PLR2004
        return f"{round(seconds / 60)}分钟"
    return f"{seconds / 3600:.1f}小时"


def _vital(kind: Kind, why: Why) -> str:
    name, unit, lasted = _NAMES[kind], _UNITS[kind], minutes(why.get("lasted_s", 0))
    value, limit = why.get("value"), why.get("limit")
    doubt = _DOUBTS.get(str(why.get("doubt")), "")
    if why.get("code") == "usual":
        return f"{name}{value}{unit}，与本人平时睡眠中的{why['median']}{unit}相差超过{limit}，已持续{lasted}{doubt}"
    side = "低于" if why.get("code") == "low" else "高于"
    judged = _JUDGED_BY.get(str(why.get("judged_by")), "")
    return f"{name}{value}{unit}，{side}{limit}{unit}，已持续{lasted}" + (f"（{judged}）" if judged else "") + doubt


_SENTENCES: dict[tuple[Kind, str], Callable[[Why], str]] = {
    (Kind.FALL, "high"): lambda _why: "跌倒后三分钟内未见起身，可能性高",
    (Kind.FALL, "medium"): lambda _why: "跌倒后没有其他传感器佐证，可能性中等",
    (Kind.FALL, "low"): lambda _why: "跌倒报警后已见上床或开门，可能性低，仍需确认",
    (Kind.APNOEA, "night"): lambda why: f"昨夜{why['hours']}小时内呼吸暂停{why['pauses']:.0f}次，仅供参考",
    (Kind.NEWS2, "score"): lambda why: f"早期预警评分{why['score']}分，仅供参考",
    (Kind.BED_EXIT, "not_back"): lambda why: f"夜间离床{minutes(why['up_s'])}未返回",
    (Kind.NOT_IN_BED, "still_up"): lambda why: f"已过平时就寝时间，{minutes(why['lasted_s'])}来仍未上床",
    (Kind.OUT_OF_BED, "unused"): lambda why: f"床位已{minutes(why['lasted_s'])}未使用",
    (Kind.INACTIVITY, "still"): lambda why: f"在家{minutes(why['still_s'])}没有任何活动",
    (Kind.WANDERING, "not_back"): lambda why: f"夜间开门后{minutes(why['out_s'])}未返回床上",
    (Kind.CHECK_IN_MISSED, "missed"): lambda why: f"{why['by_hour']:g}点前未报平安",
    (Kind.GATEWAY_SILENT, "silent"): lambda why: f"家中所有设备已超过{minutes(why['allowed_s'])}没有消息",
    (Kind.LOST_SIGNAL, "silent"): lambda why: f"超过{minutes(why['allowed_s'])}没有消息",
    (Kind.UNSTABLE_SIGNAL, "weak"): lambda why: f"信号只有{why['value']:g}%，已持续{minutes(why['lasted_s'])}",
    (Kind.UNSTABLE_SIGNAL, "flapping"): lambda why: f"反复上线下线{why['changes']}次",
    (Kind.SENSOR_ERROR, "impossible"): lambda why: "数值不可能：" + "、".join(map(str, why["what"])),
    (Kind.SENSOR_ERROR, "frozen"): lambda why: f"连续{why['readings']:.0f}次数值完全相同",
    (Kind.SENSOR_ERROR, "missing"): lambda _why: "有人在床却不再报告心率",
    (Kind.SENSOR_ERROR, "empty"): lambda why: f"床垫{minutes(why['empty_s'])}未感应到人，请确认是否外出或故障",
    (Kind.SENSOR_ERROR, "twice"): lambda _why: "心率和呼吸同时变为平时的两倍",
    (Kind.SENSOR_ERROR, "toggling"): lambda _why: "状态反复跳变",
    (Kind.SENSOR_ERROR, "says_so"): lambda _why: "设备自报故障",
    (Kind.SENSOR_ERROR, "two_beds"): lambda why: f"同一设备的消息也来自床位{why['other']}",
    (Kind.LOW_BATTERY, "low"): lambda why: f"电量{why['value']:g}%" if why.get("value") is not None else "电量低",
    (Kind.PRESS_TEST_OVERDUE, "overdue"): lambda why: f"已{why['days']:g}天没有测试呼叫按钮",
}
