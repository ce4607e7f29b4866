"""Plans: what they are made of, who has set them how, changing them, and which one a bed would get and why."""

from fastapi import APIRouter

from carecircle.errors import NotFound
from carecircle_alerts.incident import Kind
from carecircle_alerts.plan import GROUND, Plan
from carecircle_alerts.plans.layers import Layer, Scope
from carecircle_console.access import Purpose
from carecircle_console.gate import Deciding, Staff, TheConsole
from carecircle_console.people_views import (
    BedPlan,
    PlanChange,
    PlanDefaults,
    PlanLayer,
    PlanSetting,
    PlanVersion,
    PlanView,
)
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api", tags=["plans"])


@router.get("/plans")
async def plans(viewer: Staff) -> PlanDefaults:
    """The settings of plans with what they mean, and the defaults of each circle."""
    del viewer
    return PlanDefaults(
        settings=Plan.model_json_schema(),
        circles=tuple(
            PlanView.model_validate({"circle": name, "plan": plan.model_dump(mode="json")})
            for name, plan in GROUND.items()
        ),
    )


@router.get("/plans/settings")
async def settings(viewer: Staff, console: TheConsole) -> list[PlanSetting]:
    """Every change that counts in the area, newest first, with who made it and why."""
    return [PlanSetting.model_validate(row) for row in await console.store.fetch("plan_settings", area=_area(viewer))]


@router.post("/plans/settings")
async def change(form: PlanChange, viewer: Deciding, console: TheConsole) -> PlanVersion:
    """Set plans for an area of one's own; 409 says what there is not. Open incidents keep the plan they began with."""
    if not form.area.startswith(_area(viewer)):
        raise NotFound("没有这个区域，或不在您的可见范围内")
    scope = Scope(form.kind, form.area, form.circle, form.frailty)
    return PlanVersion(version=await console.plan_book.change(scope, form.settings, form.reason, viewer.name))


@router.get("/beds/{bed_id}/plan")
async def of_bed(bed_id: str, viewer: Staff, console: TheConsole, kind: Kind = Kind.SOS) -> BedPlan:
    """The plan that an alarm of this kind would start with at this bed, layer by layer."""
    resident = await console.store.resident(bed_id, viewer.scope)
    await console.access.record([(viewer.account_id, resident)], Purpose.BED)
    found = await console.plan_book.of_bed(bed_id, kind)
    resolved = found.resolved
    return BedPlan(
        bed_id=bed_id,
        kind=kind,
        circle=found.subject.circle,
        frailty=found.subject.frailty,
        plan=resolved.plan.model_dump(mode="json"),
        layers=tuple(map(_layer, resolved.applied)),
        origins={name: layer.version for name, layer in resolved.origins.items()},
        left_out=tuple(layer.version for layer in resolved.left_out),
    )


def _layer(layer: Layer) -> PlanLayer:
    scope = layer.scope
    return PlanLayer.model_validate(
        {
            "kind": scope.kind,
            "area": scope.area,
            "circle": scope.circle,
            "frailty": scope.frailty,
            "version": layer.version,
            "settings": dict(layer.settings),
            "reason": layer.reason,
        }
    )


def _area(viewer: Viewer) -> str:
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area
