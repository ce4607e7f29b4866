"""Export desk: that somebody takes out what is held of a person is on record before a single byte is shown (I/O).

The entry in the log is also the ticket: whoever asked may fetch the file until it expires, and nobody else ever.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle.persons.vocabulary import Person
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.store import Connection, fetch, record, run

VALID_FOR = timedelta(minutes=30)
"""How long a ticket lasts: a download that broke off may be begun again (engineering proposal)."""
FOLLOWED_FOR = timedelta(hours=2)
"""How long a download may be followed: one that began in time goes on after its ticket."""
OWN_A_DAY = 3
OTHERS_A_DAY = 20
"""How often an account may ask in 24 hours, for oneself and as an administrator (engineering proposals)."""
_A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data it is, and within which area the asker may see it; `area` is None for oneself."""

    kind: Person
    id: str
    area: str | None

    @property
    def most_a_day(self) -> int:
        """How often this may be asked for in 24 hours."""
        return OWN_A_DAY if self.area is None else OTHERS_A_DAY


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lets its asker fetch the file; `left` is how often they may still ask in these 24 hours."""

    id: int
    kind: Person
    person: str
    reason: str
    at: datetime
    left: int

    @property
    def expires_at(self) -> datetime:
        """Until when the file may be fetched."""
        return self.at + VALID_FOR


class ExportDesk:
    """Writes down who takes out whose data. Raises `Conflict` (`export_too_often`), `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def ask(self, whose: Whose, by: By) -> Ticket:
        """Put it on record; the same again within the ticket's time is the same ticket and counts once."""
        now = self._clock.now()
        async with self._pool.connection() as connection:
            area = await self._area(connection, whose)
            await run(connection, "lock_exports", actor=by.actor)
            before = await fetch(
                connection, "exports_asked", actor=by.actor, since=now - _A_DAY, own=whose.area is None
            )
            for row in before:
                same = (row["person"], row["object_id"], row["reason"]) == (whose.kind.value, whose.id, by.reason)
                if same and now < row["at"] + VALID_FOR:
                    return _ticket(row, whose.most_a_day - len(before))
            if len(before) >= whose.most_a_day:
                again = before[-1]["at"] + _A_DAY
                raise Conflict(
                    f"24小时内最多导出{whose.most_a_day}次，请稍后再试", code="export_too_often",
                    most=str(whose.most_a_day), at=again.isoformat(),
                )  # fmt: skip
            detail: dict[str, object] = {"person": whose.kind.value, "own": whose.area is None} | _why_nowhere(area)
            await record(connection, "export", whose.id, area, "data_asked_for", by, now, detail)
            (row,) = await fetch(connection, "newest_export", actor=by.actor)
        return _ticket(row, whose.most_a_day - len(before) - 1)

    async def left(self, actor: Actor, *, own: bool) -> int:
        """How often somebody may still ask in these 24 hours."""
        since = self._clock.now() - _A_DAY
        async with self._pool.connection() as connection:
            before = await fetch(connection, "exports_asked", actor=str(actor), since=since, own=own)
        return max(0, (OWN_A_DAY if own else OTHERS_A_DAY) - len(before))

    async def ticket(self, ticket_id: int, actor: Actor, within: timedelta = VALID_FOR) -> Ticket:
        """One's own ticket of the last while; anything else does not exist."""
        async with self._pool.connection() as connection:
            rows = await fetch(
                connection, "export_ticket", id=ticket_id, actor=str(actor), since=self._clock.now() - within
            )
        if not rows:
            raise NotFound("没有这次导出，或下载时间已过，请重新申请")
        return _ticket(rows[0], 0)

    async def delivered(self, ticket: Ticket, whose: Whose, actor: Actor, counts: dict[str, int]) -> None:
        """The file has gone out whole; how much it was."""
        by = By(str(actor), actor.name, ticket.reason)
        async with self._pool.connection() as connection:
            area = await self._area(connection, whose)
            detail: dict[str, object] = {"person": whose.kind.value, **counts} | _why_nowhere(area)
            await record(connection, "export", whose.id, area, "data_handed_out", by, self._clock.now(), detail)

    async def must_be_in(self, whose: Whose) -> None:
        """Raise `NotFound` where there is no such person, or outside the area."""
        async with self._pool.connection() as connection:
            await self._area(connection, whose)

    async def _area(self, connection: Connection, whose: Whose) -> str:
        """Where the person belongs; a relative of nobody belongs nowhere, and has their own data all the same."""
        (row,) = await fetch(
            connection, "consent_subject_in_area", kind=whose.kind.value, id=whose.id, area=whose.area or ""
        )
        if row["area_code"] is None and whose.area is not None:
            raise NotFound("没有这位人员，或不在您的可见范围内")
        return str(row["area_code"] or "")


def _why_nowhere(area: str) -> dict[str, object]:
    """Said in the entry itself, so that an empty area is no riddle: only a relative of no resident has none."""
    return {} if area else {"without_area": "relative_of_no_resident"}


def _ticket(row: dict[str, object], left: int) -> Ticket:
    return Ticket(
        id=int(str(row["id"])), kind=Person(str(row["person"])), person=str(row["object_id"]),
        reason=str(row["reason"]), at=_time(row["at"]), left=max(0, left),
    )  # fmt: skip


def _time(value: object) -> datetime:
    assert isinstance(value, datetime), "the database gives times"
    return value
