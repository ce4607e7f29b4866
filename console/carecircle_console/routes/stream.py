"""The live stream: one per browser tab."""

from fastapi import APIRouter, Request

from carecircle_console.gate import SignedIn, TheConsole, session_token
from carecircle_console.sse import EventStream
from carecircle_console.wire import Beat, Hint, IncidentChange, Snapshot

router = APIRouter(prefix="/api", tags=["stream"])


@router.get(
    "/stream",
    response_class=EventStream,
    responses={
        200: {"model": Snapshot | IncidentChange | Beat | Hint, "description": "server-sent events"},
        # Failures are JSON here too; the route's own media type would be put on them otherwise.
        "default": {
            "description": "what went wrong, in one sentence",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}},
        },
    },
)
async def stream(request: Request, viewer: SignedIn, console: TheConsole) -> EventStream:
    """Open the stream: `snapshot` first, then `incident`, `changed` (not for the centre) and `beat` every 5 s.

    A browser that comes back sends `Last-Event-ID`; it is not needed, because the snapshot holds the present.
    """
    return EventStream(console.hub.join(viewer, session_token(request)))
