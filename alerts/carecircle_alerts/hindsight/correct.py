"""Correct: takes beds whose history came late, judges it, and writes what it says into the record (I/O).

Any process may do this. A bed is taken for a while and given back in the transaction that writes the corrections; if
somebody else has taken it meanwhile, or more has come, nothing is written. Nothing here raises, clears or closes.
"""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle_alerts.commands import Record
from carecircle_alerts.hindsight.relive import Memory, Message, as_it_came, as_it_was_measured, is_late, relive
from carecircle_alerts.hindsight.stretch import Stretch
from carecircle_alerts.hindsight.verdict import NEAR_S, Span, Told, Verdict, judge
from carecircle_alerts.hindsight.words import explain_correction
from carecircle_alerts.incident import Kind
from carecircle_alerts.reading import read_bed, read_overrides
from carecircle_alerts.replay.history import messages_of
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.settings import RuleSet, overrides_for, rule_set_of
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run
from carecircle_alerts.watch.mind import LATENESS_S, thaw

ACTOR = "hindsight"
QUIET = timedelta(minutes=2)
"""A bed is judged once nothing late has come for this long, and after half an hour in any case."""
_LEASE = timedelta(minutes=10)
_HISTORY_MAY_LAG = timedelta(hours=1)
LONGEST_S = 48 * 3600.0
"""What is older than two days when it comes is history for replay alone."""
_MOST_MESSAGES = 20_000
_PAUSE_S = 0.02

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Taken:
    bed: str
    stretch: Stretch
    lease: datetime


@dataclass(frozen=True, slots=True)
class _Picture:
    """Everything that a judgement needs, read at once."""

    memory: Memory
    messages: list[Message]
    rules: RuleSet
    version: int


async def note_late(connection: Connection, stretches: dict[str, Stretch], now: datetime) -> None:
    """Remember, with the batch's other work, which beds got history late."""
    for bed, stretch in sorted(stretches.items()):
        boot, seq = stretch.key
        await run(
            connection, "add_late_stretch", bed_id=bed, begin=_time(stretch.begin), until=_time(stretch.until),
            device=stretch.device, boot=boot, seq=seq, now=now, due=now + QUIET,
        )  # fmt: skip


