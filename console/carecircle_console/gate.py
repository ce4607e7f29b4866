"""Gate: who may come in, asked by every route before anything else (I/O: reads the session).

Either a session cookie or, for a responder's own offer, the signed link of a message. What changes something on the
strength of a cookie also needs the header `X-CareCircle: 1`: another site can make a browser send the cookie, but not
that header.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from carecircle.errors import Forbidden, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.links import Link, verify_link
from carecircle_console.context import Console, console_of
from carecircle_console.errors import BadRequest, NotSignedIn, PasswordNeeded, SecondFactorNeeded
from carecircle_console.scope import AUDITING, DECIDING, DISPATCHING, STAFF, Role, Viewer

COOKIE = "carecircle_session"
_SAFE = frozenset({"GET", "HEAD"})

IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=128, description="the same command twice counts once")
]
LinkToken = Annotated[str | None, Query(max_length=512, description="the signed link of an offer's message")]
Csrf = Annotated[str | None, Header(alias="X-CareCircle", max_length=8, description="1, for what changes something")]


def get_console(request: Request) -> Console:
    """The console that serves this request."""
    return console_of(request)


TheConsole = Annotated[Console, Depends(get_console)]


def must_come_from_our_pages(request: Request, x_carecircle: Csrf = None) -> None:
    """Refuse a change that another site may have made the browser send."""
    if request.method not in _SAFE and x_carecircle != "1":
        raise BadRequest("请求缺少来源标记，请刷新页面后重试")


OurPages = Depends(must_come_from_our_pages)


def session_token(request: Request) -> str:
    """The token of the cookie; raises `NotSignedIn` where there is none."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn
    return token


async def half_signed_in(request: Request, console: TheConsole, _ours: Annotated[None, OurPages]) -> Viewer:
    """Who has signed in, also while they still have to set a password or a second factor; raises `NotSignedIn`."""
    viewer = await console.auth.viewer(session_token(request))
    if viewer is None:
        raise NotSignedIn("登录已失效，请重新登录")
    return viewer


HalfSignedIn = Annotated[Viewer, Depends(half_signed_in)]


def signed_in(viewer: HalfSignedIn) -> Viewer:
    """Who has signed in and has nothing left to set up; raises `NotSignedIn`, `StepNeeded`."""
    return nothing_pending(viewer)


def nothing_pending(viewer: Viewer) -> Viewer:
    """Raise `StepNeeded` while somebody has to set a password of their own, or a second factor."""
    if viewer.pending == "password":
        raise PasswordNeeded
    if viewer.pending == "second_factor":
        raise SecondFactorNeeded
    return viewer


SignedIn = Annotated[Viewer, Depends(signed_in)]


def staff_only(viewer: SignedIn) -> Viewer:
    """People of the centre."""
    viewer.must_be(*STAFF)
    return viewer


def dispatching_only(viewer: SignedIn) -> Viewer:
    """Those of the centre who act on incidents."""
    viewer.must_be(*DISPATCHING)
    return viewer


def family_only(viewer: SignedIn) -> Viewer:
    """Relatives."""
    viewer.must_be(Role.FAMILY)
    return viewer


def administrator_only(viewer: SignedIn) -> Viewer:
    """Administrators."""
    viewer.must_be(Role.ADMINISTRATOR)
    return viewer


def auditing_only(viewer: SignedIn) -> Viewer:
    """Those who may look at who did what."""
    viewer.must_be(*AUDITING)
    return viewer


def deciding_only(viewer: SignedIn) -> Viewer:
    """Those who answer for the rules of their area."""
    viewer.must_be(*DECIDING)
    return viewer


Staff = Annotated[Viewer, Depends(staff_only)]
Dispatching = Annotated[Viewer, Depends(dispatching_only)]
Deciding = Annotated[Viewer, Depends(deciding_only)]
Relative = Annotated[Viewer, Depends(family_only)]
Administrator = Annotated[Viewer, Depends(administrator_only)]
Auditing = Annotated[Viewer, Depends(auditing_only)]


def area_of(viewer: Viewer) -> str:
    """The area of somebody of the centre."""
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area


def actor_of(viewer: Viewer) -> Actor:
    """Somebody who has signed in, as the desks know them."""
    return Actor("account", str(viewer.account_id), viewer.name)


@dataclass(frozen=True, slots=True)
class Acting:
    """A responder, by their session or by the link of one offer."""

    responder_id: str
    name: str
    on_duty: bool
    account_id: int | None
    link: Link | None

    @property
    def actor(self) -> Actor:
        """As the audit trail will know them."""
        return Actor("responder", self.responder_id, self.name)


async def acting_responder(
    request: Request, console: TheConsole, token: LinkToken = None, x_carecircle: Csrf = None
) -> Acting:
    """A responder; with a link the session does not count, so that a borrowed phone answers for whom it was sent to."""
    if token is not None:
        return await _by_link(console, token)
    must_come_from_our_pages(request, x_carecircle)
    viewer = nothing_pending(await half_signed_in(request, console, None))
    viewer.must_be(Role.RESPONDER)
    assert viewer.responder_id is not None, "the database holds that a responder's account names the responder"
    name, on_duty = await _responder(console, viewer.responder_id)
    return Acting(viewer.responder_id, name, on_duty, viewer.account_id, None)


AsResponder = Annotated[Acting, Depends(acting_responder)]


async def _by_link(console: Console, token: str) -> Acting:
    secret = console.settings.link_secret.get_secret_value()
    link = verify_link(secret, token, console.clock.now())
    if link is None:
        raise Forbidden("链接无效或已过期，请登录后操作")
    name, on_duty = await _responder(console, link.responder_id)
    accounts = await console.store.fetch("account_of_responder", responder=link.responder_id)
    return Acting(link.responder_id, name, on_duty, accounts[0]["id"] if accounts else None, link)


async def _responder(console: Console, responder_id: str) -> tuple[str, bool]:
    rows = await console.store.fetch("responder_name", responder=responder_id, now=console.clock.now())
    if not rows:
        raise NotFound("没有这位服务人员")
    return rows[0]["name"], rows[0]["on_duty"]
