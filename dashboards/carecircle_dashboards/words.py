"""Words: how codes of the database are shown to people, with a colour where it matters (pure)."""

from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMappingResult

from carecircle_dashboards.figures.figure import Colour

CIRCLES = {"urban": "城市呼叫服务圈", "rural": "农村互助服务圈", "herding": "牧区服务圈"}

LEVELS = {"2": "省", "4": "市州", "6": "区县", "9": "街道乡镇", "12": "村社区"}

TERRAINS = {"city": "城区", "valley": "川谷", "mountain": "山区"}

BASES = {
    "road_network": ("路网估算", "green"),
    "synthetic_network": ("演示路网", "blue"),
    "routing_server": ("路线规划", "purple"),
    "map_service": ("地图服务", "yellow"),
    "nightly_list": ("昨夜路网名单", "orange"),
    "straight_line_model": ("直线估算", "red"),
}
"""On what a way rests, from what is known best to a guess, with the colour of its bars."""

SOURCES = {"roads": "本机路网", "osrm": "OSRM", "valhalla": "Valhalla", "amap": "高德地图"}

MODES = {"walk": "步行", "e_bike": "电动车", "car": "汽车"}

HOUR_BANDS = {"peak": "高峰", "off_peak": "平时"}

FAMILIES = {"help": "求助", "clinical": "健康", "behaviour": "行为", "technical": "设备"}

PROTECTION = {
    "yes": ("受到完整防护", Colour.GOOD),
    "partly": ("部分防护", Colour.WATCH),
    "no": ("没有防护", Colour.BAD),
}

DEVICE_WORDS = {
    "alive": ("有效", Colour.GOOD),
    "silent": ("已静默", Colour.BAD),
    "never_heard": ("从未有消息", Colour.BAD),
    "gateway_silent": ("网关静默", Colour.BAD),
    "sensor_error": ("传感器异常", Colour.BAD),
}

HISTORIES = {
    "vitals": "体征",
    "environment": "环境",
    "spot_check": "点测",
    "device_event": "设备事件",
    "device_status": "设备状态",
}

COVERAGE = {
    "covered": ("圈内", Colour.GOOD),
    "uncertain": ("不确定", Colour.WATCH),
    "not_covered": ("圈外", Colour.BAD),
    "unlocated": ("没有位置", Colour.BAD),
    "estimated": ("只有估算", Colour.PLAIN),
}

STAGES = {
    "press_to_answer": "按下 → 应答",
    "answer_to_accept": "应答 → 接单",
    "accept_to_arrive": "接单 → 到达",
    "press_to_arrive": "按下 → 到达",
}

KINDS = {
    "sos": "呼救",
    "fall": "跌倒",
    "smoke": "烟雾",
    "gas": "燃气",
    "carbon_monoxide": "一氧化碳",
    "water": "漏水",
    "unreadable": "无法读取的告警",
    "heart_rate": "心率",
    "respiratory_rate": "呼吸",
    "spo2": "血氧",
    "temperature": "体温",
    "apnoea": "呼吸暂停",
    "news2": "NEWS2 评分",
    "bed_exit": "离床未归",
    "not_in_bed": "夜间不在床",
    "out_of_bed": "长时间不在床",
    "inactivity": "长时间无活动",
    "wandering": "夜间外出",
    "check_in_missed": "未报平安",
    "lost_signal": "设备失联",
    "unstable_signal": "信号不稳",
    "sensor_error": "传感器异常",
    "low_battery": "低电量",
    "tamper": "被拆动",
    "mains_lost": "断电",
    "clock_fault": "时钟错误",
    "gateway_silent": "网关静默",
    "press_test_overdue": "未按时试按",
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
    "false_alarm": "误报",
    "cleared": "自行恢复",
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
