"""Alarm reads: what rules have found, what is put aside, and the rule book, always within an area (I/O)."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from carecircle.clock import Clock
from carecircle.db.queries import Queries
from carecircle.errors import NotFound
from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.words import explain
from carecircle_console.alarm_views import Alarm, RuleSetting, Shelf
from carecircle_console.store import Pool

QUERIES = Queries("carecircle_console", "alarms.sql")


class AlarmReads:
    """Reads of the console's own database role. An area of None, as people outside of the centre have, sees nothing."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def resident(self, bed: str, area: str | None) -> str:
        """Whose bed it is; raises `NotFound` where there is none in the area."""
        rows = await self._fetch("bed_in_area", bed=bed, area=area)
        if not rows:
            raise NotFound("没有这个床位，或不在您的可见范围内")
        return str(rows[0]["resident_id"])

    async def residents(self, area: str, bed: str | None) -> list[str]:
        """Whose beds lie in an area, or whose this one is."""
        return [str(row["resident_id"]) for row in await self._fetch("residents_in_area", area=area, bed=bed)]

    async def of_bed(self, bed: str, area: str | None, since: datetime) -> tuple[Alarm, ...]:
        """All that stands at a bed, and what is over since then."""
        return tuple(map(_alarm, await self._fetch("alarms_of_bed", bed=bed, area=area, since=since)))

    async def of_incident(self, incident: UUID, area: str | None) -> tuple[Alarm, ...]:
        """What belongs to an incident, oldest first."""
        return tuple(map(_alarm, await self._fetch("alarms_of_incident", incident=incident, area=area)))

    async def shelves(self, area: str | None, bed: str | None = None) -> tuple[Shelf, ...]:
        """What is put aside now."""
        rows = await self._fetch("shelves", area=area, bed=bed, now=self._clock.now())
        return tuple(Shelf.model_validate(row) for row in rows)

    async def rule_settings(self, area: str | None) -> list[RuleSetting]:
        """The settings that count in an area, newest first."""
        return [RuleSetting.model_validate(row) for row in await self._fetch("rule_settings", area=area)]

    async def _fetch(self, query: str, **parameters: object) -> list[DictRow]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            return await cursor.fetchall()


def _alarm(row: DictRow) -> Alarm:
    return Alarm.model_validate({**row, "text": explain(Kind(row["kind"]), row["why"], row["device"])})
