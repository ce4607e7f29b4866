"""Own tests: a relative has a test message sent through a contact of theirs, and sees what became of it (I/O).

It is a drill: through the same channels as an alert, behind every real message, marked as a test and without a word
about anybody's health. The bounds are engineering proposals: a text message costs money, and a test that came just now
says nothing new when it comes again.
"""

from datetime import datetime, timedelta

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.store import fetch as fetch_register
from carecircle_alerts.register.store import record
from carecircle_alerts.store import Connection, fetch, run

AGAIN_AFTER = timedelta(minutes=5)
MOST_A_DAY = 10
SHOWN_FOR = timedelta(days=30)
_A_DAY = timedelta(hours=24)
_WHY = "本人试发"


class OwnTests:
    """Commands of relatives about their own contacts; somebody else's contact is not there."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def ask(self, relative: str, contact_id: int, actor: str, name: str) -> None:
        """Send a test message soon. The same again within five minutes, or while one is on its way, is the same test.

        Raises `NotFound`, and `Conflict` (`test_too_often`) beyond ten in 24 hours.
        """
        now = self._clock.now()
        async with self._pool.connection() as connection:
            await fetch(connection, "hold_own_tests", person=relative)
            if not await fetch(connection, "own_contact", contact_id=contact_id, person=relative):
                raise NotFound("没有这个联系方式，请刷新后再试")
            before = await fetch(connection, "own_tests", person=relative, since=now - _A_DAY)
            if any(one["contact_id"] == contact_id and _is_same(one, now) for one in before):
                return
            if len(before) >= MOST_A_DAY:
                raise Conflict(
                    f"24小时内最多试发{MOST_A_DAY}次，请过些时候再试", code="test_too_often", most=str(MOST_A_DAY)
                )
            await run(connection, "end_own_test", contact_id=contact_id, person=relative, now=now)
            await run(connection, "ask_own_test", contact_id=contact_id, person=relative, by_name=name, now=now)
            (whose,) = await fetch_register(
                connection, "consent_subject_in_area", kind="family_member", id=relative, area=""
            )
            by = By(actor, name, _WHY)
            await record(connection, "contact", relative, str(whose["area_code"] or ""), "test_asked_for", by, now)

    async def shown(self, relative: str) -> list[DictRow]:
        """The tests of these 30 days, newest first."""
        async with self._pool.connection() as connection:
            return await fetch(connection, "own_tests", person=relative, since=self._clock.now() - SHOWN_FOR)


def again_at(test: DictRow) -> datetime:
    """From when on the contact may be tested once more."""
    at: datetime = test["planned_at"]
    return at + AGAIN_AFTER


def _is_same(test: DictRow, now: datetime) -> bool:
    return test["state"] in {"WAITING", "SENDING"} or now < again_at(test)
