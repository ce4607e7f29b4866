"""Alarms: what rules have found at a bed and why, and putting an alarm aside for a time."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from carecircle_alerts.desk import Actor
from carecircle_alerts.incident import Kind
from carecircle_console.access import Purpose
from carecircle_console.alarm_views import BedAlarms, Shelf, ToShelve
from carecircle_console.context import Console
from carecircle_console.gate import Dispatching, Staff, TheConsole
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api", tags=["alarms"])


@router.get("/beds/{bed_id}/alarms")
async def alarms(
    bed_id: str, viewer: Staff, console: TheConsole, days: Annotated[float, Query(gt=0, le=90)] = 7
) -> BedAlarms:
    """The alarms of a bed with their reasons, those that stand first, and what is put aside there."""
    await _record(console, viewer, bed_id)
    return await _of(console, viewer, bed_id, days)


@router.get("/shelves")
async def shelves(viewer: Staff, console: TheConsole) -> tuple[Shelf, ...]:
    """All that is put aside in the area, the first to return first."""
    return await console.alarms.shelves(viewer.scope.area)


@router.post("/beds/{bed_id}/shelves")
async def shelve(bed_id: str, form: ToShelve, viewer: Dispatching, console: TheConsole) -> BedAlarms:
    """Put an alarm aside; 409 for a call for help, and where somebody has done so already."""
    await _record(console, viewer, bed_id)
    await console.shelving.shelve(bed_id, form.kind, timedelta(minutes=form.minutes), form.reason, _actor(viewer))
    return await _of(console, viewer, bed_id, 7)


@router.delete("/beds/{bed_id}/shelves/{kind}")
async def unshelve(bed_id: str, kind: Kind, viewer: Dispatching, console: TheConsole) -> BedAlarms:
    """Hear it again; what still stands is told at once."""
    await _record(console, viewer, bed_id)
    await console.shelving.unshelve(bed_id, kind, _actor(viewer))
    return await _of(console, viewer, bed_id, 7)


async def _record(console: Console, viewer: Viewer, bed_id: str) -> None:
    resident = await console.store.resident(bed_id, viewer.scope)
    await console.access.record([(viewer.account_id, resident)], Purpose.BED)


async def _of(console: Console, viewer: Viewer, bed_id: str, days: float) -> BedAlarms:
    area, since = viewer.scope.area, console.clock.now() - timedelta(days=days)
    return BedAlarms(
        alarms=await console.alarms.of_bed(bed_id, area, since), shelves=await console.alarms.shelves(area, bed_id)
    )


def _actor(viewer: Viewer) -> Actor:
    return Actor("account", str(viewer.account_id), viewer.name)
