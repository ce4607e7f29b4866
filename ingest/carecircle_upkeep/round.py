"""One round of upkeep: roll up to the present, the late readings, persons to erase, once an hour what is old (I/O)."""

import threading
import time
from datetime import datetime, timedelta

import structlog

from carecircle.clock import Clock
from carecircle_upkeep.arrivals import sample_fleet
from carecircle_upkeep.boundary import QUERIES, Boundary, Connection, move_boundary, read_boundary, settled
from carecircle_upkeep.erasing import erase_due
from carecircle_upkeep.housekeeping import adapt_chunks, drop_old
from carecircle_upkeep.metrics import UpkeepMetrics
from carecircle_upkeep.resolutions import HOUR, MINUTE
from carecircle_upkeep.rolling import redo_touched, roll_slice
from carecircle_upkeep.settings import UpkeepSettings

_LONGEST_SLICE_H = 24
_HOURS_AT_ONCE = 300  # of beds, in one transaction of late readings
_HOUSEKEEPING = timedelta(hours=1)
_SAY_SO_S = 10.0
_MB = 1024 * 1024

_log = structlog.get_logger()


class Round:
    """What upkeep does again and again; it remembers nothing that matters, so it may be killed anywhere."""

    def __init__(self, settings: UpkeepSettings, clock: Clock, metrics: UpkeepMetrics) -> None:
        self._clock = clock
        self._metrics = metrics
        self._kept = settings.kept()
        self._index_bytes = settings.chunk_index_mb * _MB
        self._erase_rows = settings.erase_rows_at_once
        self._budget_s = settings.upkeep_interval_s
        self._housekept_at: datetime | None = None

    def go(self, connection: Connection, stop: threading.Event) -> bool:
        """Go round once; whether there is more to do at once. Ends early, between two transactions, on `stop`."""
        until = time.monotonic() + self._budget_s
        boundary = self._catch_up(connection, stop, until)
        is_behind = boundary.done_until < settled(self._clock.now())
        has_more = self._redo(connection, boundary, stop, until)
        sample_fleet(connection, self._clock.now())
        has_more |= erase_due(connection, self._clock.now(), self._erase_rows, self._metrics, stop, until)
        self._keep_house(connection, stop)
        return is_behind or has_more

    def _catch_up(self, connection: Connection, stop: threading.Event, until: float) -> Boundary:
        """Slices of an hour; longer ones where there is nothing, so that an empty chunk of a month takes a moment."""
        boundary = read_boundary(connection, self._clock.now())
        slice_h, said_at = 1, time.monotonic()
        while not stop.is_set() and time.monotonic() < until:
            if not boundary.is_behind:
                target = min(settled(self._clock.now()), _hours_on(boundary.rolled_until, slice_h))
                if target <= boundary.rolled_until:
                    break
                move_boundary(connection, target)
                boundary = Boundary(target, boundary.done_until)
            slice_until = min(boundary.rolled_until, _hours_on(boundary.done_until, slice_h))
            began = time.monotonic()
            rows = roll_slice(connection, boundary.done_until, slice_until)
            boundary = Boundary(boundary.rolled_until, slice_until)
            self._metrics.rolled(rows, time.monotonic() - began)
            self._metrics.stands_at(boundary.done_until)
            slice_h = 1 if rows[MINUTE] else min(slice_h * 2, _LONGEST_SLICE_H)
            if time.monotonic() - said_at > _SAY_SO_S:
                said_at = time.monotonic()
                behind = self._clock.now() - boundary.done_until
                _log.info("rollups_catching_up", done_until=boundary.done_until.isoformat(), hours_left=_hours(behind))
        self._metrics.stands_at(boundary.done_until)
        return boundary

    def _redo(self, connection: Connection, boundary: Boundary, stop: threading.Event, until: float) -> bool:
        """Late readings, at least one portion however long the rest took; whether more of them wait."""
        hours = too_old = 0
        has_more = True
        while has_more and not stop.is_set():
            redone = redo_touched(connection, boundary.done_until, _HOURS_AT_ONCE)
            self._metrics.redone(redone)
            hours += redone.hours
            too_old += redone.too_old
            has_more = redone.hours + redone.too_old >= _HOURS_AT_ONCE
            if time.monotonic() > until:
                break
        if hours or too_old:
            _log.info("late_hours_rolled_up", hours=hours, too_old=too_old)
        ((waiting,),) = connection.execute(QUERIES["waiting"])
        self._metrics.waits(int(waiting))
        return has_more

    def _keep_house(self, connection: Connection, stop: threading.Event) -> None:
        now = self._clock.now()
        if stop.is_set() or (self._housekept_at is not None and now - self._housekept_at < _HOUSEKEEPING):
            return
        self._housekept_at = now
        self._metrics.dropped(drop_old(connection, self._kept, now))
        adapt_chunks(connection, self._index_bytes, self._kept, now)


def _hours_on(at: datetime, hours: int) -> datetime:
    return HOUR.floor(at) + timedelta(hours=hours)


def _hours(length: timedelta) -> float:
    return round(length / timedelta(hours=1), 1)
