"""Alarm reads: what rules have found, what is put aside, and the rule book, always within an area (I/O)."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from carecircle.clock import Clock
from carecircle_alerts.hindsight.verdict import Verdict
from carecircle_alerts.hindsight.words import explain_correction
from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.words import explain
from carecircle_console.alarm_views import Alarm, RuleSetting, Shelf
from carecircle_console.store import Store


class AlarmReads:
    """An area of None, as people outside of the centre have, sees nothing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def residents(self, area: str, bed: str | None) -> list[str]:
        """Whose beds lie in an area, or whose this one is."""
        return [str(row["resident_id"]) for row in await self._store.fetch("residents_in_area", area=area, bed=bed)]

    async def of_bed(self, bed: str, area: str | None, since: datetime) -> tuple[Alarm, ...]:
        """All that stands at a bed, and what is over since then."""
        return tuple(map(_alarm, await self._store.fetch("alarms_of_bed", bed=bed, area=area, since=since)))

    async def of_incident(self, incident: UUID, area: str | None) -> tuple[Alarm, ...]:
        """What belongs to an incident, oldest first."""
        return tuple(map(_alarm, await self._store.fetch("alarms_of_incident", incident=incident, area=area)))

    async def shelves(self, area: str | None, bed: str | None = None) -> tuple[Shelf, ...]:
        """What is put aside now."""
        rows = await self._store.fetch("shelves", area=area, bed=bed, now=self._clock.now())
        return tuple(Shelf.model_validate(row) for row in rows)

    async def rule_settings(self, area: str | None) -> list[RuleSetting]:
        """The settings that count in an area, newest first."""
        return [RuleSetting.model_validate(row) for row in await self._store.fetch("rule_settings", area=area)]


def _alarm(row: DictRow) -> Alarm:
    why, correction = row.pop("correction_why"), row["correction"]
    said = explain_correction(Verdict(correction), why) if correction is not None else None
    text = explain(Kind(row["kind"]), row["why"], row["device"])
    return Alarm.model_validate({**row, "text": text, "correction_text": said})
