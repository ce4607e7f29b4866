"""Housekeeping: drops chunks that are older than their retention and adapts the length of new ones (I/O)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import psycopg
import structlog

from carecircle_upkeep.boundary import QUERIES, Connection
from carecircle_upkeep.chunk_length import FullChunk, choose_length

_READINGS = ("vitals", "environment", "spot_check", "device_event", "device_status")

_log = structlog.get_logger()


def drop_old(connection: Connection, kept: Mapping[str, timedelta], now: datetime) -> dict[str, int]:
    """Drop what is older than it is kept; how many chunks of which tables.

    The database itself refuses what is young and spares readings whose rollups are not made. A table that somebody is
    reading for long is left for the next time.
    """
    dropped = {}
    for table, length in kept.items():
        try:
            ((chunks,),) = connection.execute(QUERIES["drop_before"], {"history": table, "before": now - length})
        except psycopg.errors.LockNotAvailable:
            _log.warning("retention_waits", table=table)
            continue
        if chunks:
            _log.info("chunks_dropped", table=table, chunks=chunks)
            dropped[table] = int(chunks)
    return dropped


def adapt_chunks(
    connection: Connection, index_bytes: int, kept: Mapping[str, timedelta], now: datetime
) -> dict[str, int]:
    """Choose the length of new chunks by the index of the newest full one; the lengths that were changed, in hours."""
    changed = {}
    sizes = connection.execute(QUERIES["chunk_sizes"], {"histories": list(_READINGS), "now": now}).fetchall()
    for chunk in (FullChunk(*row) for row in sizes):
        hours = choose_length(chunk, index_bytes, kept[chunk.table])
        if hours is not None:
            connection.execute(QUERIES["set_chunk_hours"], {"history": chunk.table, "hours": hours})
            _log.info("chunk_length_changed", table=chunk.table, was_h=chunk.present_h, now_h=hours)
            changed[chunk.table] = hours
    return changed
