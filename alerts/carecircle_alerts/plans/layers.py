"""Layers: settings of plans laid over each other, from the ground of a circle to the most exact (pure).

**Precedence.** The ground is the circle's plan for the kind's family. Over it lie the layers that apply, each changing
only the settings that it names; where two name the same setting the upper one counts. A layer for a kind lies above one
for a family; then one for a grade of frailty above one for every grade; then one for a smaller area above one for a
larger; then one for a circle above one for every circle; then the newer. What is said about what has happened to whom
thus outweighs where: a county that asks more people for every call does not take the second helper from a fall of
somebody who cannot be lifted by one, unless it says so for that very case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from carecircle.faults import faults_of
from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.plan import GROUND, Plan, plan_for

FRAILTIES = ("unknown", "able", "semi_disabled", "disabled", "severely_disabled")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a layer is for: a kind or a family, an area by its division code, a circle, a grade; empty: all of them."""

    kind: str
    area: str = ""
    circle: str = ""
    frailty: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings for a scope. `version` 0 stands in the code, others are numbers of rows."""

    scope: Scope
    settings: Mapping[str, Any]
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a plan is looked for: a kind of alarm at a bed."""

    kind: Kind
    circle: str
    division_code: str
    frailty: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A plan and where it is from. `origins` has the layer of every setting that is not the ground's.

    `version` is the newest row that it rests on, 0 for none. `left_out` are layers that this program cannot read.
    """

    plan: Plan
    version: int
    applied: tuple[Layer, ...]
    origins: Mapping[str, Layer]
    left_out: tuple[Layer, ...]


# Nobody lifts a severely disabled person from the floor alone: engineering proposal, to be confirmed by the centre.
BUILT_IN: tuple[Layer, ...] = (
    Layer(Scope("fall", frailty="severely_disabled"), {"helpers": 2}, 0, "重度失能老人跌倒需两人搬扶（工程建议值）"),
)


def resolve(subject: Subject, rows: Iterable[Layer]) -> Resolved:
    """The plan of a subject under the built-in layers and these rows; of a scope the newest row counts.

    A row that makes no plan, because an older or newer program wrote it, is left out and named: a call for help must
    find its plan whatever stands in the table.
    """
    plan = plan_for(subject.circle, FAMILY[subject.kind])
    mine = sorted((one for one in (*BUILT_IN, *newest(rows)) if applies(one.scope, subject)), key=_height)
    applied, left_out, origins = [], [], {}
    for layer in mine:
        changed = laid_over(plan, layer.settings)
        if changed is None:
            left_out.append(layer)
            continue
        plan = changed
        applied.append(layer)
        origins.update(dict.fromkeys(layer.settings, layer))
    version = max((layer.version for layer in applied), default=0)
    return Resolved(plan, version, tuple(applied), origins, tuple(left_out))


def newest(rows: Iterable[Layer]) -> list[Layer]:
    """Of each scope the newest row, without those that take their settings back."""
    latest: dict[Scope, Layer] = {}
    for row in rows:
        if row.scope not in latest or latest[row.scope].version < row.version:
            latest[row.scope] = row
    return [row for row in latest.values() if row.settings]


def applies(scope: Scope, subject: Subject) -> bool:
    """Whether a layer is about a subject."""
    return (
        scope.kind in {subject.kind.value, FAMILY[subject.kind].value}
        and subject.division_code.startswith(scope.area)
        and scope.circle in {"", subject.circle}
        and scope.frailty in {"", subject.frailty}
    )


def laid_over(plan: Plan, settings: Mapping[str, Any]) -> Plan | None:
    """The plan with other settings; None where that makes none."""
    try:
        return Plan.model_validate({**plan.model_dump(mode="json"), **settings})
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a layer is none: the setting to blame, or an empty word, and a sentence."""

    setting: str
    sentence: str


def why_refused(scope: Scope, settings: Mapping[str, Any]) -> Refused | None:
    """Why settings cannot be those of a scope; None when they can."""
    kinds = {kind.value for kind in Kind} | {family.value for family in Family}
    if scope.kind not in kinds:
        return Refused("", f"没有这个报警类别：{scope.kind}")
    if scope.frailty not in {"", *FRAILTIES} or scope.circle not in {"", *GROUND}:
        return Refused("", "没有这个失能等级或服务圈")
    if "name" in settings:
        return Refused("name", "预案名称由服务圈决定，不能更改")
    family = Family(scope.kind) if scope.kind in set(Family) else FAMILY[Kind(scope.kind)]
    if family is Family.HELP and settings.get("asks") is False:
        return Refused("asks", "求助事件必须立即派单，不能改为由调度台先查看")
    circles = (scope.circle,) if scope.circle else tuple(GROUND)
    for circle in circles:
        try:
            Plan.model_validate({**plan_for(circle, family).model_dump(mode="json"), **settings})
        except ValidationError as error:
            wrong = faults_of(error.errors())[0]
            return Refused(wrong.field, f"{wrong.field} {wrong}")
    return None


def _height(layer: Layer) -> tuple[bool, bool, int, bool, int]:
    scope = layer.scope
    return (scope.kind in set(Kind), bool(scope.frailty), len(scope.area), bool(scope.circle), layer.version)
