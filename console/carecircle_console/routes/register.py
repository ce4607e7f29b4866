"""Register: beds at home, their devices, providers and areas, kept by the administrators of an area."""

from typing import Annotated

from fastapi import APIRouter, Query

from carecircle.errors import Forbidden
from carecircle_alerts.register.home_form import HomeRow, RelativeRow, Way
from carecircle_alerts.register.providers import ProviderRow
from carecircle_console import register_reads
from carecircle_console.access import Purpose
from carecircle_console.account_views import AreaCode
from carecircle_console.context import Console
from carecircle_console.gate import Administrator, TheConsole, actor_of, area_of
from carecircle_console.register_views import (
    AreaLevel,
    HomeFields,
    HomePage,
    HomeToChange,
    HomeToMake,
    ProviderFields,
    ProviderPage,
    ProviderToChange,
    ProviderToMake,
    RegisteredBox,
    RegisteredHome,
    RegisteredProvider,
    RegisterState,
    RegisterStep,
    RelativeForm,
)
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api/register", tags=["register"])
Search = Annotated[str, Query(max_length=64, description="part of a number, a name, an address, a telephone number")]
Within = Annotated[AreaCode | None, Query(description="an area within one's own")]
PageSize = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str, Query(max_length=1000, pattern=r"^[A-Za-z0-9_-]*$", description="`next` of the page before")]


@router.get("/homes")
async def homes(
    viewer: Administrator, console: TheConsole, search: Search = "", area: Within = None,
    provider: Annotated[str | None, Query(max_length=64)] = None, state: RegisterState = "active", after: After = "",
    limit: PageSize = 50,
) -> HomePage:  # fmt: skip
    """Beds of the area, by area and number, a page at a time."""
    return await register_reads.home_page(
        console.store, _within(viewer, area), search=search, provider=provider, state=state, after=after, most=limit
    )


@router.post("/homes", status_code=201)
async def create_home(form: HomeToMake, viewer: Administrator, console: TheConsole) -> RegisteredHome:
    """Take a bed with its resident and relatives into the register."""
    row = _home(form, form.bed_id)
    bed = await console.home_desk.create(row, area_of(viewer), form.reason, actor_of(viewer))
    return await _shown(console, viewer, bed)


@router.get("/homes/{bed_id}")
async def home(bed_id: str, viewer: Administrator, console: TheConsole) -> RegisteredHome:
    """A bed with its resident and relatives; that it was read is on record."""
    return await _shown(console, viewer, bed_id)


@router.put("/homes/{bed_id}")
async def change_home(bed_id: str, form: HomeToChange, viewer: Administrator, console: TheConsole) -> RegisteredHome:
    """Change it; 409 says who was first, and when."""
    row = _home(form, bed_id)
    await console.home_desk.change(row, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await _shown(console, viewer, bed_id)


@router.post("/homes/{bed_id}/end")
async def end_home(bed_id: str, form: RegisterStep, viewer: Administrator, console: TheConsole) -> RegisteredHome:
    """The service ends and the box is let in no more; history stays. Refused while an incident is open."""
    await console.home_desk.end(bed_id, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await _shown(console, viewer, bed_id)


@router.post("/homes/{bed_id}/resume")
async def resume_home(bed_id: str, form: RegisterStep, viewer: Administrator, console: TheConsole) -> RegisteredHome:
    """It was ended by mistake, or begins again; the box has to be paired anew."""
    await console.home_desk.resume(bed_id, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await _shown(console, viewer, bed_id)


@router.get("/homes/{bed_id}/devices")
async def devices(bed_id: str, viewer: Administrator, console: TheConsole) -> RegisteredBox:
    """The box and the devices of a bed, with their last sign of life."""
    return await register_reads.box(console.store, bed_id, area_of(viewer), console.clock.now())


@router.get("/providers")
async def providers(
    viewer: Administrator, console: TheConsole, search: Search = "", area: Within = None,
    state: RegisterState = "active", after: After = "", limit: PageSize = 50,
) -> ProviderPage:  # fmt: skip
    """Providers of the area, by name, a page at a time."""
    return await register_reads.provider_page(
        console.store, _within(viewer, area), search=search, state=state, after=after, most=limit
    )


@router.post("/providers", status_code=201)
async def create_provider(form: ProviderToMake, viewer: Administrator, console: TheConsole) -> RegisteredProvider:
    """Take a provider into the register."""
    row = _provider(form, form.provider_id)
    made = await console.provider_desk.create(row, area_of(viewer), form.reason, actor_of(viewer))
    return await register_reads.provider(console.store, made, area_of(viewer))


@router.get("/providers/{provider_id}")
async def provider(provider_id: str, viewer: Administrator, console: TheConsole) -> RegisteredProvider:
    """One provider."""
    return await register_reads.provider(console.store, provider_id, area_of(viewer))


@router.put("/providers/{provider_id}")
async def change_provider(
    provider_id: str, form: ProviderToChange, viewer: Administrator, console: TheConsole
) -> RegisteredProvider:
    """Change it; 409 says who was first, and when."""
    row = _provider(form, provider_id)
    await console.provider_desk.change(row, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await register_reads.provider(console.store, provider_id, area_of(viewer))


@router.post("/providers/{provider_id}/end")
async def end_provider(
    provider_id: str, form: RegisterStep, viewer: Administrator, console: TheConsole
) -> RegisteredProvider:
    """Nobody is sent from there any more; refused while beds in service or people belong to it."""
    await console.provider_desk.end(provider_id, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await register_reads.provider(console.store, provider_id, area_of(viewer))


@router.post("/providers/{provider_id}/resume")
async def resume_provider(
    provider_id: str, form: RegisterStep, viewer: Administrator, console: TheConsole
) -> RegisteredProvider:
    """It works again."""
    await console.provider_desk.resume(provider_id, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await register_reads.provider(console.store, provider_id, area_of(viewer))


@router.get("/areas")
async def areas(viewer: Administrator, console: TheConsole, parent: Within = None) -> AreaLevel:
    """The divisions right below one, with their beds in service; without `parent` those below one's own."""
    return await register_reads.areas(console.store, parent or area_of(viewer), area_of(viewer))


async def _shown(console: Console, viewer: Viewer, bed_id: str) -> RegisteredHome:
    held, relatives = await console.home_desk.shown(bed_id, area_of(viewer))
    await console.access.record([(viewer.account_id, held["resident_id"])], Purpose.BED)
    return RegisteredHome.model_validate(held | {"relatives": relatives})


def _within(viewer: Viewer, area: str | None) -> str:
    own = area_of(viewer)
    if area is not None and not area.startswith(own):
        raise Forbidden("这个区域不在您的管理范围内")
    return area or own


def _home(form: HomeFields, bed_id: str) -> HomeRow:
    relatives = None if form.relatives is None else tuple(_relative(one) for one in form.relatives)
    values = {name: getattr(form, name) for name in HomeFields.model_fields if name != "relatives"}
    return HomeRow(bed_id=bed_id, relatives=relatives, **values)


def _relative(form: RelativeForm) -> RelativeRow:
    ways = None if form.ways is None else tuple(Way(way.channel, way.address, way.id) for way in form.ways)
    return RelativeRow(form.name, form.relation, form.phone, ways, form.id)


def _provider(form: ProviderFields, provider_id: str) -> ProviderRow:
    return ProviderRow(provider_id=provider_id, **{name: getattr(form, name) for name in ProviderFields.model_fields})
