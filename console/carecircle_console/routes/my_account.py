"""My account: a person's own password, second factor and sessions, and the invitation by which they first come in."""

from uuid import UUID

from fastapi import APIRouter

from carecircle.errors import Conflict, Forbidden, NotFound
from carecircle_alerts.register.accounts import token_hash
from carecircle_console import account_reads
from carecircle_console.account_views import (
    AcceptedInvitation,
    InvitationAnswer,
    InvitationToken,
    Invited,
    OwnCode,
    OwnPassword,
    OwnProof,
    RecoveryCodes,
    SecondFactorBegun,
    SecondFactorState,
    Session,
    SessionsEnded,
)
from carecircle_console.gate import HalfSignedIn, OurPages, SignedIn, TheConsole

router = APIRouter(prefix="/api", tags=["my account"])


@router.put("/my/password", status_code=204)
async def set_password(form: OwnPassword, viewer: HalfSignedIn, console: TheConsole) -> None:
    """Set one's own password; all other sessions end. Wrong present passwords count as at sign-in (429)."""
    await console.auth.confirm_password(viewer, form.password)
    if form.new_password == form.password:
        raise Conflict("新密码不能与当前密码相同")
    await console.accounts.set_own_password(viewer.account_id, form.new_password, viewer.login, viewer.session_id)
    await console.auth.forget_failures(viewer)


@router.get("/my/sessions")
async def sessions(viewer: SignedIn, console: TheConsole) -> list[Session]:
    """Where one is signed in, the latest first."""
    return await account_reads.sessions(console.store, viewer.account_id, console.clock.now(), viewer.session_id)


@router.post("/my/sessions/{session_id}/revoke")
async def revoke(session_id: UUID, viewer: SignedIn, console: TheConsole) -> SessionsEnded:
    """End one of one's own sessions, such as that of a lost phone."""
    ended = await console.accounts.end_own_sessions(viewer.account_id, only=session_id)
    if not ended:
        raise NotFound("没有这个登录会话，或已结束")
    return SessionsEnded(ended=ended)


@router.post("/my/sessions/revoke-others")
async def revoke_others(viewer: SignedIn, console: TheConsole) -> SessionsEnded:
    """End all of one's own sessions but this one."""
    ended = await console.accounts.end_own_sessions(viewer.account_id, spare=viewer.session_id)
    return SessionsEnded(ended=ended)


@router.get("/my/second-factor")
async def second_factor(viewer: HalfSignedIn, console: TheConsole) -> SecondFactorState:
    """Whether signing in needs a code."""
    state = await console.auth.second_factor.state(viewer.account_id)
    confirmed_at = state["confirmed_at"] if state else None
    return SecondFactorState(
        enabled=confirmed_at is not None,
        required=viewer.role in console.settings.second_factor_roles,
        available=console.settings.home_secret is not None,
        confirmed_at=confirmed_at,
        recovery_codes_left=state["codes_left"] if state else 0,
    )


@router.post("/my/second-factor")
async def begin(form: OwnProof, viewer: HalfSignedIn, console: TheConsole) -> SecondFactorBegun:
    """Begin to set it up: scan `qr_svg` with an authenticator app, then confirm with its first code."""
    await console.auth.confirm_password(viewer, form.password)
    await console.auth.forget_failures(viewer)
    secret, uri, svg = await console.auth.second_factor.begin(viewer.account_id, viewer.login)
    return SecondFactorBegun(secret=secret, uri=uri, qr_svg=svg)


@router.post("/my/second-factor/confirm")
async def confirm(form: OwnCode, viewer: HalfSignedIn, console: TheConsole) -> RecoveryCodes:
    """The first right code switches it on; the recovery codes stand in this answer alone. Wrong ones count (429)."""
    return RecoveryCodes(codes=await console.auth.confirm_second_factor(viewer, form.code))


@router.post("/my/second-factor/recovery-codes")
async def renew(form: OwnCode, viewer: SignedIn, console: TheConsole) -> RecoveryCodes:
    """New recovery codes; the old ones end."""
    await console.auth.confirm_code(viewer, form.code)
    await console.auth.forget_failures(viewer)
    return RecoveryCodes(codes=await console.auth.second_factor.renew_codes(viewer.account_id))


@router.post("/my/second-factor/remove")
async def remove(form: OwnProof, viewer: SignedIn, console: TheConsole) -> SecondFactorState:
    """Do without it, with password and code; refused to roles that must have one."""
    if viewer.role in console.settings.second_factor_roles:
        raise Forbidden("您的角色须使用二次验证，不能停用")
    await console.auth.confirm_password(viewer, form.password)
    await console.auth.confirm_code(viewer, form.code)
    await console.auth.forget_failures(viewer)
    await console.auth.second_factor.drop(viewer.account_id)
    return await second_factor(viewer, console)


@router.post("/invitations/look", dependencies=[OurPages])
async def look(form: InvitationToken, console: TheConsole) -> Invited:
    """Whose invitation this is, while it can be used."""
    rows = await console.store.fetch("invitation_of", token=token_hash(form.token), now=console.clock.now())
    if not rows:
        raise Forbidden("邀请链接无效、已使用或已过期，请让管理员重新发送")
    return Invited.model_validate(rows[0])


@router.post("/invitations/accept", dependencies=[OurPages])
async def accept(form: InvitationAnswer, console: TheConsole) -> AcceptedInvitation:
    """Set the password of one's own account, once; then sign in with it."""
    return AcceptedInvitation(login=await console.accounts.accept(form.token, form.password))
