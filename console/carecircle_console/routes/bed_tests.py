"""Bed tests: announcing one, its steps, what the press was; and the page on which a household says so."""

from html import escape
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from carecircle.errors import Conflict, Forbidden
from carecircle_alerts.bed_tests.judging import TestState
from carecircle_alerts.people.changes import By
from carecircle_console.bed_test_views import Announce, Announced, BedTestShown, bed_test_shown
from carecircle_console.gate import Dispatching, Staff, TheConsole
from carecircle_console.scope import Viewer

router = APIRouter(tags=["drills"])
Token = Annotated[str, Query(max_length=256, description="the signed link of a test message")]

# No style and no script: it must work in whatever opens links of messages.
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>呼叫按钮测试</title>
<h1>呼叫按钮测试</h1>{body}</html>
"""
_WAITS = "<p>请按一次呼叫按钮，然后刷新本页。需要帮助时请按两次。</p>"
_ASK = """<p>已收到按键。这是测试吗？不回答将按真实求助派人。</p>
<form method="post" action="?token={token}&amp;said=test"><button type="submit">是测试</button></form>
<form method="post" action="?token={token}&amp;said=help"><button type="submit">不是，需要帮助</button></form>"""
_WORDS = {
    TestState.PASSED: "<p>已确认是测试，谢谢。</p>",
    TestState.REAL: "<p>已按真实求助处理，照护中心会联系您。</p>",
    TestState.MISSED: "<p>测试时间已过，未收到按键。需要帮助请直接按呼叫按钮。</p>",
    TestState.FAILED: "<p>测试未能开始。需要帮助请直接按呼叫按钮。</p>",
    TestState.CANCELLED: "<p>测试已取消。需要帮助请直接按呼叫按钮。</p>",
}
_HELP = "<p>已按真实求助处理，正在派人。</p>"
_STALE = "<p>链接无效或已过期。需要帮助请直接按呼叫按钮。</p>"


@router.get("/api/drills/presses")
async def shown(
    viewer: Staff, console: TheConsole, bed: Annotated[str | None, Query(max_length=64)] = None
) -> list[BedTestShown]:
    """End-to-end tests of the area's beds, or of one of them, with every step and its time; open ones first."""
    return [bed_test_shown(row) for row in await console.bed_tests.shown(_area(viewer), bed)]


@router.post("/api/beds/{bed_id}/press-test")
async def announce(bed_id: str, form: Announce, viewer: Dispatching, console: TheConsole) -> Announced:
    """Announce a test of one bed; 409 while one is not over, while it calls, or where nobody can be told of it."""
    return Announced(
        id=await console.bed_tests.announce(bed_id, _area(viewer), form.opens_at, _by(viewer, form.reason))
    )


@router.post("/api/drills/presses/{test_id}/cancel", status_code=204)
async def cancel(test_id: UUID, viewer: Dispatching, console: TheConsole) -> None:
    """Call a test off before anybody pressed; whoever presses all the same calls for help."""
    await console.bed_tests.cancel(test_id, _area(viewer), _by(viewer))


@router.post("/api/drills/presses/{test_id}/confirm", status_code=204)
async def confirm(test_id: UUID, viewer: Dispatching, console: TheConsole) -> None:
    """The household has told the centre that the press was the test; 409 once it is a call."""
    await console.bed_tests.confirm(test_id, _area(viewer), _by(viewer))


@router.post("/api/drills/presses/{test_id}/call", status_code=204)
async def call(test_id: UUID, viewer: Dispatching, console: TheConsole) -> None:
    """The press was meant: it becomes a call within a moment."""
    await console.bed_tests.call(test_id, _area(viewer))


@router.get("/drill/press/{test_id}", include_in_schema=False)
async def page(test_id: UUID, token: Token, console: TheConsole) -> HTMLResponse:
    """Ask; opening it says nothing, because mail scanners and chat previews open every address that they see."""
    try:
        state = await console.bed_tests.look(test_id, token, _secret(console))
    except Forbidden:
        return _html(_STALE, 403)
    return _html(_body(state, token))


@router.post("/drill/press/{test_id}", include_in_schema=False)
async def say(
    test_id: UUID, token: Token, console: TheConsole, said: Annotated[Literal["test", "help"], Query()] = "help"
) -> HTMLResponse:
    """The household says what the press was. The link is who they are: no session and no header is asked for."""
    try:
        await console.bed_tests.household_says(test_id, token, _secret(console), was_test=said == "test")
    except Forbidden:
        return _html(_STALE, 403)
    except Conflict as conflict:
        return _html(f"<p>{conflict}</p>", 409)
    return _html(_WORDS[TestState.PASSED] if said == "test" else _HELP)


def _body(state: TestState, token: str) -> str:
    return _ASK.format(token=escape(token)) if state is TestState.PRESSED else _WORDS.get(state, _WAITS)


def _by(viewer: Viewer, reason: str = "") -> By:
    return By(f"account:{viewer.account_id}", viewer.name, reason.strip())


def _secret(console: TheConsole) -> str:
    return console.settings.link_secret.get_secret_value()


def _html(body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(body=body), status, headers={"Cache-Control": "no-store"})


def _area(viewer: Viewer) -> str:
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area
