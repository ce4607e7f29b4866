"""What a relative sees: one sentence about each resident who agreed to it."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header
from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle_alerts.incident import Kind
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.family_views import Happened, Looked, Sharing, ToldRelative
from carecircle_console.gate import Relative as RelativeViewer
from carecircle_console.gate import TheConsole
from carecircle_console.languages import Language, language_of
from carecircle_console.redact import incident_outside
from carecircle_console.scope import Viewer
from carecircle_console.sentences import Ended, Signs, evidence_at, sentence_for
from carecircle_console.store import load_incidents
from carecircle_console.views import Call, Relative
from carecircle_console.wire import Incident

router = APIRouter(prefix="/api", tags=["family"])
_LOOKS_BACK = timedelta(days=90)
_LOOKERS = timedelta(days=30)

Wanted = Annotated[str | None, Header(max_length=256, description="zh-CN, en or bo, as RFC 9110 has it")]


@router.get("/family")
async def family(viewer: RelativeViewer, console: TheConsole, accept_language: Wanted = None) -> list[Relative]:
    """Each resident of mine: how they are, or what happened and who is coming, in the reader's language."""
    now, scope, language = console.clock.now(), viewer.scope, language_of(accept_language)
    rows = await console.store.fetch("family", family=scope.family, now=now)
    await console.access.record(((viewer.account_id, row["resident_id"]) for row in rows), Purpose.FAMILY)
    async with console.store.pool.connection() as connection:
        ids = [row["open_incident_id"] for row in rows if row["open_incident_id"] is not None]
        seen = {one.incident.id: one.incident for one in await load_incidents(connection, ids, scope)}
    calls = await console.store.fetch("family_phones", family=scope.family)
    return [_relative(row, seen.get(row["open_incident_id"]), calls, now, language) for row in rows]


@router.get("/family/{resident_id}/history")
async def family_history(resident_id: str, viewer: RelativeViewer, console: TheConsole) -> list[Happened]:
    """What has happened in the last 90 days and is over, newest first."""
    await _of_theirs(console, viewer, resident_id)
    since = console.clock.now() - _LOOKS_BACK
    rows = await console.store.fetch("family_history", resident=resident_id, family=viewer.scope.family, since=since)
    return [Happened.model_validate(row) for row in rows]


@router.get("/family/{resident_id}/sharing")
async def sharing(resident_id: str, viewer: RelativeViewer, console: TheConsole) -> Sharing:
    """Who is told about a resident of mine, and who has looked at their health data."""
    await _of_theirs(console, viewer, resident_id)
    whose = {"resident": resident_id, "family": viewer.scope.family}
    told = await console.store.fetch("family_told", **whose)
    looked = await console.store.fetch("family_lookers", since=console.clock.now() - _LOOKERS, **whose)
    return Sharing(
        told=tuple(ToldRelative.model_validate(row) for row in told),
        looked=tuple(Looked.model_validate(row) for row in looked),
    )


async def _of_theirs(console: Console, viewer: Viewer, resident_id: str) -> None:
    if not await console.store.fetch("family_resident", resident=resident_id, family=viewer.scope.family):
        raise NotFound("没有这位老人，或老人未同意您查看")
    await console.access.record([(viewer.account_id, resident_id)], Purpose.FAMILY)


def _relative(
    row: DictRow, incident: Incident | None, calls: list[DictRow], now: datetime, language: Language
) -> Relative:
    signs = Signs(row["last_seen_at"], row["vitals_at"])
    ended = None
    if row["ended_kind"] is not None:
        ended = Ended(Kind(row["ended_kind"]), row["ended_pressed_at"], row["ended_closed_at"])
    return Relative(
        resident_id=row["resident_id"],
        resident_name=row["resident_name"],
        relation=row["relation"],
        shares_vitals=row["shares_vitals"],
        sentence=sentence_for(signs, incident, ended, now, language),
        as_of=evidence_at(signs, incident),
        incident=incident_outside(incident) if incident is not None else None,
        calls=tuple(
            Call(whose=one["whose"], name=one["name"], phone=one["phone"])
            for one in calls
            if one["resident_id"] == row["resident_id"]
        ),
    )
