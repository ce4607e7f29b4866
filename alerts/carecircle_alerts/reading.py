"""Reading: what rules have to know beside messages: the facts of beds, and the settings that people have made (I/O)."""

from carecircle_alerts.rules.settings import Override
from carecircle_alerts.store import Connection, fetch
from carecircle_alerts.watch.roster import BedFacts


async def read_beds(connection: Connection) -> dict[str, BedFacts]:
    """Every bed by its id."""
    return {
        row["id"]: BedFacts(
            row["county"], row["circle"], row["division_code"], row["altitude_m"], tuple(row["devices"])
        )
        for row in await fetch(connection, "beds")
    }


async def read_overrides(connection: Connection) -> tuple[int, tuple[Override, ...]]:
    """The version of the rule book, and its newest settings of each scope and rule."""
    rows = await fetch(connection, "rule_settings")
    version = max((row["version"] for row in rows), default=0)
    return version, tuple(Override(row["rule"], row["scope"], row["settings"]) for row in rows)
