"""Deciding: whom the platform would ask for a held press, worked out as for a call; nobody is asked (I/O)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from carecircle.identity import incident_id
from carecircle_alerts.commands import MakeOffer
from carecircle_alerts.incident import PRIORITY, Case, Incident, Kind, State, Verification
from carecircle_alerts.nearby import Picture, rank_for
from carecircle_alerts.plan import Plan
from carecircle_alerts.plans.reading import plan_of_bed
from carecircle_alerts.store import Connection, bed_of
from carecircle_alerts.travel import TravelTimes
from carecircle_alerts.waves import next_wave

Would = dict[str, object]


async def who_would_be_asked(
    connection: Connection, row: Mapping[str, Any], travel: TravelTimes, now: datetime
) -> Would:
    """The first wave for this press: how many were considered, who would be asked, how far away and by which source.

    Raises `NotFound` where the bed is gone.
    """
    plan = (await plan_of_bed(connection, row["bed_id"], Kind.SOS)).resolved.plan
    case = _case(row, plan, now)
    candidates = await rank_for(Picture(connection, now), case, travel)
    asked = [one.candidate for one in next_wave(case, candidates, now) if isinstance(one, MakeOffer)]
    return {
        "considered": len(candidates),
        "asked": [
            {
                "id": one.responder.id,
                "name": one.responder.name,
                "travel_p50_s": one.travel.p50_s if one.travel else None,
                "basis": one.travel.basis if one.travel else None,
            }
            for one in asked
        ],
    }


def _case(row: Mapping[str, Any], plan: Plan, now: datetime) -> Case:
    evidence = f"{row['device']}/{row['boot']}/{row['seq']}"
    made = incident_id(row["bed_id"], Kind.SOS, evidence)
    return Case(
        Incident(
            id=made, bed_id=row["bed_id"], kind=Kind.SOS, priority=PRIORITY[Kind.SOS], state=State.RECEIVED, level=0,
            epoch=0, helpers_wanted=plan.helpers, late=False, plan=plan, device=row["device"],
            event_boot=row["boot"], event_seq=row["seq"], pressed_at=row["pressed_at"], opened_at=now,
            deadline_at=row["pressed_at"] + timedelta(seconds=plan.arrive_within_s), owner_account_id=None,
            acknowledged_by=None, verification=Verification.NONE, county=row["county"], area_name=row["area_name"],
            resident_name="", bed=bed_of(dict(row)),
        ),
        (),
        (),
    )  # fmt: skip
