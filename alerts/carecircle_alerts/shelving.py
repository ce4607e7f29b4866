"""Shelving: a person puts an alarm aside for a time, with a reason; it returns by itself (I/O).

What is shelved is closed by the person who shelves it; if its condition still stands when the time is over, or comes
back meanwhile, it is told anew then. A call for help cannot be shelved: nobody may decide beforehand not to hear one.
"""

from datetime import timedelta

from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle_alerts import answers
from carecircle_alerts.desk import Actor, account_of
from carecircle_alerts.incident import FAMILY, Family, Kind, OutcomeCode
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run
from carecircle_alerts.texts import KIND_NAMES, clock_time

LONGEST = timedelta(days=7)


class Shelving:
    """Commands of people of the centre. Raises `Conflict`, `Forbidden` or `NotFound` with a sentence in Chinese."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def shelve(self, bed_id: str, kind: Kind, lasts: timedelta, reason: str, actor: Actor) -> None:
        """Hear nothing of this kind from this bed for a time."""
        account_id = account_of(actor)
        if FAMILY[kind] is Family.HELP:
            raise Conflict(f"{KIND_NAMES[kind]}是求助，不能搁置")
        if not reason.strip():
            raise Conflict("请填写搁置原因")
        if not timedelta(minutes=1) <= lasts <= LONGEST:
            raise Conflict("搁置时间为1分钟至7天")
        async with self._pool.connection() as connection:
            now = self._clock.now()
            found = await fetch(connection, "shelf_of", bed_id=bed_id, kind=kind.value, now=now)
            if found:
                raise Conflict(f"{found[0]['by_name']}已搁置至{clock_time(found[0]['until'])}")
            if not await fetch(connection, "bed_exists", bed_id=bed_id):
                raise NotFound("没有这个床位")
            await run(
                connection, "add_shelf", bed_id=bed_id, kind=kind.value, reason=reason.strip(), account_id=account_id,
                name=actor.name, now=now, until=now + lasts,
            )  # fmt: skip
            await run(connection, "hold_back_shelved", bed_id=bed_id, kind=kind.value)
            for row in await fetch(connection, "find_open_incident", bed_id=bed_id, kind=kind.value):
                case = await load_case(connection, row["id"])
                text = f"搁置至{clock_time(now + lasts)}：{reason.strip()}"
                saving = Saving.of(connection, case, str(actor), now, actor.name)
                await saving.run(answers.close(case, OutcomeCode.OTHER, actor.name, text))

    async def unshelve(self, bed_id: str, kind: Kind, actor: Actor) -> None:
        """Hear it again from now on; what still stands is told at once."""
        account_of(actor)
        async with self._pool.connection() as connection:
            ended = await fetch(connection, "end_shelf", bed_id=bed_id, kind=kind.value, now=self._clock.now())
        if not ended:
            raise NotFound("没有搁置中的告警")
