"""Message id: the idempotency key of a message, by what is said to whom; the database has its twin (pure).

The lifeline, which may have no database, tells under the same key as the outbox would, so that nobody is told twice.
"""

import hashlib
from uuid import UUID


def message_id(
    incident_id: UUID, offer_id: UUID | None, audience: str, recipient_id: str, step: str, channel: str
) -> UUID:
    """The key under which this is sent, whoever sends it."""
    parts = (str(incident_id), str(offer_id or "-"), audience, recipient_id, step, channel)
    return UUID(hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest())
