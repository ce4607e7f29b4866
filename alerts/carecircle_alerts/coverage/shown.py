"""Shown: the latest figures of an area as one document, and as lines for a terminal (I/O: reads)."""

from collections.abc import Mapping
from typing import Any

from carecircle.errors import NotFound
from carecircle_alerts.coverage.figures import Counts, figures_of
from carecircle_alerts.coverage.store import Connection, fetch, latest_run

CIRCLE_NAMES = {"urban": "城市呼叫圈", "rural": "农村互助圈", "herding": "牧区"}
BASIS_NAMES = {"road_network": "路网", "synthetic_network": "模拟路网", "straight_line_model": "直线估算"}
STATE_NAMES = {
    "covered": "已覆盖", "uncertain": "不确定", "not_covered": "未覆盖", "estimated": "仅估算", "unlocated": "无坐标",
}  # fmt: skip


def summary_of(connection: Connection, area: str, hour: int, most: int = 20) -> dict[str, Any]:
    """What the latest run says of an area (a division code; empty: all provinces) in one hour of its day.

    Raises `NotFound` where nothing was computed yet.
    """
    run = latest_run(connection)
    if run is None:
        raise NotFound("还没有计算过覆盖；请运行 carecircle coverage run")
    counts: dict[str, Counts] = {}
    for row in fetch(connection, "area_summary", run=run.id, area=area, hour=hour):
        circle = row.pop("circle")
        counts[circle] = counts.get(circle, Counts()) + Counts(**row)
    everything = sum(counts.values(), Counts())
    return {
        "run": {
            "id": run.id,
            "day": run.day.isoformat(),
            "finished_at": run.finished_at.isoformat(),
            "basis": run.basis,
            "version": run.version,
            "is_estimate": run.is_estimate,
            "limits": run.limits,
            "band": run.bands[hour],
            "posts": run.posts,
        },
        "area": area,
        "hour": hour,
        "total": figures_of(everything),
        "circles": {circle: figures_of(one) for circle, one in sorted(counts.items())},
        "uncovered": fetch(connection, "uncovered", run=run.id, hour=hour, area=area, most=most),
    }


def lines_of(summary: Mapping[str, Any]) -> list[str]:
    """As people read it, Chinese first."""
    run = summary["run"]
    where = f"{summary['area'] or '全部'} · {run['day']} {summary['hour']:02d}时"
    found = [f"服务圈覆盖 coverage · {where} · {_basis(run)} · 出发点 {run['posts']}"]
    if run["is_estimate"]:
        found.append("直线估算，不作为覆盖率发布 (estimates are shown, never counted as coverage)")
    for name, one in [
        ("合计", summary["total"]),
        *((CIRCLE_NAMES.get(k, k), v) for k, v in summary["circles"].items()),
    ]:
        states = "  ".join(f"{STATE_NAMES[state]} {one[state]}" for state in STATE_NAMES if one[state])
        shares = "" if one["share"] is None else f"  覆盖率 {one['share']:.1%}  有后备 {one['backed_up_share']:.1%}"
        found.append(f"  {name:<6} 床位 {one['beds']}  {states}{shares}")
    if summary["uncovered"]:
        found.append("超出时限最多的床位：")
    found += [f"  {_line_of_bed(one)}" for one in summary["uncovered"]]
    return found


def _basis(said: Mapping[str, Any]) -> str:
    return f"依据 {BASIS_NAMES.get(said['basis'], said['basis'])} {said['version']}"


def _line_of_bed(one: Mapping[str, Any]) -> str:
    nearest = one["provider_name"] or one["provider_id"] or one["post_id"] or "无人可达"
    if one["p90_s"] is None:
        return f"{one['bed_id']}  {STATE_NAMES[one['state']]}  {nearest}"
    minutes = f"中位 {one['p50_s'] / 60:.0f} 分钟，九成 {one['p90_s'] / 60:.0f} 分钟"
    return f"{one['bed_id']}  {STATE_NAMES[one['state']]}  {nearest}  {minutes}（时限 {one['limit_s'] / 60:.0f}）"


def lines_of_sites(found: Mapping[str, Any]) -> list[str]:
    """Where to build, as people read it."""
    lines = [
        f"选址 siting · {found['area'] or '全部'} · {_basis(found)}",
        f"  床位 {found['beds']}，未覆盖 {found['without_cover']}，候选点 {found['candidates']}",
    ]
    if found["is_estimate"]:
        lines.append("  直线估算，仅供参考 (estimates only)")
    for one in found["stations"]:
        share = "" if one["share_after"] is None else f"，覆盖率到 {one['share_after']:.1%}"
        lines.append(
            f"  {one['order']}. {one['near']}（{one['lat']:.5f}, {one['lon']:.5f}）新覆盖 {one['beds']} 张{share}"
        )
    proof = "已证明最优" if not found["gap"] else f"与最优相差不超过 {found['gap']:.1%}"
    lines.append(f"  共新覆盖 {found['gained']:g}，{proof}，{found['seconds']:.1f} 秒")
    if found["beyond_reach"]["beds"]:
        ids = "、".join(found["beyond_reach"]["ids"][:10])
        lines.append(f"  任何候选点都到不了的床位 {found['beyond_reach']['beds']} 张：{ids}")
    return lines


def lines_of_leaving(found: Mapping[str, Any]) -> list[str]:
    """What sending somebody leaves, as people read it."""
    head = (
        f"派出 {found['responder_id']} 后 · 依据 {BASIS_NAMES.get(found['basis'], found['basis'])} {found['version']}"
    )
    if found["why_not"]:
        return [head, f"  此人现在不计入覆盖：{found['why_not']}"]
    change = "" if found["share_change"] is None else f"，覆盖率变化 {found['share_change']:+.2%}"
    lines = [
        head,
        f"  失去唯一覆盖的床位 {found['uncovered_beds']} 张，失去后备的 {found['without_backup_beds']} 张{change}",
    ]
    if found["is_estimate"]:
        lines.append("  直线估算，仅供参考 (estimates only)")
    lines += [f"  {one['bed_id']}  其次 {one['next_responder_id'] or '无人'}" for one in found["uncovered"][:20]]
    return lines
