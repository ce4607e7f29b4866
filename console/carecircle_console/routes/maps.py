"""The map: what the installation's map file is, and the file itself, of which browsers ask for parts."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from carecircle.errors import NotFound
from carecircle_console.gate import SignedIn, TheConsole
from carecircle_console.map_file import find_map
from carecircle_console.map_views import MapAbout

router = APIRouter(prefix="/api/map", tags=["map"])

# The name changes with the file. Only for the browser that asked: whoever has signed out asks in vain.
_FOREVER = "private, max-age=31536000, immutable"


@router.get("")
async def about(_viewer: SignedIn, console: TheConsole) -> MapAbout:
    """Where the map is and what it is made of; `url` is null where there is none, or none yet."""
    file = console.settings.map_file
    found = find_map(file)
    if found is None:
        is_awaited = file is not None and not file.exists()
        return MapAbout(
            url=None,
            is_awaited=is_awaited,
            attribution="",
            is_synthetic=False,
            extract_date="",
            bounds=None,
            center=None,
        )
    return MapAbout(
        url=f"/api/map/{found.version}.pmtiles",
        is_awaited=False,
        attribution=found.attribution,
        is_synthetic=found.is_synthetic,
        extract_date=found.extract_date,
        bounds=found.bounds,
        center=found.center,
    )


@router.get("/{name}", response_class=Response, responses={200: {"content": {"application/vnd.pmtiles": {}}}})
async def file(name: str, _viewer: SignedIn, console: TheConsole) -> FileResponse:
    """Parts of the map file (`Range`), or all of it; 404 for another than the present one: ask for its name again."""
    found = find_map(console.settings.map_file)
    if found is None or Path(name).stem != found.version:
        raise NotFound("地图已更新，请重新加载")
    return FileResponse(found.path, media_type="application/vnd.pmtiles", headers={"Cache-Control": _FOREVER})
