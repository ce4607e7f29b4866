"""Reaching anew: who could not be told of an offer and has another way now may be asked again (I/O).

That they may follows from the contact itself, which is newer than the offer (`is_reached_anew`); here it is put on
record, and the incident looks round. A way that has failed is older than whatever is offered next, so that it is not
tried for ever.
"""

from datetime import datetime

from carecircle_alerts.commands import Record
from carecircle_alerts.people.waking import wake_incidents
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case


async def reach_anew(connection: Connection, responder_id: str, now: datetime) -> None:
    """Somebody is about to have another way to be reached: open incidents that could not reach them learn of it.

    To be called before the contact is changed, in its transaction.
    """
    rows = await fetch(connection, "not_reached", id=responder_id)
    for row in rows:
        case = await load_case(connection, row["incident_id"])
        saving = Saving.of(connection, case, f"responder:{responder_id}", now, row["name"])
        await saving.run([Record("reached_anew", f"{row['name']}有了新的联系方式，可以再次派单")])
    await wake_incidents(connection, [row["incident_id"] for row in rows], now)
