"""Run: computes the coverage of all beds part by part, in the memory of one part, and writes it down (I/O).

Every part is a transaction of its own, so that no transaction is long; what is not finished is never read.
"""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from psycopg.types.json import Jsonb

from carecircle.clock import Clock
from carecircle.errors import Conflict, Unavailable
from carecircle_alerts.coverage.areas import AreaTally
from carecircle_alerts.coverage.day import EVERY_HOUR, cover_through_day, hour_at
from carecircle_alerts.coverage.limits import Limits, plan_limits
from carecircle_alerts.coverage.matrix import MatrixSource, is_estimate
from carecircle_alerts.coverage.posts import PostMap
from carecircle_alerts.coverage.store import (
    Connection,
    drop_older,
    fetch,
    read_limits,
    read_parts,
    read_posts,
    write_areas,
    write_beds,
    write_posts,
)

_LOCK = 0x0CA2C0DE


class Stopped(Unavailable):
    """Coverage was stopped before it was finished."""


def be_the_only_one(connection: Connection) -> None:
    """Take the lock of coverage for as long as the connection lives; raises `Conflict` while somebody has it."""
    if not fetch(connection, "be_the_only_one", lock=_LOCK)[0]["is_mine"]:
        raise Conflict("另一个进程正在计算覆盖，请稍后再试 (another process computes coverage)")


def compute(
    connection: Connection,
    source: MatrixSource,
    *,
    day: date,
    clock: Clock,
    part: int,
    keep_days: int,
    on_part: Callable[[int, int], None] = lambda _done, _all: None,
) -> int:
    """Compute the 24 hours of a local day for every bed; returns the id of the run.

    The connection commits by itself and holds the lock. `on_part` is told how many beds are done, of how many; what it
    raises ends the run, which is then marked as failed.
    """
    fetch(connection, "abandon_runs", now=clock.now())
    post_map, limits = PostMap(read_posts(connection, day)), read_limits(connection)
    (begun,) = fetch(
        connection,
        "begin_run",
        day=day,
        now=clock.now(),
        basis=source.basis,
        version=source.version,
        is_estimate=is_estimate(source.basis),
        limits=Jsonb(plan_limits()),
        bands=Jsonb([source.band(hour_at(day, hour)) for hour in EVERY_HOUR]),
        posts=len(post_map.posts),
    )
    run = int(begun["id"])
    try:
        beds = _write(connection, run, source, day, post_map, limits, part, on_part)
    except Exception as error:
        if not connection.closed:
            fetch(connection, "fail_run", run=run, now=clock.now(), why=type(error).__name__)
        raise
    fetch(connection, "finish_run", run=run, now=clock.now(), beds=beds)
    drop_older(connection, run, day - timedelta(days=keep_days))
    return run


def _write(
    connection: Connection,
    run: int,
    source: MatrixSource,
    day: date,
    post_map: PostMap,
    limits: Limits,
    part: int,
    on_part: Callable[[int, int], None],
) -> int:
    everything, done, tally = int(fetch(connection, "beds_known", area="")[0]["beds"]), 0, AreaTally()
    sole = np.zeros((len(post_map.posts), len(EVERY_HOUR)), np.int64)
    second = sole.copy()
    for beds in read_parts(connection, "", part):
        found = cover_through_day(beds, limits.of(beds), post_map, source, day)
        with connection.transaction():
            write_beds(connection, run, found, post_map.posts)
        tally.add(found)
        sole += found.sole
        second += found.second
        done += len(beds)
        on_part(done, max(done, everything))
    with connection.transaction():
        write_areas(connection, run, tally)
    with connection.transaction():
        write_posts(connection, run, post_map.posts, sole, second)
    return done
