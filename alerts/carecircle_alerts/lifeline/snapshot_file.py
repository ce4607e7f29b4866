"""Snapshot file: the newest picture of the database, kept where a start without a database finds it (I/O)."""

from datetime import datetime
from pathlib import Path

import structlog
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from carecircle_alerts.lifeline.private_file import replace_private
from carecircle_alerts.lifeline.snapshot import (
    VERSION,
    Contact,
    Desk,
    KnownBed,
    Person,
    Snapshot,
    decode_snapshot,
    encode_snapshot,
)
from carecircle_alerts.people.profile import Profile
from carecircle_alerts.people.reading import profiles_of
from carecircle_alerts.plan import URBAN
from carecircle_alerts.plans.layers import BUILT_IN
from carecircle_alerts.plans.reading import layer_of
from carecircle_alerts.store import fetch

_NAME = "snapshot.json"

_log = structlog.get_logger()


async def take_snapshot(connection: AsyncConnection[DictRow], now: datetime) -> Snapshot:
    """Read what the lifeline has to know, all of one moment."""
    async with connection.transaction():
        await connection.execute("set transaction isolation level repeatable read read only")
        areas = await fetch(connection, "snapshot_areas")
        layers = list(map(layer_of, await fetch(connection, "snapshot_plan_settings")))
        decisive = {layer.scope.frailty for layer in (*BUILT_IN, *layers)} - {""}
        beds = await fetch(connection, "snapshot_beds", decisive=list(decisive))
        people = await fetch(connection, "snapshot_people", now=now)
        profiles = await profiles_of(connection, [row["id"] for row in people], now)
        desks = await fetch(connection, "snapshot_desks")
    known = {row["id"]: row for row in people}
    return Snapshot(
        VERSION,
        now,
        {row["code"]: row["name"] for row in areas},
        {row.pop("id"): KnownBed(**row) for row in beds},
        [_person(profile, known[name], now) for name, profile in profiles.items()],
        [Desk(row["id"], row["area_code"], _contacts(row)) for row in desks],
        layers,
    )


def _person(profile: Profile, known: DictRow, now: datetime) -> Person:
    """Whoever is asked about anything is busy for what is still to come."""
    return Person(profile.facts_for(None, None, URBAN, now), _contacts(known), known["is_going"])


def _contacts(row: DictRow) -> list[Contact]:
    return [Contact(*one) for one in row["contacts"]]


def keep_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Write it, all or nothing, for nobody else to read; raises `OSError`."""
    replace_private(folder / _NAME, encode_snapshot(snapshot))


def kept_snapshot(folder: Path) -> Snapshot | None:
    """The one that was kept; None where there is none that can be read."""
    try:
        raw = (folder / _NAME).read_bytes()
    except FileNotFoundError:
        return None
    snapshot = decode_snapshot(raw)
    if snapshot is None:
        _log.error("snapshot_unreadable", bytes=len(raw))
    return snapshot
