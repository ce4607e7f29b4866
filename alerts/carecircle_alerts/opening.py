"""Opening: an incident is opened, or the open one of its bed and kind is joined, and its lock is held (I/O)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from carecircle_alerts.incident import FAMILY, Case, Kind
from carecircle_alerts.plans.reading import plan_of_bed
from carecircle_alerts.store import Connection, fetch, load_case, read_new_case

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
    for _attempt in range(3):
        if (merged := await _joined_by_merging(connection, danger)) is not None:
            return False, merged
        if await _open(connection, danger, now):
            return True, await read_new_case(connection, danger.id)  # a row that we have made is ours until the commit
        for row in await fetch(connection, "find_open_incident", bed_id=danger.bed_id, kind=danger.kind.value):
            case = await load_case(connection, row["id"])
            if not case.is_ended():
                return False, case
    return None


async def _joined_by_merging(connection: Connection, danger: Danger) -> Case | None:
    """The open incident that those of this bed and kind are part of since somebody merged them."""
    for row in await fetch(connection, "find_merged_into", bed_id=danger.bed_id, kind=danger.kind.value):
        case = await load_case(connection, row["id"])
        if not case.is_ended():
            return case
    return None


async def _open(connection: Connection, danger: Danger, now: datetime) -> bool:
    family = FAMILY[danger.kind]
    resolved = (await plan_of_bed(connection, danger.bed_id, danger.kind)).resolved
    plan = resolved.plan
    boot, seq = danger.event or (None, None)
    rows = await fetch(
        connection, "open_incident", id=danger.id, bed_id=danger.bed_id, kind=danger.kind.value, family=family.value,
        priority=danger.priority, late=danger.late, plan=Jsonb(plan.model_dump()),
        plan_version=resolved.version, helpers=plan.helpers, device=danger.device, boot=boot,
        seq=seq, pressed_at=danger.happened_at, now=now,
        deadline_at=danger.starts_at + timedelta(seconds=plan.arrive_within_s),
    )  # fmt: skip
    return bool(rows)
