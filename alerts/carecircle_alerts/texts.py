"""Texts: what is said to whom, in Chinese, with no more personal data than the channel deserves (pure)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from carecircle_alerts.incident import Case, Kind
from carecircle_alerts.travel import TravelTime

CHINA = ZoneInfo("Asia/Shanghai")

KIND_NAMES: dict[Kind, str] = {
    Kind.SOS: "一键呼叫",
    Kind.FALL: "疑似跌倒",
    Kind.SMOKE: "烟雾报警",
    Kind.GAS: "燃气报警",
    Kind.CARBON_MONOXIDE: "一氧化碳报警",
    Kind.WATER: "漏水报警",
    Kind.UNREADABLE: "无法识别的求助信号",
    Kind.HEART_RATE: "心率异常",
    Kind.RESPIRATORY_RATE: "呼吸异常",
    Kind.SPO2: "血氧偏低",
    Kind.TEMPERATURE: "体温异常",
    Kind.APNOEA: "夜间呼吸暂停（提示）",
    Kind.NEWS2: "早期预警评分（提示）",
    Kind.BED_EXIT: "夜间离床未归",
    Kind.NOT_IN_BED: "过时未就寝",
    Kind.OUT_OF_BED: "长时间未使用床位",
    Kind.INACTIVITY: "长时间无活动",
    Kind.WANDERING: "夜间外出",
    Kind.CHECK_IN_MISSED: "未报平安",
    Kind.LOST_SIGNAL: "设备失联",
    Kind.UNSTABLE_SIGNAL: "信号不稳定",
    Kind.SENSOR_ERROR: "传感器故障",
    Kind.LOW_BATTERY: "电量低",
    Kind.TAMPER: "设备被拆动",
    Kind.MAINS_LOST: "断电",
    Kind.CLOCK_FAULT: "设备时钟错误",
    Kind.GATEWAY_SILENT: "家庭网关失联",
    Kind.PRESS_TEST_OVERDUE: "呼叫按钮逾期未测试",
}
_BASIS: dict[str, str] = {"straight_line_model": "直线估算"}


def clock_time(at: datetime) -> str:
    """Hours and minutes as people there read them; all of China keeps Beijing time."""
    return at.astimezone(CHINA).strftime("%H:%M")


def offer_text(case: Case, travel: TravelTime | None) -> str:
    """An offer names neither the person nor the address: those follow once it is accepted."""
    what = f"【求助】{case.incident.area_name}有一起{KIND_NAMES[case.incident.kind]}，"
    if travel is None:
        return f"{what}路程未知（床位没有位置坐标）。请尽快接单或拒绝，接单后可见地址。"
    minutes = max(1, round(travel.p50_s / 60))
    how = _BASIS.get(travel.basis, "路网计算")
    return f"{what}距您约{travel.distance_m / 1000:.1f}公里，约{minutes}分钟（{how}）。请尽快接单或拒绝。"


def family_text(case: Case, step: str) -> str:
    """What a relative is told at each step; states only what is known."""
    who, what = case.incident.resident_name, KIND_NAMES[case.incident.kind]
    when = clock_time(case.incident.pressed_at)
    match step:
        case "opened":
            return f"{who}家中{when}发出{what}，正在安排最近的人员上门。"
        case "accepted":
            helper = case.active()[-1]
            asked = [one for one in case.offers if one.responder_id == helper.responder_id]
            if asked and asked[-1].travel_p50_s is None:
                return f"{helper.responder_name}已接单，正前往{who}家（{when}{what}）。"
            return (
                f"{helper.responder_name}已接单，正前往{who}家，预计{clock_time(helper.eta_at)}到达（{when}{what}）。"
            )
        case "arrived":
            return f"护理人员已到达{who}家（{when}{what}）。"
        case "closed":
            return f"{who}家{when}的{what}已由照护中心处理完毕。如需了解详情请致电照护中心。"
        case _:
            return f"{who}家{when}的{what}有新进展，照护中心正在跟进。"


def dispatcher_text(case: Case, step: str) -> str:
    """Why a dispatcher or supervisor is called beside the console."""
    reasons = {
        "uncovered": "无人接单，需人工派单",
        "consent": "人员已撤回接单同意，请确认任务是否继续",
        "short": "到场人数不足，仍需增派",
        "unplaced": "床位没有位置坐标，请核对地址并电话确认人员",
        "unclaimed": "尚无人确认",
        "stalled": "接单人员未出发，已重新派单",
        "overdue": "接单人员超过预计时间未到达",
        "breach": "超过时限仍无人到达，请考虑拨打120",
        "escalated": "调度员已升级",
        "check": "现场处置超过20分钟，请确认情况",
        "close": "已交接，等待结案",
    }
    why = reasons.get(step.split("_", maxsplit=1)[0], "需要关注")
    area = case.incident.area_name
    return f"【{case.incident.priority}级】{area}{KIND_NAMES[case.incident.kind]}：{why}。"
