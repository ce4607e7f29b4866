"""Alerts about ourselves, as Grafana's own rules: a second pair of eyes beside the console and the lifeline (pure).

They ask the same database; that it does not answer is an alert as well. All thresholds are engineering proposals.
"""

import json
from dataclasses import dataclass

from carecircle_dashboards.postgres import DATA_SOURCE, PanelQueries

_GROUP, _FOLDER, _INTERVAL = "carecircle-pipeline", "CareCircle", "1m"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Fires when the statement's number is above `above` for as long as `lasts`."""

    name: str
    title: str
    above: float
    lasts: str
    says: str
    severity: str


RULES: tuple[AlertRule, ...] = (
    AlertRule(
        "heartbeat", "没有心跳", 60, "1m", "平台有一个部分超过一分钟没有转完一圈。先看告警引擎是否在运行。", "critical"
    ),
    AlertRule("due_late", "定时任务逾期", 0, "1m", "有升级、催办或补派任务到时未执行：有求助在等。", "critical"),
    AlertRule(
        "waiting",
        "通知发不出去",
        120,
        "2m",
        "有通知等了两分钟还没有任何通道接走。看外部短信、语音、推送是否正常。",
        "critical",
    ),
    AlertRule(
        "late_share", "消息迟到", 0.1, "10m", "最近三小时超过一成的读数迟到一分钟以上。看网络和接收程序。", "warning"
    ),
    AlertRule(
        "quarantine_share",
        "无法读取的消息增多",
        0.005,
        "10m",
        "千分之五以上的消息读不懂。看最近升级的固件。",
        "warning",
    ),
    AlertRule(
        "rollup_behind", "汇总滞后", 900, "10m", "历史汇总落后超过一刻钟，图表不是现在的样子。看维护程序。", "warning"
    ),
    AlertRule(
        "straight_line",
        "路程只剩直线估算",
        0.5,
        "15m",
        "配置了路网或路线服务，最近三小时却有一半以上的派单只按直线估算路程。看路网文件读到没有、外部服务是否应答。",
        "warning",
    ),
    AlertRule(
        "erasure_failing",
        "删除个人信息受阻",
        0,
        "1m",
        "有一项删除请求的下一步被数据库拒绝，个人信息还没有删完。在“系统管理—删除请求”看是哪一步、从何时起。",
        "critical",
    ),
    AlertRule(
        "silent_share",
        "大量床位静默",
        0.1,
        "5m",
        "一成以上的床位一刻钟没有消息：多半是我们自己或运营商的问题。",
        "critical",
    ),
)


def alert_rules() -> str:
    """Grafana's provisioning file: JSON, which is YAML as well."""
    queries = PanelQueries("alerts.sql")
    group = {
        "orgId": 1,
        "name": _GROUP,
        "folder": _FOLDER,
        "interval": _INTERVAL,
        "rules": [_rule(rule, queries.text(rule.name)) for rule in RULES],
    }
    return json.dumps({"apiVersion": 1, "groups": [group]}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _rule(rule: AlertRule, statement: str) -> dict[str, object]:
    source = {"type": DATA_SOURCE.type_val, "uid": DATA_SOURCE.uid}
    number = {"refId": "A", "rawSql": statement, "rawQuery": True, "editorMode": "code", "format": "table"}
    above = {"type": "gt", "params": [rule.above]}
    threshold = {"refId": "B", "type": "threshold", "expression": "A", "conditions": [{"evaluator": above}]}
    return {
        "uid": f"carecircle-{rule.name.replace('_', '-')}",
        "title": rule.title,
        "condition": "B",
        "for": rule.lasts,
        # Whoever watches must not fall silent: no number and no answer are alerts.
        "noDataState": "Alerting",
        "execErrState": "Alerting",
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": DATA_SOURCE.uid,
                "model": {**number, "datasource": source},
            },
            {
                "refId": "B",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": "__expr__",
                "model": {**threshold, "datasource": {"type": "__expr__", "uid": "__expr__"}},
            },
        ],
        "annotations": {"summary": rule.title, "description": rule.says},
        "labels": {"severity": rule.severity, "team": "carecircle"},
    }
