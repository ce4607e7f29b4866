"""Who could be sent, for the centre."""

from fastapi import APIRouter

from carecircle_console.gate import Staff, TheConsole
from carecircle_console.views import Responder

router = APIRouter(prefix="/api/responders", tags=["responders"])


@router.get("")
async def responders(viewer: Staff, console: TheConsole) -> list[Responder]:
    """Responders of the area, on duty or not; positions only of those who agreed."""
    rows = await console.store.fetch("responders", area=viewer.scope.area, now=console.clock.now())
    return [Responder.model_validate(row) for row in rows]
