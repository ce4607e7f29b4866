"""Road desk: people close roads, call them slow and open them again; travel times follow within seconds (I/O).

Whether the person may act in an area is the caller's to check. Nothing is overwritten: a closure is added once and
ended once, with a name both times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle_alerts.desk import Actor, account_of
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.roads.speeds import MODES
from carecircle_alerts.travel.store import Connection, fetch

# Engineering proposals: a slip of the finger must not close a county.
SMALLEST_M, LARGEST_M = 5.0, 20_000.0
LARGEST_EXTENT_DEG = 0.5
MOST_CORNERS = 200
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class RoadClosure:
    """What somebody wants closed (`slow_factor` None) or slow: around a point or in a polygon; by default from now."""

    corners: Sequence[Place]
    radius_m: float | None
    slow_factor: float | None
    modes: Sequence[str]
    reason: str
    begins_at: datetime | None
    until: datetime | None


class RoadDesk:
    """Commands of people of the centre. Raises `Conflict`, `Forbidden` or `NotFound` with a sentence in Chinese."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def close_roads(self, area: str, closure: RoadClosure, actor: Actor) -> int:
        """Add a closure in an area (its division code); returns its id."""
        account_id, now = account_of(actor), self._clock.now()
        begins_at = closure.begins_at or now
        _must_make_sense(closure, begins_at, now)
        async with self._pool.connection() as connection:
            if not await fetch(connection, "area_exists", code=area):
                raise NotFound("没有这个区域")
            rows = await fetch(
                connection, "add_closure", area_code=area,
                corners=Jsonb([[place.lon, place.lat] for place in closure.corners]), radius_m=closure.radius_m,
                slow_factor=closure.slow_factor, modes=list(closure.modes), reason=closure.reason.strip(),
                begins_at=begins_at, until=closure.until, now=now, account_id=account_id, name=actor.name,
            )  # fmt: skip
        return int(rows[0]["id"])

    async def open_roads(self, closure_id: int, area: str, actor: Actor) -> None:
        """End a closure that lies in an area."""
        account_id = account_of(actor)
        async with self._pool.connection() as connection:
            ended = await fetch(
                connection, "end_closure", id=closure_id, area=area, now=self._clock.now(), account_id=account_id,
                name=actor.name,
            )  # fmt: skip
        if not ended:
            raise NotFound("没有这条封路记录，或已解除")


def _must_make_sense(closure: RoadClosure, begins_at: datetime, now: datetime) -> None:
    if not closure.reason.strip():
        raise Conflict("请填写封路或缓行原因")
    if not closure.modes or set(closure.modes) - set(MODES):
        raise Conflict("请选择受影响的出行方式：步行、电动自行车、汽车")
    if closure.slow_factor is not None and not 1 < closure.slow_factor <= 100:  # noqa: PLR2004 - as the table holds
        raise Conflict("缓行倍数应大于1，至多100")
    if closure.until is not None and not begins_at < closure.until <= begins_at + LONGEST:
        raise Conflict("结束时间应晚于开始时间，最长一年")
    if closure.until is not None and closure.until <= now:
        raise Conflict("结束时间已过")
    _must_be_a_place(closure)


def _must_be_a_place(closure: RoadClosure) -> None:
    count = len(closure.corners)
    if closure.radius_m is not None:
        if count != 1:
            raise Conflict("按半径封路只需一个点")
        if not SMALLEST_M <= closure.radius_m <= LARGEST_M:
            raise Conflict("半径为5米至20公里")
        return
    if not 3 <= count <= MOST_CORNERS:  # noqa: PLR2004 - a triangle
        raise Conflict("多边形需要3至200个顶点")
    lat, lon = [one.lat for one in closure.corners], [one.lon for one in closure.corners]
    if max(lat) - min(lat) > LARGEST_EXTENT_DEG or max(lon) - min(lon) > LARGEST_EXTENT_DEG:
        raise Conflict("范围过大，请分段填写")
