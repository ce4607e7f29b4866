"""Roads: which are closed or slow, closing them and opening them again; travel times follow within seconds."""

from fastapi import APIRouter

from carecircle.errors import NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.road_desk import RoadClosure as Wanted
from carecircle_console.context import Console
from carecircle_console.gate import Dispatching, Staff, TheConsole
from carecircle_console.road_views import RoadClosure, ToClose
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api/roads", tags=["roads"])


@router.get("/closures")
async def closures(viewer: Staff, console: TheConsole) -> list[RoadClosure]:
    """Closed and slow roads in the area or around it, those that count first; what was ended stays a week."""
    return await _listed(console, viewer)


@router.post("/closures", status_code=201)
async def close_roads(form: ToClose, viewer: Dispatching, console: TheConsole) -> RoadClosure:
    """Close roads in one's own area; 409 says what does not make sense."""
    if not form.area_code.startswith(_area(viewer)):
        raise NotFound("没有这个区域，或不在您的可见范围内")
    wanted = Wanted(
        [Place(lat, lon) for lon, lat in form.corners], form.radius_m, form.slow_factor, form.modes, form.reason,
        form.begins_at, form.until,
    )  # fmt: skip
    made = await console.road_desk.close_roads(form.area_code, wanted, _actor(viewer))
    return next(one for one in await _listed(console, viewer) if one.id == made)


@router.delete("/closures/{closure_id}", status_code=204)
async def open_roads(closure_id: int, viewer: Dispatching, console: TheConsole) -> None:
    """Open them again; 404 where somebody has done so already."""
    await console.road_desk.open_roads(closure_id, _area(viewer), _actor(viewer))


async def _listed(console: Console, viewer: Viewer) -> list[RoadClosure]:
    rows = await console.store.fetch("road_closures", area=_area(viewer), now=console.clock.now())
    return [RoadClosure.model_validate(row) for row in rows]


def _area(viewer: Viewer) -> str:
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area


def _actor(viewer: Viewer) -> Actor:
    return Actor("account", str(viewer.account_id), viewer.name)
