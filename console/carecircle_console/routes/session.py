"""Signing in and out, and who is signed in."""

from fastapi import APIRouter, Request, Response

from carecircle_alerts.desk import Actor
from carecircle_console.forms import SignIn
from carecircle_console.gate import COOKIE, HalfSignedIn, OurPages, TheConsole
from carecircle_console.scope import Viewer
from carecircle_console.wire import Me

router = APIRouter(prefix="/api", tags=["session"])


@router.post("/session", dependencies=[OurPages])
async def sign_in(form: SignIn, request: Request, response: Response, console: TheConsole) -> Me:
    """Sign in; five wrong passwords or codes within 15 minutes shut the login for the rest of them (429).

    401 `code_needed`: the password is right and the account has a second factor; ask for its code and send all three.
    `pending` in the answer: the session may do nothing but `PUT /api/my/password`, or set up `/api/my/second-factor`.
    """
    device = request.headers.get("user-agent", "")
    token, viewer, lasts = await console.auth.sign_in(form.login, form.password, form.code, device)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=console.settings.is_secure,
        httponly=True,
        samesite="strict",
    )
    return _me(viewer)


@router.delete("/session", status_code=204, dependencies=[OurPages])
async def sign_out(request: Request, response: Response, console: TheConsole) -> None:
    """Sign out; the session is gone for everybody who holds its token, and a responder goes off duty with it."""
    token = request.cookies.get(COOKIE)
    if token:
        # First: who cannot be taken off duty now must not believe that nobody will call them.
        viewer = await console.auth.viewer(token)
        if viewer is not None and viewer.responder_id is not None:
            actor = Actor("responder", viewer.responder_id, viewer.name)
            await console.desk.set_duty(viewer.responder_id, False, actor)
        await console.auth.sign_out(token)
        console.hub.end_session(token)
    response.delete_cookie(COOKIE, path="/", secure=console.settings.is_secure, httponly=True, samesite="strict")


@router.get("/me")
async def me(viewer: HalfSignedIn) -> Me:
    """Who is signed in."""
    return _me(viewer)


def _me(viewer: Viewer) -> Me:
    return Me(
        login=viewer.login,
        name=viewer.name,
        role=viewer.role,
        area_code=viewer.area_code,
        area_name=viewer.area_name,
        responder_id=viewer.responder_id,
        pending=viewer.pending,
    )
