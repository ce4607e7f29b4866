"""The page „演示收件箱": what the simulated people were told, for eyes on this machine (pure)."""

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

from carecircle_sim.world.inbox import Arrival

_CHINA = timezone(timedelta(hours=8))
_KINDS = {"offer": "派单", "withdrawn": "撤单", "family": "家属", "dispatcher": "调度", "mail": "邮件"}
_STYLE = """
body{font:15px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;
background:#f4f5f6;color:#1c2126}
table{border-collapse:collapse;width:100%;background:#fff}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid #e2e5e8;vertical-align:top}
th{font-weight:600;background:#e9ecef}td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
p.note{color:#59636d}
"""


def render_page(arrivals: Sequence[Arrival], counts: Mapping[str, int]) -> bytes:
    """The latest arrivals first; reloads itself."""
    rows = "".join(_row(arrival) for arrival in reversed(arrivals))
    summary = (
        f"已到达 {counts.get('arrived', 0)} 条 · 重复投递（已吸收）{counts.get('repeated', 0)} · "
        f"重复告知 {counts.get('told_twice', 0)} · 签名不符 {counts.get('refused', 0)}"
    )
    empty = '<tr><td colspan="5">还没有消息。按下一个呼叫按钮试试。</td></tr>'
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="3">'
        f"<title>演示收件箱</title><style>{_STYLE}</style><h1>演示收件箱</h1>"
        '<p class="note">模拟的响应员、家属和调度员收到的消息。所有人物均为虚构。</p>'
        f"<p>{html.escape(summary)}</p>"
        "<table><thead><tr><th>时间</th><th>渠道</th><th>类别</th><th>收件人</th><th>内容</th></tr></thead>"
        f"<tbody>{rows or empty}</tbody></table></html>"
    ).encode()


def _row(arrival: Arrival) -> str:
    at = datetime.fromtimestamp(arrival.received_at, UTC).astimezone(_CHINA)
    cells = (
        {"webhook": "应用", "email": "邮件"}.get(arrival.channel, arrival.channel),
        _KINDS.get(arrival.kind, arrival.kind),
        arrival.recipient_id,
        arrival.text,
    )
    return f'<tr><td class="time">{at:%H:%M:%S}</td>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
