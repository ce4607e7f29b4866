"""Incidents: reading them, and the dispatcher's commands on them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from carecircle_alerts.desk import Actor
from carecircle_alerts.ranking import Candidate as Ranked
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.forms import Because, Closing, Dispatch, Merging, NoteText, Sending, Verifying
from carecircle_console.gate import Dispatching, IdempotencyKey, SignedIn, Staff, TheConsole
from carecircle_console.redact import incident_outside
from carecircle_console.scope import Viewer
from carecircle_console.views import IncidentDetail
from carecircle_console.wire import Candidate, Changed, Incident, OfferBrief

router = APIRouter(prefix="/api/incidents", tags=["incidents"])


@router.get("")
async def incidents(
    viewer: SignedIn, console: TheConsole, *, is_open: Annotated[bool, Query(alias="open")] = False
) -> list[Incident]:
    """The incidents in scope: the open ones, most urgent first, or the latest 200."""
    seen = await console.store.incidents(viewer.scope, only_open=is_open)
    await console.access.record(((viewer.account_id, one.resident_id) for one in seen), Purpose.STREAM)
    return [one.incident if viewer.is_staff else incident_outside(one.incident) for one in seen]


@router.get("/{incident_id}")
async def incident(incident_id: UUID, viewer: Staff, console: TheConsole) -> IncidentDetail:
    """Everything about one incident: its timeline, who could be sent and why, and what was sent."""
    seen = await console.store.incident(incident_id, viewer.scope)
    await console.access.record([(viewer.account_id, seen.resident_id)], Purpose.INCIDENT)
    offers = await console.store.latest_offers(incident_id, viewer.scope)
    return IncidentDetail(
        incident=seen.incident,
        timeline=await console.store.timeline(incident_id, viewer.scope),
        candidates=tuple(
            _candidate(one, offers.get(one.responder.id)) for one in await console.desk.candidates(incident_id)
        ),
        messages=await console.store.messages(incident_id, viewer.scope),
        alarms=await console.alarms.of_incident(incident_id, viewer.scope.area),
    )


@router.post("/{incident_id}/acknowledge")
async def acknowledge(
    incident_id: UUID, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Take an incident; 409 names who was first."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now("acknowledge", lambda: console.desk.acknowledge(incident_id, doing.actor))


@router.post("/{incident_id}/unacknowledge")
async def unacknowledge(
    incident_id: UUID, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Take back that one has taken it: within ten seconds, and only one's own."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now("unacknowledge", lambda: console.desk.unacknowledge(incident_id, doing.actor))


@router.post("/{incident_id}/dispatch")
async def dispatch(
    incident_id: UUID, form: Dispatch, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Ask a responder of the desk's own choice."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now(
        "dispatch", lambda: console.desk.dispatch(incident_id, form.responder_id, form.reason, doing.actor)
    )


@router.post("/{incident_id}/assign")
async def assign(
    incident_id: UUID, form: Sending, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Send a responder who has said yes on the phone, even one who is on something else."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now(
        "assign", lambda: console.desk.assign(incident_id, form.responder_id, form.reason, doing.actor)
    )


@router.post("/{incident_id}/verify")
async def verify(
    incident_id: UUID, form: Verifying, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Write down what calling back has shown; it ends nothing."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now(
        "verify", lambda: console.desk.verify(incident_id, form.verification, form.note, doing.actor)
    )


@router.post("/{incident_id}/merge")
async def merge(
    incident_id: UUID, form: Merging, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Make it part of another open incident of the same bed, which goes on."""
    doing = _Doing(console, viewer, incident_id, key)
    await console.store.incident(form.into, viewer.scope)
    return await doing.now("merge", lambda: console.desk.merge(incident_id, form.into, form.reason, doing.actor))


@router.post("/{incident_id}/escalate")
async def escalate(
    incident_id: UUID, form: Because, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Raise the level and call the supervisors."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now("escalate", lambda: console.desk.escalate(incident_id, form.reason, doing.actor))


@router.post("/{incident_id}/note")
async def note(
    incident_id: UUID, form: NoteText, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """Write something into the timeline."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now("note", lambda: console.desk.note(incident_id, form.text, doing.actor))


@router.post("/{incident_id}/close")
async def close(
    incident_id: UUID, form: Closing, viewer: Dispatching, console: TheConsole, key: IdempotencyKey = None
) -> Changed:
    """End an incident, with an outcome."""
    doing = _Doing(console, viewer, incident_id, key)
    return await doing.now(
        "close", lambda: console.desk.close(incident_id, form.outcome_code.value, form.note, doing.actor)
    )


@dataclass(frozen=True, slots=True)
class _Doing:
    """One command of one dispatcher on one incident."""

    console: Console
    viewer: Viewer
    incident_id: UUID
    key: str | None

    @property
    def actor(self) -> Actor:
        return Actor("account", str(self.viewer.account_id), self.viewer.name)

    async def now(self, name: str, command: Callable[[], Awaitable[None]]) -> Changed:
        store, scope = self.console.store, self.viewer.scope
        await store.incident(self.incident_id, scope)  # 404 before anything happens outside one's area
        once = (str(self.viewer.account_id), name, str(self.incident_id), self.key) if self.key else None
        await self.console.replays.once(once, command)
        seen = await store.incident(self.incident_id, scope)
        await self.console.access.record([(self.viewer.account_id, seen.resident_id)], Purpose.INCIDENT)
        return Changed(incident=seen.incident)


def _candidate(ranked: Ranked, offer: OfferBrief | None) -> Candidate:
    who, travel = ranked.responder, ranked.travel
    return Candidate(
        responder_id=who.id,
        name=who.name,
        role=who.role,
        provider_name=who.provider_name,
        rank=ranked.rank,
        eligible=ranked.rank is not None,
        why=ranked.why,
        travel_p50_s=travel.p50_s if travel else None,
        travel_p90_s=travel.p90_s if travel else None,
        basis=travel.basis if travel else None,
        distance_m=travel.distance_m if travel else None,
        place_from=who.known_by,
        position_age_s=who.position_age_s,
        travel_mode=who.travel_mode,
        skills=tuple(sorted(who.skills)),
        accepts=round(who.accepts(), 2),
        went_lately=round(who.standing.went_lately, 1),
        sole_cover=who.standing.only_theirs,
        offer=offer,
    )
