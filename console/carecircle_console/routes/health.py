"""Whether the console can work, for whatever watches it; no session, and nothing about any person."""

import psycopg
from fastapi import APIRouter, Response
from psycopg_pool import PoolTimeout

from carecircle_console.gate import TheConsole
from carecircle_console.watch import is_lifeline_silent, read_never_silent, read_pulses
from carecircle_console.wire import Health

router = APIRouter(tags=["health"])


@router.get("/healthz", responses={503: {"model": Health, "description": "the console cannot do its work"}})
async def healthz(response: Response, console: TheConsole) -> Health:
    """`broken` (503): no database or no feed. `alarm` (200): the console works and shows that the platform does not."""
    now, feed = console.clock.now(), console.reader.is_alive
    light, pulses, database = None, {}, True
    try:
        async with console.store.pool.connection() as connection:
            light, pulses = await read_never_silent(connection, now), await read_pulses(connection, now)
    except (psycopg.OperationalError, PoolTimeout):
        database = False
    works = database and feed
    is_well = light is not None and light.ok and not is_lifeline_silent(pulses)
    if not works:
        response.status_code = 503
    return Health(
        status="broken" if not works else "ok" if is_well else "alarm",
        database=database,
        feed=feed,
        never_silent=light,
        pulse_age_s=pulses,
        streams=len(console.hub.clients()),
    )
