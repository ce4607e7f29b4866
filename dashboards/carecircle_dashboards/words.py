"""Words: how codes of the database are shown to people, with a colour where it matters (pure)."""

from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMappingResult

from carecircle_dashboards.definitions import Colour

CIRCLES = {"urban": "城市呼叫服务圈", "rural": "农村互助服务圈"}

KINDS = {
    "sos": "呼救",
    "fall": "跌倒",
    "smoke": "烟雾",
    "gas": "燃气",
    "carbon_monoxide": "一氧化碳",
    "water": "漏水",
    "unreadable": "无法读取的告警",
}

STATES = {
    "RECEIVED": ("已收到", Colour.WATCH),
    "SEARCHING": ("寻找响应人员", Colour.WATCH),
    "ASSIGNED": ("已派出", Colour.WATCH),
    "EN_ROUTE": ("途中", Colour.WATCH),
    "ON_SCENE": ("已到场", Colour.WATCH),
    "HANDED_OVER": ("已移交", Colour.WATCH),
    "UNCOVERED": ("无人接单", Colour.BAD),
    "CLOSED": ("已结束", Colour.PLAIN),
    "CANCELLED_FALSE": ("误触取消", Colour.PLAIN),
    "MERGED": ("已合并", Colour.PLAIN),
}

OUTCOMES = {
    "helped_on_site": "现场已帮助",
    "taken_to_hospital": "已送医",
    "false_press": "误触",
    "test_press": "测试",
    "no_one_found": "未找到人",
    "other": "其他",
}

VERDICTS = {
    "within": ("15 分钟内", Colour.GOOD),
    "beyond": ("未达到", Colour.BAD),
    "undecided": ("进行中", Colour.WATCH),
    "not_counted": ("不计入", Colour.PLAIN),
}


def mapping(words: dict[str, str] | dict[str, tuple[str, Colour]]) -> ValueMap:
    """Grafana's value mapping for codes; the order is the one given."""
    results = {}
    for index, (code, shown) in enumerate(words.items()):
        text, colour = shown if isinstance(shown, tuple) else (shown, None)
        results[code] = ValueMappingResult(text=text, color=colour, index=index)
    return ValueMap(results)
