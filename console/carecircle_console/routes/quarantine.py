"""What could not be read, for administrators."""

from fastapi import APIRouter

from carecircle_console.gate import Administrator, TheConsole
from carecircle_console.views import Quarantine, QuarantinedMessage, QuarantineReason

router = APIRouter(prefix="/api/quarantine", tags=["quarantine"])


@router.get("")
async def quarantine(viewer: Administrator, console: TheConsole) -> Quarantine:
    """Counts by reason and the latest 50, without their content."""
    reasons = await console.store.fetch("quarantine_by_reason", area=viewer.scope.area)
    latest = await console.store.fetch("quarantine_latest", area=viewer.scope.area)
    by_reason = tuple(QuarantineReason.model_validate(row) for row in reasons)
    return Quarantine(
        total=sum(one.count for one in by_reason),
        by_reason=by_reason,
        latest=tuple(QuarantinedMessage.model_validate(row | {"id": str(row["id"])}) for row in latest),
    )
