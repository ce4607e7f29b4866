"""History of a bed: latest values, series for charts, and files to take away; every read is put on record."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from carecircle.errors import Unavailable
from carecircle.quantities import QUANTITIES
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.errors import BadRequest
from carecircle_console.gate import SignedIn, TheConsole
from carecircle_console.history.fhir import write_bundle
from carecircle_console.history.reading import export_rows, latest, read_series
from carecircle_console.history.table import write_table
from carecircle_console.history.wire import History, Latest
from carecircle_console.scope import STAFF, Role, Viewer

router = APIRouter(prefix="/api/beds/{bed_id}", tags=["history"])

# Readings are taken out of the platform only by those who answer for it, and by the family for their own.
_MAY_EXPORT = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.FAMILY)
_MOST_METRICS = 8
_LATEST_WITHIN = timedelta(days=90)
_LONGEST_TABLE = timedelta(days=92)
_LONGEST_BUNDLE = timedelta(days=31)
_LONGEST_HISTORY = timedelta(days=3660)
From = Annotated[AwareDatetime, Query(alias="from", description="RFC 3339 with offset")]
Until = Annotated[AwareDatetime, Query(description="RFC 3339 with offset, not included")]
Metrics = Annotated[list[str], Query(alias="metric", min_length=1, max_length=_MOST_METRICS)]
Points = Annotated[int, Query(ge=10, le=2000, description="how many the chart has room for; never more are given")]
Rows = AsyncIterator[Mapping[str, object]]


@router.get("/latest")
async def latest_values(bed_id: str, viewer: SignedIn, console: TheConsole) -> Latest:
    """The newest value of every quantity, as history has it, of the last 90 days."""
    await _resident(console, viewer, bed_id, Purpose.BED, None)
    return Latest(bed_id=bed_id, values=await latest(console.store, bed_id, console.clock.now(), _LATEST_WITHIN))


@router.get("/history")
async def history(
    bed_id: str, viewer: SignedIn, console: TheConsole, metric: Metrics, start: From, until: Until, points: Points = 600
) -> History:
    """Series of some quantities over a window, each with at most `points` points."""
    viewer.must_be(*STAFF, Role.FAMILY)  # who is on the way needs the present, not the past
    unknown = [name for name in metric if name not in QUANTITIES]
    if unknown:
        raise BadRequest(f"没有这个指标：{unknown[0][:40]}")
    _check(start, until, _LONGEST_HISTORY)
    await _resident(console, viewer, bed_id, Purpose.HISTORY, (start, until))
    quantities = [QUANTITIES[name] for name in dict.fromkeys(metric)]
    series = await read_series(console.store, bed_id, quantities, start, until, points)
    return History(bed_id=bed_id, start=start, end=until, series=series)


@router.get("/export.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_table(bed_id: str, viewer: SignedIn, console: TheConsole, start: From, until: Until) -> Response:
    """All readings of a window as a table for a spreadsheet program; at most 92 days."""
    viewer.must_be(*_MAY_EXPORT)
    _check(start, until, _LONGEST_TABLE)
    await _resident(console, viewer, bed_id, Purpose.EXPORT, (start, until))
    return await _file(console, bed_id, start, until, write_table, "csv", "text/csv; charset=utf-8")


@router.get("/export.fhir.json", response_class=Response, responses={200: {"content": {"application/fhir+json": {}}}})
async def export_bundle(bed_id: str, viewer: SignedIn, console: TheConsole, start: From, until: Until) -> Response:
    """All readings of a window as a FHIR R4 Bundle of Observations; at most 31 days."""
    viewer.must_be(*_MAY_EXPORT)
    _check(start, until, _LONGEST_BUNDLE)
    resident = await _resident(console, viewer, bed_id, Purpose.EXPORT, (start, until))

    def write(rows: Rows) -> AsyncIterator[bytes]:
        return write_bundle(bed_id, resident, console.clock.now(), rows)

    return await _file(console, bed_id, start, until, write, "fhir.json", "application/fhir+json; charset=utf-8")


def _check(start: datetime, until: datetime, longest: timedelta) -> None:
    if until <= start:
        raise BadRequest("结束时间必须晚于开始时间")
    if until - start > longest:
        raise BadRequest(f"时间范围太长，最多{longest.days}天")


async def _resident(
    console: Console, viewer: Viewer, bed_id: str, purpose: Purpose, period: tuple[datetime, datetime] | None
) -> str:
    """Whose bed it is, with this read on record; raises `NotFound` where it is not theirs to see.

    A relative also needs the resident's consent `family_vitals`; without it `VitalsNotShared`.
    """
    resident = await console.store.resident_for_vitals(bed_id, viewer.scope)
    await console.access.record([(viewer.account_id, resident)], purpose, period)
    return resident


async def _file(
    console: Console,
    bed_id: str,
    start: datetime,
    until: datetime,
    write: Callable[[Rows], AsyncIterator[bytes]],
    ending: str,
    media_type: str,
) -> Response:
    if console.exports.locked():
        raise Unavailable("正在导出的人较多，请稍后再试")

    async def body() -> AsyncIterator[bytes]:
        async with console.exports, export_rows(console.store, bed_id, start, until) as rows:
            async for part in write(rows):
                yield part

    name = quote(f"{bed_id}-{start:%Y%m%d}-{until:%Y%m%d}.{ending}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(body(), media_type=media_type, headers=headers)
