"""The way from the console to the dashboards: one sign-in for both."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from carecircle_console.gate import SignedIn, TheConsole
from carecircle_console.grafana import READING, sign_in_url
from carecircle_console.wire import Failure

router = APIRouter(prefix="/api/dashboards", tags=["dashboards"])


_NO_GRAFANA: dict[int | str, dict[str, Any]] = {503: {"model": Failure, "description": "no Grafana is connected here"}}


@router.get("/open", status_code=303, response_class=RedirectResponse, responses=_NO_GRAFANA)
async def open_dashboards(viewer: SignedIn, console: TheConsole) -> RedirectResponse:
    """Send supervisors, administrators and auditors on to Grafana, signed in for an hour."""
    viewer.must_be(*READING)
    settings = console.settings
    url = sign_in_url(viewer, settings.grafana_url, settings.grafana_jwt_key_file, console.clock.now())
    # The address holds the token: it is neither kept nor told to the next page.
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
