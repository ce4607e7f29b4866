"""Rules: what they are, who has set them how, changing them, and trying a change on stored history first."""

from uuid import UUID

from fastapi import APIRouter

from carecircle.errors import NotFound
from carecircle_alerts.incident import Kind
from carecircle_alerts.rule_book import must_be_settings
from carecircle_alerts.rules.catalogue import RULES
from carecircle_alerts.texts import KIND_NAMES
from carecircle_console.access import Purpose
from carecircle_console.alarm_views import RuleChange, RuleSetting, RuleVersion, RuleView, ToTry, Trial
from carecircle_console.context import Console
from carecircle_console.gate import Deciding, Staff, TheConsole
from carecircle_console.scope import Scope, Viewer

router = APIRouter(prefix="/api/rules", tags=["rules"])


@router.get("")
async def rules(viewer: Staff) -> tuple[RuleView, ...]:
    """Every rule with its settings, their defaults and what they mean."""
    del viewer
    return tuple(
        RuleView(
            rule=rule.name,
            name=KIND_NAMES[Kind(rule.name)],
            family=rule.family.value,
            settings=rule.settings.model_json_schema(),
        )
        for rule in RULES
    )


@router.get("/settings")
async def settings(viewer: Staff, console: TheConsole) -> list[RuleSetting]:
    """Every change that counts in the area, newest first, with who made it and why."""
    return await console.alarms.rule_settings(viewer.scope.area)


@router.post("/{rule}/settings")
async def change(rule: str, form: RuleChange, viewer: Deciding, console: TheConsole) -> RuleVersion:
    """Set a rule for an area or a bed of one's own; 409 says which setting there is not, or what it may be."""
    await _must_be_mine(console, viewer, form.scope)
    return RuleVersion(
        version=await console.rule_book.change(form.scope, rule, form.settings, form.reason, viewer.name)
    )


@router.get("/trials")
async def trials(viewer: Staff, console: TheConsole) -> list[Trial]:
    """Replays that were started in the area, newest first."""
    return console.trials.listed(_area(viewer))


@router.post("/trials", status_code=202)
async def start_trial(form: ToTry, viewer: Deciding, console: TheConsole) -> Trial:
    """Replay stored history under a change; ask for the trial to see how far it is. 409 while another is running."""
    wanted = form if form.area else form.model_copy(update={"area": _area(viewer)})
    await _must_be_mine(console, viewer, wanted.area)
    if wanted.bed is not None:
        await console.store.resident(wanted.bed, Scope(area=wanted.area))
    for one in wanted.change:
        must_be_settings(one.rule, one.settings)
    return console.trials.begin(wanted, viewer.name)


@router.get("/trials/{trial_id}")
async def trial(trial_id: UUID, viewer: Staff, console: TheConsole) -> Trial:
    """How far a replay is, and its report: alarms by rule, the beds that differ, and the budget."""
    found = console.trials.one(trial_id, _area(viewer))
    if found.report is not None:
        residents = await console.alarms.residents(found.area, found.bed)
        await console.access.record(((viewer.account_id, one) for one in residents), Purpose.HISTORY)
    return found


@router.delete("/trials/{trial_id}", status_code=204)
async def stop_trial(trial_id: UUID, viewer: Deciding, console: TheConsole) -> None:
    """End a replay that nobody waits for."""
    console.trials.stop(trial_id, _area(viewer))


def _area(viewer: Viewer) -> str:
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area


async def _must_be_mine(console: Console, viewer: Viewer, scope: str) -> None:
    """Raise `NotFound` for an area or a bed that is not the viewer's."""
    area = _area(viewer)
    if scope.isdigit() or not scope:
        if not scope.startswith(area):
            raise NotFound("没有这个区域，或不在您的可见范围内")
    else:
        await console.store.resident(scope, viewer.scope)
