"""Visits: what helpers report of one, what the centre sees of it, and the label at a bed."""

from io import BytesIO
from uuid import UUID

import segno
from fastapi import APIRouter, Request, Response

from carecircle.errors import NotFound
from carecircle_alerts.desk import Actor
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.errors import BadRequest
from carecircle_console.gate import Acting, Administrator, AsResponder, Staff, TheConsole
from carecircle_console.scope import Viewer
from carecircle_console.visit_views import BedLabel, Measured, Visit, VisitReport

router = APIRouter(prefix="/api", tags=["visits"])
_MOST_PHOTO_BYTES = 400 * 1024
_BINARY = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
_JPEG = {"requestBody": {"required": True, "content": _BINARY}}


@router.put("/assignments/{assignment_id}/report", status_code=204)
async def report(assignment_id: UUID, form: VisitReport, acting: AsResponder, console: TheConsole) -> None:
    """What I found; sending it again changes nothing, a later one takes its place."""
    await own_assignment(console, acting, assignment_id)
    await console.visits.report(assignment_id, form.report(), acting.actor)


@router.put("/assignments/{assignment_id}/photos/{photo_id}", status_code=204, openapi_extra=_JPEG)
async def add_photo(
    assignment_id: UUID, photo_id: UUID, request: Request, acting: AsResponder, console: TheConsole
) -> None:
    """A picture as JPEG, at most 400 KiB; its name is the phone's choice, so that it comes once."""
    await own_assignment(console, acting, assignment_id)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "image/jpeg":
        raise BadRequest("照片须为 JPEG 格式")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_PHOTO_BYTES:
            raise BadRequest("照片过大，请重新拍摄")
    await console.visits.add_photo(assignment_id, photo_id, bytes(body), acting.actor)


@router.delete("/assignments/{assignment_id}/photos/{photo_id}", status_code=204)
async def remove_photo(assignment_id: UUID, photo_id: UUID, acting: AsResponder, console: TheConsole) -> None:
    """Throw a picture away that should not have been taken."""
    await own_assignment(console, acting, assignment_id)
    await console.visits.remove_photo(assignment_id, photo_id, acting.actor)


@router.get("/incidents/{incident_id}/visits")
async def visits(incident_id: UUID, viewer: Staff, console: TheConsole) -> list[Visit]:
    """Who came, what shows it, and what they reported."""
    seen = await console.store.incident(incident_id, viewer.scope)
    await console.access.record([(viewer.account_id, seen.resident_id)], Purpose.VISIT)
    rows = await console.store.fetch("visits", id=incident_id, area=viewer.scope.area)
    return [
        Visit(**{k: v for k, v in row.items() if k not in Measured.model_fields}, measured=Measured.model_validate(
            {name: row[name] for name in Measured.model_fields}
        ))
        for row in rows
    ]  # fmt: skip


@router.get(
    "/photos/{photo_id}",
    response_class=Response,
    responses={200: {"content": _BINARY, "description": "the picture"}},
)
async def photo(photo_id: UUID, viewer: Staff, console: TheConsole) -> Response:
    """One picture."""
    rows = await console.store.fetch("photo", id=photo_id, area=viewer.scope.area)
    if not rows:
        raise NotFound("没有这张照片，或不在您的可见范围内")
    await console.access.record([(viewer.account_id, rows[0]["resident_id"])], Purpose.VISIT)
    return Response(rows[0]["jpeg"], media_type="image/jpeg")


@router.get("/beds/{bed_id}/label")
async def label(bed_id: str, viewer: Administrator, console: TheConsole) -> BedLabel:
    """The code for the label at a bed, which proves that somebody stands there."""
    await console.store.resident(bed_id, viewer.scope)
    return _label(console, bed_id, await console.visits.code(bed_id))


@router.get(
    "/beds/{bed_id}/label.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "QR code"}},
)
async def label_square(bed_id: str, viewer: Administrator, console: TheConsole) -> Response:
    """The same as a square that phones read (ISO/IEC 18004), to be printed."""
    await console.store.resident(bed_id, viewer.scope)
    shown = _label(console, bed_id, await console.visits.code(bed_id))
    drawn = BytesIO()
    segno.make(shown.url, error="q", micro=False).save(drawn, kind="svg", scale=8, border=4)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/beds/{bed_id}/label/renew")
async def renew_label(bed_id: str, viewer: Administrator, console: TheConsole) -> BedLabel:
    """Another code, where the old label was lost or photographed; the old one counts no more."""
    await console.store.resident(bed_id, viewer.scope)
    return _label(console, bed_id, await console.visits.renew_code(bed_id, _actor(viewer)))


async def own_assignment(console: Console, acting: Acting, assignment_id: UUID) -> None:
    """Raise `NotFound` unless the assignment is theirs, and of the offer that a link speaks for."""
    offer_id = acting.link.offer_id if acting.link else None
    found = await console.store.fetch(
        "own_assignment_exists", id=assignment_id, responder=acting.responder_id, offer=offer_id
    )
    if not found:
        raise NotFound("没有这项任务，或不是您的任务")


def _label(console: Console, bed_id: str, code: str) -> BedLabel:
    return BedLabel(bed_id=bed_id, code=code, url=f"{console.settings.public_url.rstrip('/')}/responder?here={code}")


def _actor(viewer: Viewer) -> Actor:
    return Actor("account", str(viewer.account_id), viewer.name)
