"""Contacts: people add and remove their own subscriptions to Web Push (I/O)."""

from dataclasses import dataclass
from typing import Literal

from psycopg_pool import AsyncConnectionPool

from carecircle.errors import Conflict
from carecircle_alerts.store import Connection, fetch, run

PersonKind = Literal["responder", "family_member", "account"]
# A phone, a tablet, a computer, and two that were forgotten.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Whose contacts they are."""

    kind: PersonKind
    id: str


class Contacts:
    """A person's own subscriptions. They come before the other contacts: they cost nothing and are there at once."""

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def subscriptions(self, person: Person) -> int:
        """How many there are."""
        async with self._pool.connection() as connection:
            return len(await fetch(connection, "subscriptions", kind=person.kind, person=person.id))

    async def subscribe(self, person: Person, endpoint: str, address: str, language: str) -> None:
        """Add a subscription, or refresh the keys of one with the same endpoint; raises `Conflict` beyond five."""
        async with self._pool.connection() as connection:
            # One after the other for each person: places are given out one by one.
            await run(connection, "lock_contacts", person=f"{person.kind} {person.id}")
            rows = await fetch(connection, "subscriptions", kind=person.kind, person=person.id)
            same = [row["id"] for row in rows if row["endpoint"] == endpoint]
            if same:
                await run(connection, "refresh_subscription", id=same[0], address=address, language=language)
                return
            if len(rows) >= _MOST:
                raise Conflict(f"最多可在{_MOST}台设备上接收推送，请先在其他设备上关闭")
            await run(
                connection,
                "add_subscription",
                kind=person.kind,
                person=person.id,
                address=address,
                language=language,
            )

    async def unsubscribe(self, person: Person, endpoint: str) -> None:
        """Remove a subscription; one that is not there is no error."""
        async with self._pool.connection() as connection:
            for row in await fetch(connection, "subscriptions", kind=person.kind, person=person.id):
                if row["endpoint"] == endpoint:
                    await run(connection, "remove_contact", contact_id=row["id"])
