"""Reference: writes docs/plans.md from the plans, so that no default is told in two places (I/O)."""

from pathlib import Path

from carecircle_alerts.plan import GROUND, LOOK, REPAIR, Plan, Track
from carecircle_alerts.plans import layers

WRITTEN = Path("docs/plans.md")
_HEAD = """# Plans

Written by `python -m carecircle_alerts.plans.reference`; a test holds it to the code. A plan says who is asked how fast
and what happens when nobody answers; it is frozen into each incident at its start. Times in seconds. Where a setting
names no source its default is an **engineering proposal** that the care centre has to confirm; none of them is a
clinical limit.

Sources: 15 minutes in town and 30 in remote places are the service radius of the Ganzhou pilot. At an acceptance of
0.23 (PulsePoint) single offers every 60 s leave 60 % unanswered after 120 s, five every 30 s 0.6 % (Monte Carlo). At
most 20 people are alerted by Heartrunner, five at once by GoodSAM, nine by FirstAED. A fault that is not repaired
within 2 h gets a substitute device (elder-care intelligent system standard 10.3.1). For herding areas no norm was
found.
"""
_CIRCLES = {"urban": "城市呼叫服务圈", "rural": "农村互助服务圈", "herding": "牧区本土服务圈"}
_FRAILTIES = {
    "unknown": "未评估",
    "able": "能力完好",
    "semi_disabled": "半失能",
    "disabled": "失能",
    "severely_disabled": "重度失能",
}


def reference() -> str:
    """The page."""
    parts = [_HEAD, "\n## Which plan a bed gets\n\n", (layers.__doc__ or "").split("(pure).", 1)[1].strip(), "\n\n"]
    parts.append("Grades of frailty: " + ", ".join(f"`{grade}` {_FRAILTIES[grade]}" for grade in layers.FRAILTIES))
    parts.append(".\n\nBuilt in, beside the circles:\n\n| kind | frailty | settings | why |\n|---|---|---|---|\n")
    for layer in layers.BUILT_IN:
        told = ", ".join(f"`{name}` = {value}" for name, value in layer.settings.items())
        parts.append(f"| `{layer.scope.kind}` | `{layer.scope.frailty}` | {told} | {layer.reason} |\n")
    parts.append("\n## Settings\n\n| setting | " + " | ".join(f"{_CIRCLES[name]} `{name}`" for name in GROUND))
    parts.append(" | |\n|---|" + "---|" * (len(GROUND) + 1) + "\n")
    parts += [_row(name) for name in Plan.model_fields if name not in {"name", "tracks"}]
    parts.append("\nWhat the desk has to look at first (clinical, behaviour): " + _changes(LOOK))
    parts.append("; repairs (technical): " + _changes(REPAIR) + ".\n\n## Tracks\n\n" + _about_tracks())
    for name, plan in GROUND.items():
        parts.append(f"\n### {_CIRCLES[name]} · `{name}`\n\n| track | roles | skills | at once | every | after |\n")
        parts.append("|---|---|---|---|---|---|\n" + "".join(map(_track, plan.ways())))
    return "".join(parts)


def _row(name: str) -> str:
    values = " | ".join(str(getattr(plan, name)) for plan in GROUND.values())
    return f"| `{name}` | {values} | {Plan.model_fields[name].description or ''} |\n"


def _changes(settings: dict[str, object]) -> str:
    return ", ".join(f"`{name}` = {value}" for name, value in settings.items())


def _about_tracks() -> str:
    return "".join(f"- `{name}`: {info.description}\n" for name, info in Track.model_fields.items())


def _track(track: Track) -> str:
    roles, skills = ", ".join(track.roles), ", ".join(track.skills) or "–"
    return f"| `{track.name}` | {roles} | {skills} | {track.at_once} | {track.every_s} s | {track.after_s} s |\n"


if __name__ == "__main__":
    WRITTEN.write_text(reference(), encoding="utf-8")
