"""Opening: an incident is opened, or the open one of its bed and kind is joined, and its lock is held (I/O)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from carecircle_alerts.incident import FAMILY, Case, Kind
from carecircle_alerts.plans.layers import Resolved
from carecircle_alerts.plans.reading import plan_of, plan_question
from carecircle_alerts.store import Connection, fetch, fetch_each, load_case, open_case

ACTOR = "detect"


@dataclass(frozen=True, slots=True)
class Danger:
    """What an incident would be opened for. `id` follows from the evidence, so that a repetition opens nothing.

    `starts_at` is when its time to be answered begins; `event` is (boot, seq) of the message, where one stands for it.
    """

    id: UUID
    bed_id: str
    kind: Kind
    priority: int
    device: str
    happened_at: datetime
    starts_at: datetime
    late: bool = False
    event: tuple[int, int] | None = None


async def open_or_join(connection: Connection, danger: Danger, now: datetime) -> tuple[bool, Case] | None:
    """Whether it was opened, and the case.

    An incident may be closed by a dispatcher while we look: what is new must then open another one and never join a
    case that has ended. None where this very evidence opened an incident that has ended since.
    """
    about = {"bed_id": danger.bed_id, "kind": danger.kind.value}
    for _attempt in range(3):
        # An incident that those of this bed and kind are part of since somebody merged them goes before a new one.
        merged, settings = await fetch_each(
            connection, ("find_merged_into", about), plan_question(danger.bed_id, danger.kind)
        )
        if (case := await _first_open(connection, merged)) is not None:
            return False, case
        if (case := await _open(connection, danger, plan_of(settings, danger.kind).resolved, now)) is not None:
            return True, case  # a row that we have made is ours until the commit
        if (case := await _first_open(connection, await fetch(connection, "find_open_incident", **about))) is not None:
            return False, case
    return None


async def _first_open(connection: Connection, rows: Sequence[DictRow]) -> Case | None:
    """The first of these incidents that has not ended by the time it is held."""
    for row in rows:
        case = await load_case(connection, row["id"])
        if not case.is_ended():
            return case
    return None


async def _open(connection: Connection, danger: Danger, resolved: Resolved, now: datetime) -> Case | None:
    plan = resolved.plan
    boot, seq = danger.event or (None, None)
    return await open_case(
        connection, danger.id, bed_id=danger.bed_id, kind=danger.kind.value, family=FAMILY[danger.kind].value,
        priority=danger.priority, late=danger.late, plan=Jsonb(plan.model_dump()),
        plan_version=resolved.version, helpers=plan.helpers, device=danger.device, boot=boot,
        seq=seq, pressed_at=danger.happened_at, now=now,
        deadline_at=danger.starts_at + timedelta(seconds=plan.arrive_within_s),
    )  # fmt: skip
