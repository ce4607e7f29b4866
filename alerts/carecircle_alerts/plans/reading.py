"""Reading: the plans of beds for kinds of alarms, by one query (I/O)."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle_alerts.incident import FAMILY, Kind
from carecircle_alerts.plans.layers import Layer, Resolved, Scope, Subject, resolve
from carecircle_alerts.store import Connection, as_rows, fetch


@dataclass(frozen=True, slots=True)
class BedPlan:
    """What a bed gets, and for whom it was looked up."""

    subject: Subject
    resolved: Resolved


async def plan_of_bed(connection: Connection, bed_id: str, kind: Kind) -> BedPlan:
    """The plan that an incident of this kind at this bed would start with now; raises `NotFound`."""
    query, about = plans_question([(bed_id, kind)])
    plans = plans_of(await fetch(connection, query, **about))
    if not plans:
        raise NotFound("没有这个床位")
    return plans[bed_id, kind]


def plans_question(wanted: Collection[tuple[str, Kind]]) -> tuple[str, dict[str, object]]:
    """The named query for `plans_of` and its parameters, to be asked together with others."""
    rows = [{"bed_id": bed_id, "kind": kind, "family": FAMILY[kind]} for bed_id, kind in wanted]
    return "plan_settings_of_beds", {"wanted": as_rows(rows)}


def plans_of(rows: Iterable[DictRow]) -> Mapping[tuple[str, Kind], BedPlan]:
    """The plans that these rows make, by bed and kind; none of a bed that is not there."""
    plans = {}
    for row in rows:
        kind = Kind(row["kind"])
        subject = Subject(kind, row["circle"], row["division_code"], row["frailty"])
        plans[row["bed_id"], kind] = BedPlan(subject, _resolved(subject, row["layers"]))
    return plans


@lru_cache(maxsize=256)
def _resolved(subject: Subject, layers: str) -> Resolved:
    """When many call at once they are neighbours, and get the same plan."""
    return resolve(subject, map(layer_of, json.loads(layers)))


def layer_of(row: Mapping[str, Any]) -> Layer:
    """One row of plan settings."""
    scope = Scope(row["kind"], row["area"], row["circle"], row["frailty"])
    return Layer(scope, row["settings"], row["version"], row["reason"])
