"""Plan book: settings of plans as people change them; rows are only added, the newest of a scope counts (I/O)."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict
from carecircle_alerts.incident import Kind
from carecircle_alerts.plans.layers import Scope, why_refused
from carecircle_alerts.plans.reading import BedPlan, plan_of_bed
from carecircle_alerts.store import Connection, fetch


class PlanBook:
    """Who may change what is the caller's to check; that it makes a plan is checked here."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def change(self, scope: Scope, settings: Mapping[str, Any], reason: str, name: str) -> int:
        """Lay settings over the wider scopes'; an empty mapping takes them back. Returns the new version.

        Incidents that are open keep the plan that they began with. Raises `Conflict` for what makes no plan.
        """
        if not reason.strip():
            raise Conflict("请填写更改原因", code="reason_needed", field="reason")
        if (why := why_refused(scope, settings)) is not None:
            about = {"field": f"settings.{why.setting}", "name": why.setting} if why.setting else {}
            raise Conflict(f"预案设置有误：{why.sentence}", code="setting_wrong" if about else "conflict", **about)
        async with self._pool.connection() as connection:
            rows = await fetch(
                connection, "add_plan_setting", kind=scope.kind, area=scope.area, circle=scope.circle,
                frailty=scope.frailty, settings=Jsonb(dict(settings)), reason=reason.strip(), name=name,
                now=self._clock.now(),
            )  # fmt: skip
        return int(rows[0]["version"])

    async def of_bed(self, bed_id: str, kind: Kind) -> BedPlan:
        """The plan that a bed would get now, and why; raises `NotFound`."""
        async with self._pool.connection() as connection:
            return await plan_of_bed(connection, bed_id, kind)
