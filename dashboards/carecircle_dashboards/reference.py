"""The page of definitions, docs/figures.md: every figure in its words, out of the one place where they stand (pure)."""

from types import ModuleType

from carecircle_dashboards.figures import alarms, bed, circle, desk, fleet, pipeline, report, travel
from carecircle_dashboards.figures.figure import Colour, Figure

_PAGES: tuple[tuple[str, ModuleType], ...] = (
    ("十五分钟服务圈", circle),
    ("设备与防护", fleet),
    ("告警质量", alarms),
    ("一个床位", bed),
    ("数据通路", pipeline),
    ("坐席与应答", desk),
    ("路程与到达", travel),
    ("服务月报", report),
)
_COLOURS = {Colour.GOOD: "绿", Colour.WATCH: "橙", Colour.BAD: "红"}
_HEAD = """# Figures · 数字的定义

Every figure of the dashboards with its definition, as the panels' descriptions show it. Generated from
dashboards/carecircle_dashboards/figures by `make docs`; sources of the thresholds stand there beside them.
"""


def figures_page() -> str:
    """As Markdown."""
    parts = [_HEAD]
    for title, module in _PAGES:
        parts.append(f"\n## {title}\n")
        parts += [_entry(figure) for figure in vars(module).values() if isinstance(figure, Figure)]
    return "\n".join(parts)


def _entry(figure: Figure) -> str:
    steps = [
        f"{value:g} 起为{_COLOURS[colour]}"
        for value, colour in figure.steps
        if value is not None and colour in _COLOURS
    ]
    limits = f"（{figure.unit}：{'，'.join(steps)}）" if steps else ""
    return f"- **{figure.title}**{limits}：{figure.definition}"
