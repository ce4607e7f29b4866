"""Listed: last night's list of a bed, for when no road source answers or the index of people does not (I/O).

A time of the list is one by the roads of that night, from where somebody usually is: better than a straight line for
who is looked for at their base, and worth nothing for who has said where they are. It says its basis and its age.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle_alerts.travel import TravelTime
from carecircle_alerts.travel.store import Connection, fetch
from carecircle_alerts.travel.straight_line import BASIS as GUESS

BASIS = "nightly_list"
# Roads and where people live change slowly; an older list says that nothing makes it any more (engineering proposal).
OLDEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a bed's list, and the time that they would have needed by the roads of that night."""

    responder_id: str
    travel: TravelTime
    made_at: datetime

    def labelled(self) -> TravelTime:
        """The time as a decision of today uses it: with the list as its basis, and when that was made."""
        time = self.travel
        version = f"{time.version}; listed {self.made_at:%Y-%m-%dT%H:%MZ}"
        return TravelTime(time.p50_s, time.p90_s, time.distance_m, BASIS, version)


async def candidates_of(connection: Connection, bed_id: str) -> list[Listed]:
    """The list of a bed, nearest first; empty where there is none."""
    return [
        Listed(
            row["responder_id"],
            TravelTime(row["p50_s"], row["p90_s"], row["distance_m"], row["basis"], row["version"]),
            row["made_at"],
        )
        for row in await fetch(connection, "candidates_of_bed", bed_id=bed_id)
    ]


async def listed_times(connection: Connection, bed_id: str, now: datetime) -> dict[str, TravelTime]:
    """Times of a bed's list by person, as today uses them; without those that were guesses that night already."""
    return {
        one.responder_id: one.labelled()
        for one in await candidates_of(connection, bed_id)
        if one.travel.basis != GUESS and now - one.made_at <= OLDEST
    }
