"""Shifts: who watches the alarms, and what one shift leaves to the next in writing."""

from typing import Annotated

from fastapi import APIRouter, Path

from carecircle_alerts.desk import Actor
from carecircle_console.access import Purpose
from carecircle_console.gate import Dispatching, IdempotencyKey, Staff, TheConsole
from carecircle_console.scope import Viewer
from carecircle_console.shift_views import (
    BedHome,
    BeginShift,
    Handover,
    HandoverBrief,
    HandoverNotes,
    PastIncident,
    ShiftView,
    Summary,
)

router = APIRouter(prefix="/api", tags=["shifts"])
Number = Annotated[int, Path(ge=1, le=2**62)]
_MOST_PAST = 30


@router.get("/shift")
async def shift(viewer: Dispatching, console: TheConsole) -> ShiftView:
    """One's own shift, who else watches, and the handover that waits."""
    return await console.shift_reads.view(viewer)


@router.post("/shift")
async def begin(form: BeginShift, viewer: Dispatching, console: TheConsole) -> ShiftView:
    """Begin to watch, having heard the alarm sound or not; whoever watches already goes on."""
    await console.shifts.begin(_area(viewer), _actor(viewer), heard=form.heard)
    return await console.shift_reads.view(viewer)


@router.get("/handovers")
async def handovers(viewer: Staff, console: TheConsole) -> list[HandoverBrief]:
    """The latest handovers of the area, newest first."""
    return await console.shift_reads.listed(viewer)


@router.get("/handovers/draft")
async def draft(viewer: Dispatching, console: TheConsole) -> Summary:
    """What a handover would say now: what is open, put aside, and silent."""
    return await console.shift_reads.draft(await console.shifts.draft(_area(viewer)), viewer)


@router.post("/handovers")
async def write(
    form: HandoverNotes, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> list[HandoverBrief]:
    """Sign what is left to the next shift; one's own shift goes on until somebody takes it."""
    once = (str(viewer.account_id), "handover", "", key) if key else None

    async def signed() -> None:
        await console.shifts.write(_area(viewer), form.notes, _actor(viewer))

    await console.replays.once(once, signed)
    return await console.shift_reads.listed(viewer)


@router.get("/handovers/{handover_id}")
async def handover(handover_id: Number, viewer: Staff, console: TheConsole) -> Handover:
    """One handover with all that was left."""
    return await console.shift_reads.one(handover_id, viewer)


@router.post("/handovers/{handover_id}/take")
async def take(handover_id: Number, viewer: Dispatching, console: TheConsole) -> ShiftView:
    """Sign that one has read it and takes over; 409 names who was first."""
    await console.shifts.take(handover_id, _area(viewer), _actor(viewer))
    return await console.shift_reads.view(viewer)


@router.get("/beds/{bed_id}/home")
async def home(bed_id: str, viewer: Staff, console: TheConsole) -> BedHome:
    """What the desk tells whoever goes there, and what has happened at the bed before."""
    resident = await console.store.resident(bed_id, viewer.scope)
    await console.access.record([(viewer.account_id, resident)], Purpose.BED)
    area = viewer.scope.area
    (known,) = await console.store.fetch("home_of_bed", bed=bed_id, area=area)
    past = await console.store.fetch("incidents_of_bed", bed=bed_id, area=area, most=_MOST_PAST)
    return BedHome(**known, past=tuple(PastIncident.model_validate(row) for row in past))


def _actor(viewer: Viewer) -> Actor:
    return Actor("account", str(viewer.account_id), viewer.name)


def _area(viewer: Viewer) -> str:
    assert viewer.area_code is not None, "the database holds that people of the centre have an area"
    return viewer.area_code
