"""Reading: the plan of a bed for a kind of alarm, by one query (I/O)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle_alerts.incident import FAMILY, Kind
from carecircle_alerts.plans.layers import Layer, Resolved, Scope, Subject, resolve
from carecircle_alerts.store import Connection, fetch


@dataclass(frozen=True, slots=True)
class BedPlan:
    """What a bed gets, and for whom it was looked up."""

    subject: Subject
    resolved: Resolved


async def plan_of_bed(connection: Connection, bed_id: str, kind: Kind) -> BedPlan:
    """The plan that an incident of this kind at this bed would start with now; raises `NotFound`."""
    query, about = plan_question(bed_id, kind)
    return plan_of(await fetch(connection, query, **about), kind)


def plan_question(bed_id: str, kind: Kind) -> tuple[str, dict[str, object]]:
    """The named query for `plan_of` and its parameters, to be asked together with others."""
    return "plan_settings_of_bed", {"bed_id": bed_id, "kind": kind.value, "family": FAMILY[kind].value}


def plan_of(rows: Sequence[DictRow], kind: Kind) -> BedPlan:
    """The plan that these rows of a bed make for a kind; raises `NotFound` where there is no such bed."""
    if not rows:
        raise NotFound("没有这个床位")
    row = rows[0]
    subject = Subject(kind, row["circle"], row["division_code"], row["frailty"])
    return BedPlan(subject, resolve(subject, map(layer_of, row["layers"])))


def layer_of(row: dict[str, Any]) -> Layer:
    """One row of plan settings."""
    scope = Scope(row["kind"], row["area"], row["circle"], row["frailty"])
    return Layer(scope, row["settings"], row["version"], row["reason"])
