"""Texts: the names of kinds, and what is said to whom; the words come when it is sent (pure)."""

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
_FAMILY_STEPS = frozenset({"opened", "arrived", "closed"})


def clock_time(at: datetime) -> str:
    """Hours and minutes as people there read them; all of China keeps Beijing time."""
    return at.astimezone(CHINA).strftime("%H:%M")


def say(what: str, **facts: object) -> dict[str, object]:
    """The content of a message: what is said, and the facts that go into it; the words come when it is sent."""
    return {"say": what, "facts": facts}


def offer_content(case: Case, travel: TravelTime | None) -> dict[str, object]:
    """An offer names neither the person nor the address: those follow once it is accepted."""
    area, kind = case.incident.area_name, case.incident.kind.value
    if travel is None:
        return say("offer_unplaced", area=area, kind=kind)
    return say(
        "offer",
        area=area,
        kind=kind,
        km=f"{travel.distance_m / 1000:.1f}",
        minutes=max(1, round(travel.p50_s / 60)),
        basis=travel.basis,
    )


def family_content(case: Case, step: str) -> dict[str, object]:
    """What a relative is told at each step; states only what is known."""
    incident = case.incident
    facts: dict[str, object] = {
        "resident": incident.resident_name,
        "kind": incident.kind.value,
        "at": incident.pressed_at.isoformat(),
    }
    if step != "accepted":
        return say(f"family_{step}" if step in _FAMILY_STEPS else "family_progress", **facts)
    helper = case.active()[-1]
    asked = [one for one in case.offers if one.responder_id == helper.responder_id]
    if asked and asked[-1].travel_p50_s is None:
        return say("family_coming", **facts, helper=helper.responder_name)
    basis = asked[-1].basis if asked else ""
    return say("family_accepted", **facts, helper=helper.responder_name, eta=helper.eta_at.isoformat(), basis=basis)


def dispatcher_content(case: Case, step: str) -> dict[str, object]:
    """Why a dispatcher or supervisor is called beside the console."""
    incident = case.incident
    why = step.split("_", maxsplit=1)[0]
    return say("dispatcher", priority=incident.priority, area=incident.area_name, kind=incident.kind.value, why=why)


def offer_text(case: Case, travel: TravelTime | None) -> str:
    """An offer in Chinese, for those who tell without an outbox."""
    from carecircle_alerts.notify.traits import Trust
    from carecircle_alerts.notify.wording.compose import compose

    return str(compose(offer_content(case, travel), "zh-CN", Trust.BRIEF)["text"])
