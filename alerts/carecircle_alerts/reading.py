"""Reading: what rules have to know beside messages: the facts of beds, and the settings that people have made (I/O)."""

from psycopg.rows import DictRow

from carecircle_alerts.rules.settings import Override
from carecircle_alerts.store import Connection, fetch
from carecircle_alerts.watch.roster import BedFacts


async def read_beds(connection: Connection, after: str = "", most: int | None = None) -> dict[str, BedFacts]:
    """The next beds by their ids, in the order of these; all of them where `most` is None."""
    return {row["id"]: _facts(row) for row in await fetch(connection, "beds", after=after, most=most)}


async def read_bed(connection: Connection, bed_id: str) -> BedFacts | None:
    """One bed; None where there is none."""
    rows = await fetch(connection, "bed_facts", bed_id=bed_id)
    return _facts(rows[0]) if rows else None


def _facts(row: DictRow) -> BedFacts:
    return BedFacts(row["county"], row["division_code"], row["altitude_m"], tuple(row["devices"]))


async def read_overrides(connection: Connection) -> tuple[int, tuple[Override, ...]]:
    """The version of the rule book, and its newest settings of each scope and rule."""
    rows = await fetch(connection, "rule_settings")
    version = max((row["version"] for row in rows), default=0)
    return version, tuple(Override(row["rule"], row["scope"], row["settings"]) for row in rows)
