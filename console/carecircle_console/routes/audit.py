"""Audit: who did what to what, and who looked at what, in one log; looking at it is on record as well."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from carecircle.errors import NotFound, Unavailable
from carecircle_console import audit_reads
from carecircle_console.audit_reads import Asked
from carecircle_console.audit_views import AuditPage, Kind
from carecircle_console.errors import BadRequest
from carecircle_console.gate import SignedIn, TheConsole, area_of
from carecircle_console.scope import AUDITING, Role, Viewer

router = APIRouter(prefix="/api", tags=["audit"])
Area = Annotated[str | None, Query(pattern=r"^[0-9]{2,12}$", description="a division within one's own area")]
From = Annotated[AwareDatetime | None, Query(alias="from", description="RFC 3339 with offset")]
Until = Annotated[AwareDatetime | None, Query(description="RFC 3339 with offset, not included")]
Kinds = Annotated[list[Kind] | None, Query(alias="kind", max_length=20)]
Who = Annotated[str, Query(alias="actor", max_length=64, description="part of a name, or `account:…` whole")]
What = Annotated[str, Query(alias="object", max_length=64, description="the id of a bed, person, incident or account")]
Cursor = Annotated[str | None, Query(max_length=128, description="`next` of the page before")]


def reviewing_only(viewer: SignedIn) -> Viewer:
    """Those who may look at who did what, and supervisors for their own area."""
    viewer.must_be(*AUDITING, Role.SUPERVISOR)
    return viewer


def asked(
    viewer: Annotated[Viewer, Depends(reviewing_only)], console: TheConsole, area: Area = None,
    kind: Kinds = None, actor: Who = "", object_id: What = "", since: From = None, until: Until = None,
) -> Asked:  # fmt: skip
    """What is asked for, never wider than the viewer's own area."""
    within = area or area_of(viewer)
    if not within.startswith(area_of(viewer)):
        raise NotFound("没有这个区域，或不在您的可见范围内")
    if "\x00" in actor + object_id:
        raise BadRequest("查询内容中有无效字符")
    until = until or console.clock.now()
    if since is not None and since >= until:
        raise BadRequest("结束时间必须晚于开始时间")
    return Asked(within, until, since, tuple(kind or ()), actor.strip(), object_id.strip())


Reviewing = Annotated[Viewer, Depends(reviewing_only)]
Wanted = Annotated[Asked, Depends(asked)]


@router.get("/audit")
async def audit(
    viewer: Reviewing, wanted: Wanted, console: TheConsole, cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:  # fmt: skip
    """The log of an area, newest first, a page at a time: give `next` of a page as `cursor` for the one behind it."""
    found = await audit_reads.page(console.store, wanted, cursor, limit)
    await audit_reads.record(console.store, viewer, wanted, "page", console.clock.now())
    return found


@router.get("/audit.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export(viewer: Reviewing, wanted: Wanted, console: TheConsole) -> Response:
    """The same as a table for a spreadsheet program, all of it; that it was taken out is on record first."""
    if console.exports.locked():
        raise Unavailable("正在导出的人较多，请稍后再试")
    await audit_reads.record(console.store, viewer, wanted, "export", console.clock.now())
    body = audit_reads.table(console.store, wanted, console.exports)
    headers = {"Content-Disposition": f'attachment; filename="audit-{wanted.until:%Y%m%d-%H%M}.csv"'}
    return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=headers)
