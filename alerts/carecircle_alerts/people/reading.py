"""Reading: what is known of people at a moment, each person and each provider read once (I/O)."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from carecircle_alerts.people.hours import local_day
from carecircle_alerts.people.profile import Profile
from carecircle_alerts.people.rows import house_of, profile_of
from carecircle_alerts.store import fetch_each


async def profiles_of(connection: AsyncConnection[DictRow], ids: Sequence[str], now: datetime) -> dict[str, Profile]:
    """These people by their id, without those who are gone."""
    people, providers = await fetch_each(
        connection,
        ("people_by_id", {"ids": ids, "now": now}),
        ("houses_of", {"ids": ids, "day": local_day(now)}),
    )
    houses = {row["id"]: house_of(row) for row in providers}
    return {row["id"]: profile_of(row, houses.get(row["provider_id"])) for row in people}
