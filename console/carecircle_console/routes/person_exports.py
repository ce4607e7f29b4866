"""Exports of persons: what is held of somebody, for administrators on request and for people themselves; on record."""

from collections.abc import AsyncGenerator
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from carecircle.persons.vocabulary import Person
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.person_exports import FOLLOWED_FOR, OTHERS_A_DAY, OWN_A_DAY, Ticket, Whose
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.gate import Administrator, SignedIn, TheConsole, actor_of, area_of
from carecircle_console.languages import Language
from carecircle_console.persons.download import Download
from carecircle_console.persons.exporting import QUERIES
from carecircle_console.persons.spoken import Spoken, spoken_in
from carecircle_console.persons.views import ExportProgress, Exports, ExportTicket, PastExport, WhyExported
from carecircle_console.scope import Role, Viewer

router = APIRouter(prefix="/api", tags=["exports of persons"])
Kind = Literal["resident", "family_member", "responder"]
PersonId = Annotated[str, Path(min_length=1, max_length=64)]
TicketId = Annotated[int, Path(ge=1, le=2**62)]
_OWN = "本人申请"


@router.get("/persons/{kind}/{person_id}/exports")
async def exports(kind: Kind, person_id: PersonId, viewer: Administrator, console: TheConsole) -> Exports:
    """Who has taken out what is held of somebody of the area."""
    whose = Whose(Person(kind), person_id, area_of(viewer))
    await console.person_exports.must_be_in(whose)
    return await _exports(console, viewer, whose)


@router.post("/persons/{kind}/{person_id}/exports")
async def ask(
    kind: Kind, person_id: PersonId, form: WhyExported, viewer: Administrator, console: TheConsole
) -> ExportTicket:
    """Ask for all that is held of somebody of the area; at most 20 in 24 hours, each on record with its reason."""
    whose = Whose(Person(kind), person_id, area_of(viewer))
    return await _ask(console, viewer, whose, form.reason.strip())


@router.get("/my/exports")
async def own_exports(viewer: SignedIn, console: TheConsole) -> Exports:
    """When what is held of oneself was taken out, by oneself and by the centre."""
    return await _exports(console, viewer, _self(viewer))


@router.post("/my/exports")
async def ask_for_own(viewer: SignedIn, console: TheConsole) -> ExportTicket:
    """Ask for everything that is held of oneself as a relative or responder; at most 3 in 24 hours."""
    return await _ask(console, viewer, _self(viewer), _OWN)


@router.get("/person-exports/{ticket_id}")
async def progress(ticket_id: TicketId, viewer: SignedIn, console: TheConsole) -> ExportProgress:
    """How far one's own download is."""
    ticket = await console.person_exports.ticket(ticket_id, actor_of(viewer), FOLLOWED_FOR)
    _whose(viewer, ticket)
    now = console.exporter.progress(ticket.id)
    return ExportProgress(
        state=now.state, number=now.number, of=now.of, rows=now.rows, pictures=now.pictures,
        title_zh=now.title.zh if now.title else "", title_en=now.title.en if now.title else "",
    )  # fmt: skip


@router.get(
    "/person-exports/{ticket_id}/archive.zip",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
async def archive(ticket_id: TicketId, viewer: SignedIn, console: TheConsole, language: Language = "zh-CN") -> Response:
    """The file, for whoever asked, within 30 minutes: a ZIP of tables, pictures and what they mean.

    Codes have their words beside them, in the language of the page.
    """
    ticket = await console.person_exports.ticket(ticket_id, actor_of(viewer))
    whose = _whose(viewer, ticket)
    await console.person_exports.must_be_in(whose)
    console.exporter.must_have_room()
    spoken = spoken_in(language)
    if whose.kind is Person.RESIDENT:
        await console.access.record([(viewer.account_id, whose.id)], Purpose.EXPORT)
    name = quote(f"个人信息-{whose.id}-{console.clock.now():%Y%m%d}.zip")
    return Download(_parts(console, viewer, ticket, whose, spoken), name, "application/zip")


async def _parts(
    console: Console, viewer: Viewer, ticket: Ticket, whose: Whose, spoken: Spoken
) -> AsyncGenerator[bytes]:
    async def on_whole(counts: dict[str, int]) -> None:
        await console.person_exports.delivered(ticket, whose, actor_of(viewer), counts)

    async for part in console.exporter.stream(ticket, whose, spoken, on_whole):
        yield part


async def _ask(console: Console, viewer: Viewer, whose: Whose, reason: str) -> ExportTicket:
    actor = actor_of(viewer)
    ticket = await console.person_exports.ask(whose, By(str(actor), actor.name, reason))
    return ExportTicket(id=ticket.id, expires_at=ticket.expires_at, left_today=ticket.left)


async def _exports(console: Console, viewer: Viewer, whose: Whose) -> Exports:
    is_own = whose.area is None
    async with console.store.pool.connection() as connection:
        of = {"kind": whose.kind.value, "person": whose.id}
        rows = await (await connection.execute(QUERIES["exports_of_person"], of)).fetchall()
    left = await console.person_exports.left(actor_of(viewer), own=is_own)
    past = tuple(PastExport.model_validate(row) for row in rows)
    return Exports(past=past, left_today=left, most_a_day=OWN_A_DAY if is_own else OTHERS_A_DAY)


def _self(viewer: Viewer) -> Whose:
    """The person behind one's own account; the centre's own people ask their employer."""
    viewer.must_be(Role.RESPONDER, Role.FAMILY)
    if viewer.responder_id is not None:
        return Whose(Person.RESPONDER, viewer.responder_id, None)
    assert viewer.family_member_id is not None, "the database holds that a relative's account names the relative"
    return Whose(Person.RELATIVE, viewer.family_member_id, None)


def _whose(viewer: Viewer, ticket: Ticket) -> Whose:
    """Whose data a ticket is about, as its asker may see it now: a role or area may have changed since."""
    if viewer.role in {Role.RESPONDER, Role.FAMILY}:
        return _self(viewer)
    viewer.must_be(Role.ADMINISTRATOR)
    return Whose(ticket.kind, ticket.person, area_of(viewer))
