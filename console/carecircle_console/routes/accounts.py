"""Accounts: who may sign in and what they may see, kept by the administrators of an area."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from carecircle_alerts.register.accounts import Opening as Made
from carecircle_alerts.register.giving import Standing
from carecircle_console import account_reads
from carecircle_console.account_views import (
    Account,
    AccountChange,
    AccountMade,
    AccountPage,
    AccountScope,
    AccountStep,
    AccountToMake,
    ListState,
    Opening,
    PasswordReset,
    RegisterChange,
    Session,
    SessionsEnded,
)
from carecircle_console.context import Console
from carecircle_console.gate import Administrator, Auditing, TheConsole, actor_of, area_of
from carecircle_console.scope import Role, Viewer

router = APIRouter(prefix="/api", tags=["accounts"])
Search = Annotated[str, Query(max_length=64, description="part of a login or a name")]
PageSize = Annotated[int, Query(ge=1, le=200)]


@router.get("/accounts")
async def accounts(
    viewer: Administrator, console: TheConsole, search: Search = "", role: Role | None = None,
    state: ListState = "all", after: Annotated[str, Query(max_length=64)] = "", limit: PageSize = 50,
) -> AccountPage:  # fmt: skip
    """Accounts of the area, by login, a page at a time: give `next` of a page as `after` to see the one behind it."""
    return await account_reads.account_page(
        console.store, area_of(viewer), console.clock.now(), search=search, role=role, state=state, after=after,
        most=limit,
    )  # fmt: skip


@router.post("/accounts", status_code=201)
async def create(form: AccountToMake, viewer: Administrator, console: TheConsole) -> AccountMade:
    """Make an account, for an area within one's own. What opens it stands in this answer and nowhere else."""
    number, opening = await console.accounts.create(
        form.login, form.name, _standing(form), form.way, area_of(viewer), form.reason, actor_of(viewer)
    )
    return AccountMade(account=await _one(console, viewer, number), opening=_opening(console, opening))


@router.get("/accounts/{account_id}")
async def one(account_id: int, viewer: Administrator, console: TheConsole) -> Account:
    """One account."""
    return await _one(console, viewer, account_id)


@router.put("/accounts/{account_id}")
async def change(account_id: int, form: AccountChange, viewer: Administrator, console: TheConsole) -> Account:
    """Change name, role, area or person; counts at once, also for who is signed in. 409 says who was first."""
    await console.accounts.change(
        account_id, form.name, _standing(form), form.version, area_of(viewer), form.reason, actor_of(viewer)
    )
    return await _one(console, viewer, account_id)


@router.post("/accounts/{account_id}/disable")
async def disable(account_id: int, form: AccountStep, viewer: Administrator, console: TheConsole) -> Account:
    """Nobody signs in with it any more, and its sessions end; never one's own, never the last administrator's."""
    await console.accounts.disable(account_id, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await _one(console, viewer, account_id)


@router.post("/accounts/{account_id}/enable")
async def enable(account_id: int, form: AccountStep, viewer: Administrator, console: TheConsole) -> Account:
    """It may be used again."""
    await console.accounts.enable(account_id, form.version, area_of(viewer), form.reason, actor_of(viewer))
    return await _one(console, viewer, account_id)


@router.post("/accounts/{account_id}/reset")
async def reset(account_id: int, form: PasswordReset, viewer: Administrator, console: TheConsole) -> Opening:
    """The present password and all sessions end; what opens the account stands in this answer and nowhere else."""
    made = await console.accounts.reset(account_id, form.way, area_of(viewer), form.reason, actor_of(viewer))
    return _opening(console, made)


@router.post("/accounts/{account_id}/second-factor/remove")
async def remove_second_factor(
    account_id: int, form: AccountStep, viewer: Administrator, console: TheConsole
) -> Account:
    """Somebody has lost phone and recovery codes: the account needs no code until they set it up anew."""
    await console.accounts.remove_second_factor(account_id, area_of(viewer), form.reason, actor_of(viewer))
    return await _one(console, viewer, account_id)


@router.get("/accounts/{account_id}/sessions")
async def sessions(account_id: int, viewer: Administrator, console: TheConsole) -> list[Session]:
    """Where somebody is signed in, the latest first."""
    await _one(console, viewer, account_id)
    return await account_reads.sessions(console.store, account_id, console.clock.now(), viewer.session_id)


@router.post("/accounts/{account_id}/sessions/revoke")
async def revoke_all(account_id: int, form: AccountStep, viewer: Administrator, console: TheConsole) -> SessionsEnded:
    """End all sessions of an account."""
    ended = await console.accounts.revoke_session(account_id, None, area_of(viewer), form.reason, actor_of(viewer))
    return SessionsEnded(ended=ended)


@router.post("/accounts/{account_id}/sessions/{session_id}/revoke")
async def revoke(
    account_id: int, session_id: UUID, form: AccountStep, viewer: Administrator, console: TheConsole
) -> SessionsEnded:
    """End one session of an account."""
    ended = await console.accounts.revoke_session(
        account_id, session_id, area_of(viewer), form.reason, actor_of(viewer)
    )
    return SessionsEnded(ended=ended)


@router.get("/register-changes")
async def changes(
    viewer: Auditing, console: TheConsole, kind: Annotated[str | None, Query(max_length=32)] = None,
    object_id: Annotated[str | None, Query(max_length=64)] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None, limit: PageSize = 50,
) -> list[RegisterChange]:  # fmt: skip
    """What administrators changed in the area, newest first; `before` the last number seen for more."""
    return await account_reads.register_changes(console.store, area_of(viewer), kind, object_id, before, limit)


async def _one(console: Console, viewer: Viewer, account_id: int) -> Account:
    return await account_reads.account(console.store, account_id, area_of(viewer), console.clock.now())


def _opening(console: Console, made: Made) -> Opening:
    secret = made.secret
    if made.way == "invitation":
        # Behind the #: browsers do not send that part, so it stands in no log of any server or proxy.
        secret = f"{console.settings.public_url.rstrip('/')}/#/invitation/{made.secret}"
    return Opening(way=made.way, secret=secret, expires_at=made.expires_at)


def _standing(form: AccountScope) -> Standing:
    return Standing(form.role.value, form.area_code, form.responder_id, form.family_member_id)
