"""Sentences: what a relative is told about now, in one plain sentence that claims only what is known (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle_alerts.incident import AssignmentState, Kind, State
from carecircle_alerts.texts import CHINA
from carecircle_console.wire import Helper, Incident

# A bed sensor that says nothing for this long is no longer fresh (engineering default, to be confirmed by the centre).
FRESH = timedelta(minutes=15)

_WHAT: dict[Kind, str] = {
    Kind.SOS: "按了呼叫按钮",
    Kind.FALL: "设备发现可能跌倒",
    Kind.SMOKE: "家中烟雾报警",
    Kind.GAS: "家中燃气报警",
    Kind.CARBON_MONOXIDE: "家中一氧化碳报警",
    Kind.WATER: "家中漏水报警",
    Kind.UNREADABLE: "家中设备发出无法识别的求助信号",
}
_ON_THE_WAY = frozenset({AssignmentState.ACCEPTED, AssignmentState.MOVING})


@dataclass(frozen=True, slots=True)
class Signs:
    """When the bed was last heard of: any device, and vital signs."""

    last_seen_at: datetime | None
    vitals_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The last incident that was closed within a day."""

    kind: Kind
    pressed_at: datetime
    closed_at: datetime


def sentence_for(signs: Signs, incident: Incident | None, ended: Ended | None, now: datetime) -> str:
    """What is true now: an open incident goes before everything else, then silence, then the quiet state."""
    if incident is not None:
        return f"{_happened(incident, now)}，{_who_helps(incident, now)}。"
    before = ""
    if ended is not None:
        before = f"{clock_at(ended.pressed_at, now)}{_WHAT[ended.kind]}，已于{clock_at(ended.closed_at, now)}处理完毕。"
    return before + _signs(signs, now)


def evidence_at(signs: Signs, incident: Incident | None) -> datetime | None:
    """Time of the newest thing that the sentence rests on; None when nothing was ever received."""
    times = [signs.last_seen_at, signs.vitals_at]
    if incident is not None:
        times += [incident.opened_at, incident.accepted_at, incident.arrived_at, incident.acknowledged_at]
    return max((at for at in times if at is not None), default=None)


def clock_at(at: datetime, now: datetime) -> str:
    """Hours and minutes in Beijing time; with the day where it is not today."""
    there, today = at.astimezone(CHINA), now.astimezone(CHINA).date()
    day = "" if there.date() == today else f"{there.month}月{there.day}日"
    return f"{day}{there:%H:%M}"


def age(span: timedelta) -> str:
    """How long ago, as people say it; whole units, rounded down."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "不到1分钟"
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes}分钟"
    if minutes < 48 * 60:
        return f"{minutes // 60}小时"
    return f"{minutes // (24 * 60)}天"


def _happened(incident: Incident, now: datetime) -> str:
    text = f"{clock_at(incident.pressed_at, now)}{_WHAT[incident.kind]}"
    return f"{text}（信号{clock_at(incident.opened_at, now)}才收到）" if incident.late else text


def _who_helps(incident: Incident, now: datetime) -> str:
    arrived = next((one for one in incident.helpers if one.state is AssignmentState.ARRIVED), None)
    if incident.state is State.HANDED_OVER:
        return "人员已到场处理，等待照护中心确认结束"
    if arrived is not None:
        at = f"{clock_at(arrived.arrived_at, now)}" if arrived.arrived_at else ""
        return f"{arrived.name}已{at and '于' + at}到达"
    coming = [one for one in incident.helpers if one.state in _ON_THE_WAY]
    if coming:
        return _coming(min(coming, key=lambda one: one.eta_at), now)
    if incident.acknowledged_by is not None:
        return f"还没有人接单，照护中心{incident.acknowledged_by}正在处理"
    if incident.state is State.UNCOVERED:
        return "暂时没有人接单，已再次通知照护中心"
    return "正在寻找最近的救助人员"


def _coming(helper: Helper, now: datetime) -> str:
    verb = "正在赶来" if helper.state is AssignmentState.MOVING else "已接单"
    at = clock_at(helper.eta_at, now)
    return f"{helper.name}{verb}，原预计{at}到，还未到达" if helper.eta_at < now else f"{helper.name}{verb}，预计{at}到"


def _signs(signs: Signs, now: datetime) -> str:
    if signs.last_seen_at is None:
        return "还没有收到过设备数据，目前的情况不清楚。"
    silent = now - signs.last_seen_at
    if silent > FRESH:
        return f"已{age(silent)}没有收到设备数据，目前的情况不清楚，请致电确认。"
    if signs.vitals_at is None or now - signs.vitals_at > FRESH:
        return f"目前没有求助，设备{age(silent)}前在线，但最近没有体征数据。"
    return f"目前没有求助，{age(now - signs.vitals_at)}前有体征数据。"
