"""What a chart of a bed's vital signs shows beside them: the limits at which rules speak, and its incidents."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from carecircle.errors import NotFound
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.gate import Staff, TheConsole
from carecircle_console.limits import Limit, PastIncident, limits_of
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api/beds/{bed_id}", tags=["history"])


@router.get("/limits")
async def limits(bed_id: str, viewer: Staff, console: TheConsole) -> list[Limit]:
    """At which values of heart rate, respiratory rate and SpO2 the rules of this bed speak."""
    await _record(console, viewer, bed_id)
    rows = await console.store.fetch("bed_at_altitude", bed=bed_id, area=viewer.scope.area)
    if not rows:
        raise NotFound("没有这个床位，或不在您的可见范围内")
    settings = await console.store.fetch("rule_settings_of_bed", bed=bed_id, area=viewer.scope.area)
    return limits_of(rows[0]["division_code"], bed_id, rows[0]["altitude_m"], settings)


@router.get("/incidents")
async def incidents(
    bed_id: str, viewer: Staff, console: TheConsole, days: Annotated[float, Query(gt=0, le=90)] = 7
) -> list[PastIncident]:
    """The incidents of a bed within these days, open or over, newest first."""
    await _record(console, viewer, bed_id)
    since = console.clock.now() - timedelta(days=days)
    rows = await console.store.fetch("past_incidents_of_bed", bed=bed_id, area=viewer.scope.area, since=since)
    return [PastIncident.model_validate(row) for row in rows]


async def _record(console: Console, viewer: Viewer, bed_id: str) -> None:
    resident = await console.store.resident(bed_id, viewer.scope)
    await console.access.record([(viewer.account_id, resident)], Purpose.BED)
