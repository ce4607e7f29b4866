"""Erasures: a person's data is deleted on request; one asks, another confirms, upkeep does it (PIPL art. 47)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from carecircle.errors import NotFound
from carecircle_alerts.register.erasures import SubjectKind, Wish
from carecircle_console.context import Console
from carecircle_console.erasure_views import (
    ErasedPerson,
    Erasure,
    ErasureDetail,
    ErasurePreview,
    ErasureWish,
    done_lines,
    lines_of,
)
from carecircle_console.gate import Administrator, Deciding, SignedIn, TheConsole, actor_of, area_of
from carecircle_console.people_views import Why
from carecircle_console.scope import AUDITING, Role, Viewer

router = APIRouter(prefix="/api", tags=["erasures"])
ErasureId = Annotated[int, Path(ge=1, le=2**62)]
PersonId = Annotated[str, Query(min_length=1, max_length=64)]
MaybePersonId = Annotated[str | None, Query(min_length=1, max_length=64, description="only requests about this person")]
Before = Annotated[int | None, Query(ge=1, le=2**62, description="the last number of the page before")]
OnlyFailing = Annotated[bool, Query(description="only those whose next step is refused")]
_PAGE = 100


def reviewing_only(viewer: SignedIn) -> Viewer:
    """Those who ask and confirm, and auditors."""
    viewer.must_be(*AUDITING, Role.SUPERVISOR)
    return viewer


Reviewing = Annotated[Viewer, Depends(reviewing_only)]


@router.get("/erasures")
async def erasures(
    viewer: Reviewing, console: TheConsole, subject_kind: SubjectKind | None = None, subject_id: MaybePersonId = None,
    before: Before = None, *, failing: OnlyFailing = False,
) -> list[Erasure]:  # fmt: skip
    """Requests of the area, the newest first, at most a hundred."""
    return await _found(console, viewer, kind=subject_kind, subject=subject_id, before=before, failing=failing)


@router.get("/erasures/preview")
async def preview(
    subject_kind: SubjectKind, subject_id: PersonId, viewer: Deciding, console: TheConsole
) -> ErasurePreview:
    """The dry run: what would be deleted, emptied and kept, and why. Nothing is changed."""
    obstacle, rows = await console.erasures.preview(subject_kind, subject_id, area_of(viewer))
    return ErasurePreview(
        subject_kind=subject_kind, subject_id=subject_id, obstacle=obstacle, lines=lines_of(rows)
    )  # fmt: skip


@router.post("/erasures")
async def ask(form: ErasureWish, viewer: Administrator, console: TheConsole) -> Erasure:
    """Ask that somebody be erased; nothing happens until another administrator or a supervisor confirms."""
    wish = Wish(form.subject_kind, form.subject_id, form.asked_by, form.asked_on, form.ends_service)
    number = await console.erasures.request(wish, area_of(viewer), form.reason, actor_of(viewer))
    return (await _found(console, viewer, number=number))[0]


@router.get("/erasures/{erasure_id}")
async def erasure(erasure_id: ErasureId, viewer: Reviewing, console: TheConsole) -> ErasureDetail:
    """A request with its dry run; once it has begun with what was done so far, after the end its certificate."""
    found = await _found(console, viewer, number=erasure_id)
    if not found:
        raise NotFound("没有这个删除请求，或不在您的可见范围内")
    one = found[0]
    if one.begun_at is None and one.withdrawn_at is None:
        obstacle, rows = await console.erasures.preview(one.subject_kind, one.subject_id, area_of(viewer))
        stands = None if obstacle == "bed_in_service" and one.ends_service else obstacle
        return ErasureDetail(erasure=one, obstacle=stands, persons=(), lines=lines_of(rows))
    persons = await console.store.fetch("erasure_persons", id=erasure_id)
    entries = await console.store.fetch("erasure_entries", id=erasure_id)
    return ErasureDetail(
        erasure=one, obstacle=None, persons=tuple(ErasedPerson.model_validate(row) for row in persons),
        lines=done_lines(entries),
    )  # fmt: skip


@router.post("/erasures/{erasure_id}/confirm", status_code=204)
async def confirm(erasure_id: ErasureId, viewer: Deciding, console: TheConsole) -> None:
    """Agree to what somebody else has asked for; it begins when the time to withdraw it is over."""
    await console.erasures.confirm(erasure_id, area_of(viewer), actor_of(viewer))


@router.post("/erasures/{erasure_id}/withdraw", status_code=204)
async def withdraw(erasure_id: ErasureId, form: Why, viewer: Deciding, console: TheConsole) -> None:
    """Take a request back, confirmed or not, while it has not begun."""
    await console.erasures.withdraw(erasure_id, area_of(viewer), form.reason, actor_of(viewer))


async def _found(
    console: Console, viewer: Viewer, *, number: int | None = None, kind: SubjectKind | None = None,
    subject: str | None = None, before: int | None = None, failing: bool = False,
) -> list[Erasure]:  # fmt: skip
    rows = await console.store.fetch(
        "erasures", area=area_of(viewer), account=viewer.account_id, now=console.clock.now(), id=number, kind=kind,
        subject=subject if kind is not None else None, before=before, failing=failing, most=_PAGE,
    )  # fmt: skip
    return [Erasure.model_validate(row) for row in rows]
