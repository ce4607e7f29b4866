"""Imports and exports: the register as files of spreadsheet programs, for the administrators of an area."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from carecircle.errors import Invalid
from carecircle_alerts.imports.book import ImportKind
from carecircle_alerts.imports.desk import template
from carecircle_alerts.imports.homes import Datum
from carecircle_alerts.imports.reading import MOST_BYTES
from carecircle_console.gate import Administrator, TheConsole, actor_of, area_of
from carecircle_console.import_views import ImportReport, PastImport, report_view
from carecircle_console.people_views import Why

router = APIRouter(prefix="/api", tags=["imports"])
_TABLE = "text/csv; charset=utf-8"
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}
ImportId = Annotated[int, Path(ge=1, le=2**62)]


@router.get("/imports")
async def imports(viewer: Administrator, console: TheConsole) -> list[PastImport]:
    """The latest imports of the area."""
    return [PastImport.model_validate(row) for row in await console.imports.imports(area_of(viewer))]


@router.post("/imports/{kind}", openapi_extra=_BODY)
async def bring_in(
    kind: ImportKind, request: Request, viewer: Administrator, console: TheConsole, *,
    dry_run: Annotated[bool, Query(description="true: report only, write nothing")] = True,
    fingerprint: Annotated[str, Query(max_length=64, description="of the report that is to come true")] = "",
    reason: Annotated[str, Query(max_length=500, description="needed where something is written")] = "",
    datum: Annotated[Datum, Query(description="of positions whose row names none; kept is WGS-84")] = "wgs84",
) -> ImportReport:  # fmt: skip
    """Report on a file of at most 5 MB, or write it whole; 409 where it would not do what was reported any more."""
    content, area = await _content(request), area_of(viewer)
    if dry_run:
        return report_view(kind, await console.imports.report(kind, content, area, datum), None)
    number, report = await console.imports.commit(kind, content, fingerprint, area, reason, actor_of(viewer), datum)
    return report_view(kind, report, number)


@router.post("/imports/{import_id}/undo", status_code=204)
async def undo(import_id: ImportId, form: Why, viewer: Administrator, console: TheConsole) -> None:
    """Take an import back, while nothing of it has changed since."""
    await console.imports.undo(import_id, area_of(viewer), form.reason, actor_of(viewer))


@router.get("/imports/{kind}/template.csv", response_class=Response, responses=_FILE)
async def empty(kind: ImportKind, _viewer: Administrator) -> Response:
    """An empty file with all columns."""
    return _file(template(kind), f"{kind}-template.csv")


@router.get("/exports/{kind}.csv", response_class=Response, responses=_FILE)
async def take_out(kind: ImportKind, viewer: Administrator, console: TheConsole) -> Response:
    """The register of the area as a file; on record as a read of personal data."""
    content = await console.imports.export(kind, area_of(viewer), actor_of(viewer))
    return _file(content, f"{kind}-{console.clock.now():%Y%m%d}.csv")


async def _content(request: Request) -> bytes:
    """The file, counted while it comes: what a client declares is not trusted."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Invalid("file", "file_too_large", "文件最大5 MB，请分成几个文件")
    return bytes(body)


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=_TABLE, headers=headers)