class Hindsight:
    """Judges late history, one bed at a time, in slices, so that a help call never waits for it."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def work(self) -> int:
        """Judge one bed that is due; returns how many were (0 or 1)."""
        async with self._pool.connection() as connection:
            taken = await self._take(connection)
            if taken is None:
                return 0
            picture = await self._read(connection, taken)
        if picture is None:
            return 1
        begin, until = max(taken.stretch.begin, taken.stretch.until - LONGEST_S), taken.stretch.until
        memory, messages, rules = picture.memory, picture.messages, picture.rules
        try:
            came = await _in_slices(relive(memory, as_it_came(memory, messages), rules, until))
            measured = await _in_slices(relive(memory, as_it_was_measured(memory, messages), rules, until))
        except Exception as error:  # noqa: BLE001 - one bed's history must not stop the others
            _log.exception("history_not_judged", bed=taken.bed, error=type(error).__name__)
            async with self._pool.connection() as connection:
                await _give_back(connection, taken)
            return 1
        late = sum(is_late(seen) for seen, _wrong in messages if seen.at >= begin)
        async with self._pool.connection() as connection:
            if await _give_back(connection, taken):
                told = await _told(connection, taken.bed, begin, until)
                verdicts, missed = judge(told, came, measured, begin, until)
                await self._write(connection, verdicts, late)
                await self._add(connection, taken.bed, missed, picture.version, late)
                _log.info("history_judged", bed=taken.bed, late=late, corrected=len(verdicts), missed=len(missed))
        return 1

    async def _take(self, connection: Connection) -> _Taken | None:
        now = self._clock.now()
        rows = await fetch(connection, "take_late_stretch", now=now, lease=now + _LEASE)
        if not rows:
            return None
        row = rows[0]
        stretch = Stretch(
            row["begin_at"].timestamp(), row["until_at"].timestamp(), row["device"], (row["boot"], row["seq"])
        )
        return _Taken(row["bed_id"], stretch, row["due_at"])

    async def _read(self, connection: Connection, taken: _Taken) -> _Picture | None:
        """None where there is nothing to judge, or where history has not been stored yet."""
        stretch, now = taken.stretch, self._clock.now()
        begin = max(stretch.begin, stretch.until - LONGEST_S)
        found = await fetch(connection, "memory_before", bed_id=taken.bed, begin=_time(begin))
        facts = await read_bed(connection, taken.bed)
        if not found or facts is None:
            await _give_back(connection, taken)
            return None
        row = found[0]
        memory = Memory(row["settled_at"].timestamp(), row["taken_at"].timestamp(), row["mind"])
        since, until = row["settled_at"] - timedelta(minutes=5), _time(stretch.until + LATENESS_S)
        messages = await messages_of(connection, taken.bed, since, until)
        stored = any((seen.device, seen.key) == (stretch.device, stretch.key) for seen, _wrong in messages)
        if not stored and now - until < _HISTORY_MAY_LAG:
            await run(connection, "postpone_late_stretch", bed_id=taken.bed, lease=taken.lease, due=now + QUIET)
            return None
        # What was only given twice came in time the first time, and history keeps the first.
        is_any_late = any(is_late(seen) and seen.at >= begin for seen, _wrong in messages)
        if not is_any_late or len(messages) > _MOST_MESSAGES or not _can_be_read(taken.bed, memory):
            _log.info("history_not_judged", bed=taken.bed, late=is_any_late, messages=len(messages))
            await _give_back(connection, taken)
            return None
        version, overrides = await read_overrides(connection)
        rules = rule_set_of(overrides_for(facts.division_code, taken.bed, overrides))
        return _Picture(memory, messages, rules, version)

    async def _write(self, connection: Connection, verdicts: dict[int, Verdict], late: int) -> None:
        now, why = self._clock.now(), {"late_messages": late}
        for alarm_id, verdict in sorted(verdicts.items()):
            rows = await fetch(
                connection, "correct_alarm", id=alarm_id, correction=verdict.value, now=now, why=Jsonb(why)
            )
            for row in rows:
                if row["incident_id"] is not None:
                    case = await load_case(connection, row["incident_id"])
                    sentence = explain_correction(verdict, why)
                    await Saving.of(connection, case, ACTOR, now).run([Record("corrected", sentence)])

    async def _add(self, connection: Connection, bed: str, missed: list[Span], version: int, late: int) -> None:
        for span in missed:
            await run(
                connection, "add_missed_alarm", bed_id=bed, kind=span.kind.value, device=span.device,
                priority=span.priority, raised_at=_time(span.begin), cleared_at=_time(span.end),
                now=self._clock.now(), why=Jsonb(span.why), version=version, correction=Verdict.MISSED.value,
                correction_why=Jsonb({"late_messages": late}),
            )  # fmt: skip


async def _told(connection: Connection, bed: str, begin: float, until: float) -> list[Told]:
    rows = await fetch(
        connection, "alarms_to_judge", bed_id=bed, begin=_time(begin - NEAR_S), until=_time(until + NEAR_S)
    )
    return [
        Told(
            row["id"], Kind(row["kind"]), row["device"], row["raised_at"].timestamp(),
            row["cleared_at"].timestamp() if row["cleared_at"] is not None else None,
        )
        for row in rows
    ]  # fmt: skip


async def _give_back(connection: Connection, taken: _Taken) -> bool:
    """Whether it was still ours, unchanged; it is done with then."""
    return bool(await fetch(connection, "end_late_stretch", bed_id=taken.bed, lease=taken.lease))


async def _in_slices(steps: Generator[None, None, list[Signal]]) -> list[Signal]:
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: list[Signal] = done.value
            return found
        await asyncio.sleep(_PAUSE_S)


def _can_be_read(bed: str, memory: Memory) -> bool:
    try:
        thaw(memory.frozen)
    except msgspec.DecodeError:
        _log.warning("mind_of_another_version", bed=bed)
        return False
    return True


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
