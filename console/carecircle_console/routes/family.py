"""What a relative sees: one sentence about each resident who agreed to it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header
from psycopg.rows import DictRow

from carecircle_alerts.incident import Kind
from carecircle_console.access import Purpose
from carecircle_console.gate import Relative as RelativeViewer
from carecircle_console.gate import TheConsole
from carecircle_console.languages import Language, language_of
from carecircle_console.redact import incident_outside
from carecircle_console.sentences import Ended, Signs, evidence_at, sentence_for
from carecircle_console.store import load_incidents
from carecircle_console.views import Relative
from carecircle_console.wire import Incident

router = APIRouter(prefix="/api", tags=["family"])

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
    return [_relative(row, seen.get(row["open_incident_id"]), now, language) for row in rows]


def _relative(row: DictRow, incident: Incident | None, now: datetime, language: Language) -> Relative:
    signs = Signs(row["last_seen_at"], row["vitals_at"])
    ended = None
    if row["ended_kind"] is not None:
        ended = Ended(Kind(row["ended_kind"]), row["ended_pressed_at"], row["ended_closed_at"])
    return Relative(
        resident_id=row["resident_id"],
        resident_name=row["resident_name"],
        relation=row["relation"],
        sentence=sentence_for(signs, incident, ended, now, language),
        as_of=evidence_at(signs, incident),
        incident=incident_outside(incident) if incident is not None else None,
    )
