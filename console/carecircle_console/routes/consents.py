"""Consents: who agreed to what in which words, entered by the centre or said by people on their own phones."""

from typing import Annotated

from fastapi import APIRouter, Query

from carecircle.errors import Forbidden, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.register.consent import Purpose, Said, Subject, SubjectKind
from carecircle_console.consent_views import (
    ConsentEntry,
    ConsentSaid,
    ConsentText,
    OwnConsentSaid,
    WordsPublished,
    WordsToPublish,
)
from carecircle_console.context import Console
from carecircle_console.gate import Administrator, Deciding, SignedIn, Staff, TheConsole, actor_of, area_of
from carecircle_console.scope import Role, Viewer

router = APIRouter(prefix="/api", tags=["consents"])
PersonId = Annotated[str, Query(min_length=1, max_length=64)]


@router.get("/consent-texts")
async def texts(_viewer: SignedIn, console: TheConsole, purpose: Purpose | None = None) -> list[ConsentText]:
    """The words that people agree to now, in each language that they were published in."""
    return [ConsentText.model_validate(row) for row in await console.store.fetch("consent_texts", purpose=purpose)]


@router.get("/consent-texts/{purpose}/{version}")
async def text(purpose: Purpose, version: int, _viewer: SignedIn, console: TheConsole) -> list[ConsentText]:
    """The words of an earlier version, as somebody agreed to them."""
    rows = await console.store.fetch("consent_text", purpose=purpose, version=min(version, 2**31 - 1))
    if not rows:
        raise NotFound("没有这个版本的同意文本")
    return [ConsentText.model_validate(row) for row in rows]


@router.post("/consent-texts/{purpose}")
async def publish(purpose: Purpose, form: WordsToPublish, viewer: Administrator, console: TheConsole) -> WordsPublished:
    """Publish new words; administrators of a whole province or above, because they count everywhere."""
    if len(area_of(viewer)) > 2:  # noqa: PLR2004 - digits of a province's code
        raise Forbidden("同意文本全平台通用，只能由省级管理员发布")
    wordings = {"zh-CN": form.zh_cn, "en": form.en, "bo": form.bo}
    given = {language: words for language, words in wordings.items() if words is not None}
    return WordsPublished(version=await console.consents.publish(purpose, given, actor_of(viewer)))


@router.get("/consents")
async def consents(
    subject_kind: SubjectKind, subject_id: PersonId, viewer: Staff, console: TheConsole
) -> list[ConsentEntry]:
    """The ledger of one person of the area, newest first."""
    await _must_be_in(console, subject_kind, subject_id, area_of(viewer))
    return await _ledger(console, subject_kind, subject_id)


@router.post("/consents")
async def say(form: ConsentSaid, viewer: Deciding, console: TheConsole) -> list[ConsentEntry]:
    """Somebody has agreed or withdrawn in person, on paper or by phone; the ledger after it.

    `family_told` decides from then on whether the relative in `about` is told, `dispatch_location` whether a responder
    is asked: who withdraws lets go of what they are being asked.
    """
    subject = Subject(form.subject_kind, form.subject_id, form.purpose, form.about)
    said = Said(form.given, form.how, form.since, form.text_version, form.note)
    await console.consents.write(subject, said, area_of(viewer), actor_of(viewer))
    return await _ledger(console, form.subject_kind, form.subject_id)


@router.get("/my/consents")
async def my_consents(viewer: SignedIn, console: TheConsole) -> list[ConsentEntry]:
    """What a responder or relative has said, and what residents have said about this relative."""
    kind, person = _self(viewer)
    own = await _ledger(console, kind, person)
    if kind == "family_member":
        rows = await console.store.fetch("consents_about_relative", relative=person)
        own += [ConsentEntry.model_validate(row) for row in rows]
    return own


@router.post("/my/consents")
async def say_myself(form: OwnConsentSaid, viewer: SignedIn, console: TheConsole) -> list[ConsentEntry]:
    """A responder or relative agrees or withdraws for themselves; nobody can agree for a resident here."""
    kind, person = _self(viewer)
    said = Said(form.given, "own_device", None, form.text_version, form.note)
    actor = Actor("responder", person, viewer.name) if kind == "responder" else actor_of(viewer)
    await console.consents.write(Subject(kind, person, form.purpose), said, None, actor)
    return await my_consents(viewer, console)


def _self(viewer: Viewer) -> tuple[SubjectKind, str]:
    viewer.must_be(Role.RESPONDER, Role.FAMILY)
    if viewer.responder_id is not None:
        return "responder", viewer.responder_id
    assert viewer.family_member_id is not None, "the database holds that a relative's account names the relative"
    return "family_member", viewer.family_member_id


async def _must_be_in(console: Console, kind: SubjectKind, person: str, area: str) -> None:
    (row,) = await console.store.fetch("consent_subject_area", kind=kind, id=person, area=area)
    if not row["is_in"]:
        raise NotFound("没有这位人员，或不在您的可见范围内")


async def _ledger(console: Console, kind: SubjectKind, person: str) -> list[ConsentEntry]:
    rows = await console.store.fetch("consents_of", kind=kind, id=person)
    return [ConsentEntry.model_validate(row) for row in rows]
