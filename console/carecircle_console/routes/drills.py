"""Drills: how everybody of the area is reached, starting a test, and the page on which a person confirms one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from carecircle.errors import Forbidden
from carecircle_alerts.people.changes import By
from carecircle_console.drill_views import DrillStarted, ReachedPerson
from carecircle_console.gate import Dispatching, Staff, TheConsole
from carecircle_console.people_views import Why
from carecircle_console.scope import Viewer

router = APIRouter(tags=["drills"])
Token = Annotated[str, Query(max_length=256, description="the signed link of a test message")]

# No style and no script: it must work in whatever opens links of messages.
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>通信演练</title>
<h1>通信演练</h1>{body}</html>
"""
_ASK = """<p>这是测试，不是求助。请确认您已收到这条消息。</p>
<form method="post"><button type="submit">确认收到</button></form>"""
_DONE = "<p>已确认收到，谢谢。</p>"
_STALE = "<p>链接无效或已过期，无需再操作。</p>"


@router.get("/api/drills")
async def drills(
    viewer: Staff, console: TheConsole, responder: Annotated[str | None, Query(max_length=64)] = None
) -> list[ReachedPerson]:
    """How the people of the area, or one of them, are reached, with each contact's last test; the worst first."""
    rows = await console.drills.shown(_area(viewer), responder)
    return [ReachedPerson.model_validate(row) for row in rows]


@router.post("/api/responders/{responder_id}/drill")
async def start(responder_id: str, form: Why, viewer: Dispatching, console: TheConsole) -> DrillStarted:
    """Test all contacts of one person; 409 while an earlier test still waits for an answer."""
    by = By(f"account:{viewer.account_id}", viewer.name, form.reason)
    return DrillStarted(first_at=await console.drills.start(responder_id, _area(viewer), by))


@router.get("/drill/{drill_id}", include_in_schema=False)
async def page(drill_id: UUID, token: Token, console: TheConsole) -> HTMLResponse:
    """Ask once more: mail scanners and chat previews open every address that they see."""
    try:
        is_confirmed = await console.drills.check(drill_id, token, _secret(console))
    except Forbidden:
        return _html(_STALE, 403)
    return _html(_DONE if is_confirmed else _ASK)


@router.post("/drill/{drill_id}", include_in_schema=False)
async def confirm(drill_id: UUID, token: Token, console: TheConsole) -> HTMLResponse:
    """The person says that the message came. The link is who they are: no session and no header is asked for."""
    try:
        await console.drills.confirm(drill_id, token, _secret(console))
    except Forbidden:
        return _html(_STALE, 403)
    return _html(_DONE)


def _secret(console: TheConsole) -> str:
    return console.settings.link_secret.get_secret_value()


def _html(body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(body=body), status, headers={"Cache-Control": "no-store"})


def _area(viewer: Viewer) -> str:
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area
