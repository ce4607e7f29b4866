"""Coverage: figures of the service circle, who is not reached, outlines, sites, and what sending somebody leaves."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import ValidationError

from carecircle.errors import NotFound
from carecircle_alerts.coverage.questions import IsochroneAsked
from carecircle_console.coverage_views import (
    CODE,
    Circle,
    CoverageSummary,
    Isochrones,
    SendingLeaves,
    SitingTrial,
    State,
    ToSite,
    UncoveredBeds,
)
from carecircle_console.errors import BadRequest
from carecircle_console.gate import Deciding, Staff, TheConsole
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api/coverage", tags=["coverage"])

Hour = Annotated[int | None, Query(ge=0, le=23, description="of the local day; without it the present one")]
Area = Annotated[str | None, Query(pattern=CODE, description="a division of one's own; without it all of one's own")]
Id = Annotated[str | None, Query(max_length=64)]


@router.get("")
async def summary(
    viewer: Staff, console: TheConsole, area: Area = None, hour: Hour = None, circle: Circle | None = None
) -> CoverageSummary:
    """Shares of a division and of those right below it in one hour, by kind of circle, and its 24 hours."""
    within = _within(viewer, area)
    return await console.coverage.summary(viewer.scope.area, within, console.coverage.hour(hour), circle)


@router.get("/uncovered")
async def uncovered(
    viewer: Staff,
    console: TheConsole,
    area: Area = None,
    hour: Hour = None,
    circle: Circle | None = None,
    state: State | None = None,
    after: Annotated[str, Query(max_length=64)] = "",
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> UncoveredBeds:
    """Beds that nobody surely reaches in time, whose people are nearest, and by how much they miss."""
    within = _within(viewer, area)
    return await console.coverage.uncovered(
        viewer.scope.area, within, console.coverage.hour(hour), circle=circle, state=state, after=after, most=most
    )


@router.get("/isochrones")
async def isochrones(
    viewer: Staff,
    console: TheConsole,
    bed: Id = None,
    provider: Id = None,
    minutes: Annotated[str, Query(pattern=r"^\d{1,2}(,\d{1,2}){0,5}$")] = "5,10,15",
    mode: Literal["walk", "e_bike", "car"] | None = None,
    quantile: Literal["p50", "p90"] = "p90",
    hour: Hour = None,
    source: Annotated[
        Literal["own", "valhalla"] | None,
        Query(description="whose times; without it our own, and Valhalla's in place of a straight-line estimate"),
    ] = None,
) -> Isochrones:
    """GeoJSON: what is reached from a provider, or from where a bed is reached; 404 says what cannot be drawn.

    The `basis` of every outline says whose times they are; Valhalla's leave setting out aside, which it says too.
    """
    if (bed is None) == (provider is None):
        raise BadRequest("请指定一个床位或一个服务机构")
    asked = {"bed": bed, "provider": provider, "mode": mode, "quantile": quantile}
    try:
        question = IsochroneAsked.model_validate({**asked, "minutes": minutes.split(","), "hour": hour})
    except ValidationError:
        raise BadRequest("分钟数须在1到60之间") from None
    return await console.coverage.isochrones(viewer.scope.area, question, source)


@router.get("/without/{responder_id}")
async def without(responder_id: str, viewer: Staff, console: TheConsole) -> SendingLeaves:
    """Beds whose only cover, or backup, goes when this responder is sent now; the first answer takes a few seconds."""
    return await console.coverage.sending(viewer.scope.area, responder_id)


@router.get("/trials")
async def trials(viewer: Staff, console: TheConsole) -> list[SitingTrial]:
    """Searches for sites that were started in the area, newest first."""
    return console.siting.listed(_within(viewer, None))


@router.post("/trials", status_code=202)
async def start_trial(form: ToSite, viewer: Deciding, console: TheConsole) -> SitingTrial:
    """Search for the next stations; ask for the trial to see how far it is. 409 while another is running."""
    return console.siting.begin(form.model_copy(update={"area": _within(viewer, form.area)}), viewer.name)


@router.get("/trials/{trial_id}")
async def trial(trial_id: UUID, viewer: Staff, console: TheConsole) -> SitingTrial:
    """How far a search is, and what it found."""
    return console.siting.one(trial_id, _within(viewer, None))


@router.delete("/trials/{trial_id}", status_code=204)
async def stop_trial(trial_id: UUID, viewer: Deciding, console: TheConsole) -> None:
    """End a search that nobody waits for."""
    console.siting.stop(trial_id, _within(viewer, None))


def _within(viewer: Viewer, area: str | None) -> str:
    """The division that is asked about; raises `NotFound` for one that is not the viewer's."""
    own = viewer.scope.area
    assert own is not None, "the database holds that people of the centre have an area"
    if not area:
        return own
    if not area.startswith(own):
        raise NotFound("没有这个区域，或不在您的可见范围内")
    return area
