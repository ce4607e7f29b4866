"""Opening: incidents are opened, or the open ones of their beds and kinds are joined, and are held (I/O)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle_alerts.called import Message
from carecircle_alerts.escalation import verified_at_first
from carecircle_alerts.incident import FAMILY, Case, Kind
from carecircle_alerts.plans.reading import plans_of, plans_question
from carecircle_alerts.store import Connection, as_rows, fetch, fetch_each, load_cases, open_cases, text_of_plan

ACTOR = "detect"
# Each time somebody has opened one before us, and somebody has ended it before we held it.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Danger:
    """What an incident would be opened for. `id` follows from the evidence, so that a repetition opens nothing.

    `noticed_at` is when it is opened, `starts_at` when its time to be answered begins; `message` is the one that stands
    for it, if one does.
    """

    id: UUID
    bed_id: str
    kind: Kind
    priority: int
    device: str
    happened_at: datetime
    noticed_at: datetime
    starts_at: datetime
    late: bool = False
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An incident that has not ended and is ours until the commit; `is_new` where it was opened for this danger."""

    case: Case
    is_new: bool


Opened = Held | UUID
"""The incident of a danger; only its id where the danger is part of it already, for then it may have ended since."""


async def open_or_join(connection: Connection, dangers: Sequence[Danger]) -> Mapping[UUID, Opened]:
    """Open an incident for each of these dangers, or join the one that is open; by the id of the danger.

    A bed and kind may be among them once. An incident may be closed by a dispatcher while we look: what is new must
    then open another one and never join a case that has ended. Raises `NotFound` for a bed that is not there.
    """
    found: dict[UUID, Opened] = {}
    left = list(dangers)
    for _attempt in range(_ATTEMPTS):
        query, wanted = plans_question([(one.bed_id, one.kind) for one in left])
        known, open_ones, settings = await fetch_each(
            connection, known_question(_messages(left)), ("find_incidents_to_join", wanted), (query, wanted)
        )
        found |= _part_of(known_of(known), left)
        found |= await _join(connection, _without(found, left), open_ones)
        found |= await _open(connection, _without(found, left), settings)
        left = _without(found, left)
        if not left:
            break
    # Their very evidence has opened an incident that has ended since.
    return found | {one.id: one.id for one in left}


def known_question(messages: Iterable[Message]) -> tuple[str, dict[str, object]]:
    """The named query for `known_of` and its parameters, to be asked together with others."""
    rows = [{"bed_id": bed_id, "device": device, "boot": boot, "seq": seq} for bed_id, device, boot, seq in messages]
    return "known_signals", {"messages": as_rows(rows)}


def known_of(rows: Iterable[DictRow]) -> Mapping[Message, UUID]:
    """The incidents of messages that were seen before."""
    return {(row["bed_id"], row["device"], row["boot"], row["seq"]): row["incident_id"] for row in rows}


async def _join(connection: Connection, dangers: Sequence[Danger], rows: Sequence[DictRow]) -> Mapping[UUID, Opened]:
    """Those of which one of these incidents of their bed and kind, the first of them, has not ended when it is held."""
    open_ones: dict[tuple[str, str], list[UUID]] = {}
    for row in rows:
        open_ones.setdefault((row["bed_id"], row["kind"]), []).append(row["id"])
    theirs = [(one, open_ones[one.bed_id, one.kind]) for one in dangers if (one.bed_id, one.kind) in open_ones]
    if not theirs:
        return {}
    cases = await load_cases(connection, {incident_id for _one, ids in theirs for incident_id in ids})
    held: dict[UUID, Opened] = {}
    for one, ids in theirs:
        case = next((cases[each] for each in ids if each in cases and not cases[each].is_ended()), None)
        if case is not None:
            held[one.id] = Held(case, is_new=False)
    # Whoever else reads the broker, as the lifeline does, may have committed this very call since we looked.
    query, about = known_question(_messages(dangers))
    return held | _part_of(known_of(await fetch(connection, query, **about)), dangers)


async def _open(connection: Connection, dangers: Sequence[Danger], rows: Sequence[DictRow]) -> Mapping[UUID, Opened]:
    """Those that nobody else has opened: a row that we have made is ours until the commit."""
    if not dangers:
        return {}
    plans = plans_of(rows)
    new = []
    for one in dangers:
        if (one.bed_id, one.kind) not in plans:
            raise NotFound("没有这个床位")
        resolved = plans[one.bed_id, one.kind].resolved
        boot, seq = one.message[2:] if one.message is not None else (None, None)
        new.append(
            {
                "id": one.id, "bed_id": one.bed_id, "kind": one.kind, "family": FAMILY[one.kind],
                "priority": one.priority, "late": one.late, "plan": text_of_plan(resolved.plan),
                "plan_version": resolved.version, "helpers_wanted": resolved.plan.helpers, "device": one.device,
                "event_boot": boot, "event_seq": seq, "pressed_at": one.happened_at, "opened_at": one.noticed_at,
                "verification": verified_at_first(resolved.plan, one.priority),
                "deadline_at": one.starts_at + timedelta(seconds=resolved.plan.arrive_within_s),
            }
        )  # fmt: skip
    return {case.incident.id: Held(case, is_new=True) for case in await open_cases(connection, new)}


def _messages(dangers: Iterable[Danger]) -> list[Message]:
    return [one.message for one in dangers if one.message is not None]


def _part_of(known: Mapping[Message, UUID], dangers: Iterable[Danger]) -> dict[UUID, Opened]:
    return {one.id: known[one.message] for one in dangers if one.message is not None and one.message in known}


def _without(found: Mapping[UUID, Opened], dangers: Iterable[Danger]) -> list[Danger]:
    return [one for one in dangers if one.id not in found]
