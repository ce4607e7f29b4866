"""Rolling up: slice by slice behind the boundary, each in one transaction; then again what got late readings (I/O)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from carecircle.quantities import History
from carecircle_upkeep.arrivals import arrivals, sum_places
from carecircle_upkeep.boundary import QUERIES, Connection
from carecircle_upkeep.resolutions import DAY, HOUR, MINUTE, Resolution
from carecircle_upkeep.statements import EVERY_BED, TAKEN_DAYS, TAKEN_HOURS, roll_up

_AN_HOUR = timedelta(hours=1)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def roll_slice(connection: Connection, since: datetime, until: datetime) -> dict[Resolution, int]:
    """Roll up [since, until) and the hours and days that end in it; how many rows of each were written.

    One transaction together with `done_until`, so that a slice is either done or not begun.
    """
    with connection.transaction():
        _prefer_the_index(connection)
        rows = {one: _roll_ended(connection, one, since, until) for one in (MINUTE, HOUR, DAY)}
        connection.execute(QUERIES["note_device_words"], {"since": since, "until": until})
        connection.execute(QUERIES["done"], {"at": until})
    return rows


def _roll_ended(connection: Connection, resolution: Resolution, since: datetime, until: datetime) -> int:
    span = {"since": resolution.floor(since), "until": resolution.floor(until)}
    if span["since"] == span["until"]:
        return 0
    if resolution is not MINUTE:
        for history in History:
            connection.execute(arrivals(history, resolution, EVERY_BED), span)
    if resolution is DAY:
        sum_places(connection, span["since"], span["until"])
    return sum(connection.execute(roll_up(history, resolution, EVERY_BED), span).rowcount for history in History)


@dataclass(frozen=True, slots=True)
class Redone:
    """Hours that were rolled up again, and hours that cannot be because their readings are dropped."""

    hours: int = 0
    too_old: int = 0


def redo_touched(connection: Connection, done_until: datetime, limit: int) -> Redone:
    """Roll up again at most `limit` hours that got late readings; nothing to do is `Redone(0, 0)`.

    They are taken in a transaction of their own that writers wait for, and done in one that nobody waits for. Hours
    that somebody took and died over come first.
    """
    spans = connection.execute(QUERIES["taken"]).fetchall()
    if not spans:
        with connection.transaction():
            connection.execute(QUERIES["wait_for_writers"])
            connection.execute(QUERIES["take"], {"limit": limit})
        spans = connection.execute(QUERIES["taken"]).fetchall()
    kept_since: dict[str, datetime] = dict(connection.execute(QUERIES["kept_since"]).fetchall())
    hours = too_old = 0
    for name, first, last, count in spans:
        with connection.transaction():
            _prefer_the_index(connection)
            too_old += _redo(connection, History(name), (first, last + _AN_HOUR), done_until, kept_since)
        hours += count
    return Redone(hours - too_old, too_old)


def _redo(
    connection: Connection,
    history: History,
    span: tuple[datetime, datetime],
    done_until: datetime,
    kept_since: Mapping[str, datetime],
) -> int:
    """All taken hours of one history; what is not kept any more is left as it was rolled up in its time."""
    readings_since = kept_since.get(history.value, _LONG_AGO)
    hours_since = kept_since.get(HOUR.table(history), _LONG_AGO)
    first = max(span[0], readings_since)
    last = span[1]
    for resolution, spans, since, until in (
        (MINUTE, TAKEN_HOURS, first, min(last, done_until)),
        (HOUR, TAKEN_HOURS, first, min(last, HOUR.floor(done_until))),
        (DAY, TAKEN_DAYS, max(DAY.floor(first), hours_since), min(DAY.floor(last) + DAY.width, DAY.floor(done_until))),
    ):
        if since < until:
            told = {
                "history": history.value,
                "since": since,
                "until": until,
                "done_until": done_until,
                "day_origin": DAY.origin,
            }
            connection.execute(roll_up(history, resolution, spans), told)
            if resolution is not MINUTE:
                connection.execute(arrivals(history, resolution, spans), told)
            if resolution is DAY:
                sum_places(connection, since, until)
    ((too_old,),) = connection.execute(QUERIES["finished"], {"history": history.value, "kept_since": readings_since})
    return int(too_old)


def _prefer_the_index(connection: Connection) -> None:
    """A chunk that was never analysed looks small to the planner, and reading it whole for every bed is not."""
    connection.execute("set local enable_seqscan = off")
