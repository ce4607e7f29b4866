"""Checkpoint: twins and minds of beds as the database has them; what rules have to know of each bed (I/O)."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32

import msgspec
import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle.payloads import Event, Status, Telemetry
from carecircle.topics import Kind, Topic
from carecircle_alerts.reading import read_bed, read_beds, read_overrides
from carecircle_alerts.store import Connection, fetch, run
from carecircle_alerts.twin import Twin, fold_event, fold_status, fold_telemetry, twin_of
from carecircle_alerts.watch.mind import LATENESS_S, Mind, freeze, know, new_mind, thaw
from carecircle_alerts.watch.picture import picture_of, protection_of
from carecircle_alerts.watch.roster import BedFacts, Roster

_LOOK_FOR_NEW_S = 1.0  # an unknown bed may be a new one; asked at most this often
_BEDS_VALID_S = 10.0
_RULES_VALID_S = 10.0
_KEEPS_EVERY_S, _SLOTS = 12 * 3600, 6
"""So many memories, so far apart, reach back over the two days in which late history is judged."""
_COLUMNS = ("seen", "metrics", "devices", "minds", "next_at", "persons", "protections")
_encode = msgspec.msgpack.Encoder().encode
_twins = msgspec.msgpack.Decoder(Twin)

_log = structlog.get_logger()


class _Kept(NamedTuple):
    """A bed as it lies in memory while nobody speaks of it: a fifth of what it weighs unfolded."""

    mind: bytes | None
    twin: bytes


class Checkpoint:
    """What is in memory of all beds. It is read when it is first wanted and written with each batch that changes it."""

    at_once = 5000
    """Beds that are read in one transaction."""

    def __init__(self, clock: Clock) -> None:
        self.roster = Roster()
        self._clock = clock
        self._twins: dict[str, Twin] = {}
        self._kept: dict[str, _Kept] = {}
        self._beds_version: int | None = None
        self._beds_looked_at = self._looked_for_new_at = self._rules_read_at = float("-inf")
        self._looks_loaded = False

    def forget(self) -> None:
        """Drop what may have run ahead of the database."""
        self._twins.clear()
        self._kept.clear()
        self.roster.forget()
        self._looks_loaded = False

    async def knows(self, connection: Connection, topic: Topic) -> bool:
        """Whether the topic's bed is one of ours."""
        await self.refresh(connection)
        if topic.bed not in self.roster.facts:
            # A call of a bed that was registered a moment ago must not be taken for a stranger's, who is not answered.
            await self._look_for(connection, topic.bed, at_once=topic.kind is Kind.EVENT)
        return topic.bed in self.roster.facts

    async def recall(self, pool: AsyncConnectionPool[Connection]) -> None:
        """Read beds where they have changed and, once, when each wants a look; each part in a transaction of its own.

        All of it has to be read however many beds there are, and a transaction of the live path ends after ten
        seconds. Nobody else writes when a bed wants a look: one process leads.
        """
        await self._recall_beds(pool)
        now, after = self._clock.now().timestamp(), ""
        while not self._looks_loaded:
            async with pool.connection() as connection:
                rows = await fetch(connection, "next_looks", after=after, most=self.at_once)
            for row in rows:
                self.roster.plan(row["id"], row["next_at"].timestamp() if row["next_at"] is not None else now)
            self._looks_loaded = len(rows) < self.at_once
            after = rows[-1]["id"] if rows else after

    async def _recall_beds(self, pool: AsyncConnectionPool[Connection]) -> None:
        now_s = time.monotonic()
        if now_s - self._beds_looked_at <= _BEDS_VALID_S:
            return
        async with pool.connection() as connection:
            (row,) = await fetch(connection, "bed_roster_version")
        if row["version"] != self._beds_version:
            found: dict[str, BedFacts] = {}
            while True:
                async with pool.connection() as connection:
                    part = await read_beds(connection, next(reversed(found), ""), self.at_once)
                found |= part
                if len(part) < self.at_once:
                    break
            self.roster.facts = found
            self._beds_version = row["version"]
        self._beds_looked_at = now_s

    async def _look_for(self, connection: Connection, bed: str, *, at_once: bool) -> None:
        now_s = time.monotonic()
        if at_once or now_s - self._looked_for_new_at > _LOOK_FOR_NEW_S:
            facts = await read_bed(connection, bed)
            if facts is not None:
                self.roster.facts[bed] = facts
            self._looked_for_new_at = now_s

    async def refresh(self, connection: Connection) -> None:
        """Read settings of rules where they have changed."""
        now_s = time.monotonic()
        if now_s - self._rules_read_at > _RULES_VALID_S:
            version, overrides = await read_overrides(connection)
            self._rules_read_at = now_s
            if version != self.roster.version:
                self.roster.change_rules(overrides, version)
                _log.info("rules_changed", version=version)

    async def load(self, connection: Connection, bed_ids: set[str]) -> None:
        """Have these beds at hand until they are saved."""
        missing = sorted(bed_ids - self._kept.keys() - self.roster.minds.keys())
        if missing:
            for row in await fetch(connection, "bed_states", bed_ids=missing):
                twin = twin_of(row["last_seen_at"], row["metrics"], row["devices"])
                self._kept[row["bed_id"]] = _Kept(row["mind"], _encode(twin))
        now = self._clock.now()
        for bed_id in bed_ids - self.roster.minds.keys():
            kept, facts = self._kept.get(bed_id), self.roster.facts[bed_id]
            self._twins[bed_id] = _twins.decode(kept.twin) if kept is not None else Twin()
            mind = _thawed(bed_id, kept.mind) if kept is not None else None
            if mind is None:
                mind = new_mind(now.timestamp() - LATENESS_S, facts.altitude_m)
            mind.around.altitude_m = facts.altitude_m
            for device in facts.devices:
                know(mind, device, now.timestamp())
            self.roster.minds[bed_id] = mind

    async def save(self, connection: Connection, beds: Sequence[str]) -> None:
        """Write these beds with the transaction's other work, or not at all, and lay the others back as they were."""
        ordered = sorted(beds)
        keeping = [bed for bed in ordered if self._is_to_be_kept(bed)]
        rows = [self._row(bed) for bed in ordered]
        if keeping:
            await self._keep(connection, keeping)
        self.roster.minds.clear()
        self._twins.clear()
        if rows:
            columns = dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
            await run(connection, "save_bed_states", bed_ids=ordered, **columns)

    def _is_to_be_kept(self, bed: str) -> bool:
        """Whether the bed has entered another half day; each bed at a moment of its own, so that few come together."""
        mind = self.roster.minds[bed]
        half_day = int((mind.settled + crc32(bed.encode()) % _KEEPS_EVERY_S) // _KEEPS_EVERY_S)
        if half_day == mind.kept:
            return False
        mind.kept = half_day
        return True

    async def _keep(self, connection: Connection, beds: Sequence[str]) -> None:
        minds = [self.roster.minds[bed] for bed in beds]
        slots, settled = [mind.kept % _SLOTS for mind in minds], [_moment(mind.settled) for mind in minds]
        await run(
            connection, "save_bed_memories", bed_ids=list(beds), slots=slots, settled=settled,
            now=self._clock.now(), minds=[freeze(mind) for mind in minds],
        )  # fmt: skip

    def _row(self, bed: str) -> tuple[object, ...]:
        twin, mind, now = self._twins[bed], self.roster.minds[bed], self._clock.now().timestamp()
        frozen = freeze(mind)
        self._kept[bed] = _Kept(frozen, _encode(twin))
        return (
            twin.last_seen_at, _text(twin.metrics), _text(twin.devices), frozen, _moment(mind.next_at()),
            _text(picture_of(mind, now)), _text(protection_of(mind, now, self.roster.rules_of(bed))),
        )  # fmt: skip

    def fold(self, topic: Topic, payload: object, received_at: datetime) -> None:
        """Take a message into the twin that people look at, if it says anything."""
        twin = self._twins[topic.bed]
        match payload:
            case Telemetry():
                fold_telemetry(twin, topic, payload, received_at)
            case Status():
                fold_status(twin, topic, payload, received_at)
            case Event():
                fold_event(twin, topic, received_at)


def _thawed(bed: str, frozen: bytes | None) -> Mind | None:
    """The memory of a bed; one that another version has written cannot be read, and is begun anew and said so."""
    if frozen is None:
        return None
    try:
        return thaw(frozen)
    except msgspec.DecodeError:
        _log.warning("mind_of_another_version", bed=bed)
        return None


def _text(document: object) -> str:
    return msgspec.json.encode(document).decode()


def _moment(at: float) -> datetime | None:
    return datetime.fromtimestamp(at, UTC) if at != float("inf") else None
