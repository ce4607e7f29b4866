"""Contacts: people add and remove their own subscriptions to Web Push (I/O)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Literal

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict
from carecircle_alerts.notify.reaching_anew import reach_anew
from carecircle_alerts.people.waking import wake_around
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

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

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
            same = next((row for row in rows if row["endpoint"] == endpoint), None)
            if same is None and len(rows) >= _MOST:
                raise Conflict(f"最多可在{_MOST}台设备上接收推送，请先在其他设备上关闭")
            now = self._clock.now()
            if person.kind == "responder" and (same is None or not same["enabled"] or same["address"] != address):
                # The incidents first, as everywhere: whoever writes down a failure holds its incident, and then the
                # contact.
                await reach_anew(connection, person.id, now)
                if not any(row["enabled"] for row in rows):
                    await wake_around(connection, [person.id], now)
            says = {"address": address, "language": language, "now": now}
            if same is None:
                await run(connection, "add_subscription", kind=person.kind, person=person.id, **says)
            else:
                await run(connection, "refresh_subscription", id=same["id"], **says)

    async def shown(self, person: Person) -> list[DictRow]:
        """A person's contacts in their order, with as much of the address as they recognise."""
        async with self._pool.connection() as connection:
            return await fetch(connection, "own_contacts", kind=person.kind, person=person.id)

    async def reorder(self, person: Person, ids: Sequence[int]) -> None:
        """Try them in this order from now on; raises `Conflict` where these are not all of them."""
        async with self._pool.connection() as connection:
            await run(connection, "lock_contacts", person=f"{person.kind} {person.id}")
            places = {row["id"]: row["place"] for row in await fetch(connection, "own_contacts", **_whose(person))}
            if len(ids) != len(places) or set(ids) != set(places):
                raise Conflict("联系方式有变化，请刷新后重试")
            taken = set(places.values())
            free = [place for place in range(1, 1000) if place not in taken]
            # By way of places that nobody has: no two contacts of a person may share one even for a moment.
            for steps in (zip(ids, free, strict=False), zip(ids, sorted(taken), strict=True)):
                for contact_id, place in steps:
                    await run(connection, "place_contact", id=contact_id, place=place, **_whose(person))

    async def set_quiet(self, person: Person, begins: time | None, ends: time | None) -> None:
        """When a relative is left in peace, in Beijing time; `Conflict` for hours of no length or no contacts."""
        if begins is not None and begins == ends:
            raise Conflict("免打扰的开始和结束不能相同")
        async with self._pool.connection() as connection:
            if not await fetch(connection, "set_quiet", person=person.id, quiet_from=begins, quiet_until=ends):
                raise Conflict("没有登记联系方式，请先打开通知或联系照护中心")

    async def unsubscribe(self, person: Person, endpoint: str) -> None:
        """Remove a subscription; one that is not there is no error."""
        async with self._pool.connection() as connection:
            for row in await fetch(connection, "subscriptions", kind=person.kind, person=person.id):
                if row["endpoint"] == endpoint:
                    await run(connection, "remove_contact", contact_id=row["id"])


def _whose(person: Person) -> dict[str, str]:
    return {"kind": person.kind, "person": person.id}
