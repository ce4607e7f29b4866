"""Visit desk: a helper says that they are there, reports, and sends pictures; each on the incident's record (I/O)."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle_alerts import answers
from carecircle_alerts.commands import Record
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.changes import By, record
from carecircle_alerts.people.waking import wake_around
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run
from carecircle_alerts.travel import Place
from carecircle_alerts.visits.bed_code import MOST_WRONG, WITHIN_S, bed_code, is_bed_code
from carecircle_alerts.visits.jpeg import without_metadata
from carecircle_alerts.visits.presence import Position, Presence, Proof, TooFar, distance_words, judge_position

MOST_PHOTOS = 4
# Whose phone has said nothing for so long is looked for anew when it speaks (engineering proposal).
_SILENT = timedelta(minutes=5)
# What was written without a connection may come late; after two days a report belongs to nobody's memory any more.
_REPORTED_WITHIN = timedelta(hours=48)

Outcome = Literal["helped_on_site", "taken_to_hospital", "false_press", "no_one_found", "false_alarm", "other"]
Consciousness = Literal["alert", "confused", "voice", "pain", "unresponsive"]
WhyNotKept = Literal["", "off_duty", "no_consent", "older"]
_WORDS: dict[Outcome, str] = {
    "helped_on_site": "现场已帮助",
    "taken_to_hospital": "送医",
    "false_press": "误按",
    "no_one_found": "未找到人",
    "false_alarm": "误报",
    "other": "其他",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody brings along who says that they are there; without anything it is their word."""

    position: Position | None = None
    code: str | None = None
    insists: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a helper found; `made_at` by their phone. What was not measured is None."""

    outcome: Outcome
    made_at: datetime
    note: str = ""
    consciousness: Consciousness | None = None
    heart_rate_bpm: int | None = None
    respiratory_rate_per_min: int | None = None
    spo2_percent: int | None = None
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    body_temperature_c: float | None = None


class VisitDesk:
    """Commands of helpers about a visit, whose it is being the caller's to check. Raises `Conflict` and `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], secret: str, clock: Clock | None = None) -> None:
        self._pool = pool
        self._secret = secret
        self._clock = clock or SystemClock()

    async def arrive(self, assignment_id: UUID, evidence: Evidence, actor: Actor) -> None:
        """A helper is at the door; a wrong code or a phone that is elsewhere is refused with the reason."""
        presence = await self._judge(assignment_id, evidence)
        async with self._pool.connection() as connection:
            now = self._clock.now()
            visit = await _visit(connection, assignment_id)
            case = await load_case(connection, visit["incident_id"])
            commands = answers.arrive(case, assignment_id, now, presence.sentence)
            await Saving.of(connection, case, str(actor), now, actor.name).run(commands)
            if commands:
                await run(
                    connection, "add_arrival", id=assignment_id, proof=presence.proof.value, now=now,
                    distance_m=presence.distance_m, accuracy_m=presence.accuracy_m,
                )  # fmt: skip

    async def report(self, assignment_id: UUID, report: Report, actor: Actor) -> None:
        """What they found; a later report of the same visit takes the place of the earlier one."""
        async with self._pool.connection() as connection:
            now = self._clock.now()
            visit = await self._recent(connection, assignment_id, now)
            values = asdict(report) | {"made_at": min(report.made_at, now)}
            written = await fetch(
                connection, "write_report", id=assignment_id, incident_id=visit["incident_id"], now=now, **values
            )
            if written:
                measured = any(v is not None for k, v in values.items() if k.endswith(("_bpm", "_min", "_mmhg", "_c")))
                text = f"现场报告：{_WORDS[report.outcome]}{'，已测体征' if measured else ''}"
                await self._write_down(connection, visit, Record("reported", text), actor, now)

    async def add_photo(self, assignment_id: UUID, photo_id: UUID, jpeg: bytes, actor: Actor) -> None:
        """A picture, kept without what the camera wrote into it; the same one twice is one.

        Without the resident's consent `photos` it is refused (PIPL art. 29): `photos_not_agreed`.
        """
        try:
            bare = without_metadata(jpeg)
        except ValueError as error:
            raise Conflict("照片无法读取，请重新拍摄（只接受 JPEG）") from error
        async with self._pool.connection() as connection:
            now = self._clock.now()
            visit = await self._recent(connection, assignment_id, now)
            # A withdrawal that is being written goes first, and then counts.
            await run(connection, "hold_consents_of_visit", id=assignment_id)
            (consent,) = await fetch(connection, "photos_agreed", id=assignment_id)
            if not consent["agreed"]:
                raise Conflict("老人未同意拍照，照片不会保存；请改用文字说明", code="photos_not_agreed")
            there = {row["id"] for row in await fetch(connection, "photos_of_visit", id=assignment_id)}
            if photo_id in there:
                return
            if len(there) >= MOST_PHOTOS:
                raise Conflict(f"每次上门最多{MOST_PHOTOS}张照片")
            added = await fetch(
                connection, "add_photo", photo_id=photo_id, id=assignment_id, incident_id=visit["incident_id"],
                now=now, jpeg=bare,
            )  # fmt: skip
            if not added:
                raise NotFound("没有这张照片")
            await self._write_down(connection, visit, Record("photo_added", "现场照片"), actor, now)

    async def remove_photo(self, assignment_id: UUID, photo_id: UUID, actor: Actor) -> None:
        """Throw away a picture that should not have been taken; one that is not there is no error."""
        async with self._pool.connection() as connection:
            visit = await _visit(connection, assignment_id)
            if await fetch(connection, "remove_photo", id=assignment_id, photo_id=photo_id):
                now = self._clock.now()
                await self._write_down(connection, visit, Record("photo_removed", "本人删除照片"), actor, now)

    async def code(self, bed_id: str) -> str:
        """The code of a bed's present label."""
        async with self._pool.connection() as connection:
            (row,) = await fetch(connection, "code_generation", bed=bed_id)
        return bed_code(self._secret, bed_id, row["generation"])

    async def renew_code(self, bed_id: str, actor: Actor) -> str:
        """Another code; the label at the bed has to be replaced."""
        async with self._pool.connection() as connection:
            (row,) = await fetch(connection, "renew_code", bed=bed_id, now=self._clock.now(), name=actor.name)
        return bed_code(self._secret, bed_id, row["generation"])

    async def place(self, responder_id: str, place: Place, measured_at: datetime) -> WhyNotKept:
        """Where somebody is who is on duty and has agreed; returns why it was not kept, or nothing."""
        async with self._pool.connection() as connection:
            now = self._clock.now()
            at = min(measured_at, now)
            kept = await fetch(
                connection, "set_own_position", id=responder_id, lat=place.lat, lon=place.lon, at=at, now=now,
                silent_since=now - _SILENT,
            )  # fmt: skip
            if kept:
                if kept[0]["is_elsewhere"]:
                    await wake_around(connection, [responder_id], now)
                return ""
            (state,) = await fetch(connection, "may_send_position", id=responder_id, now=now)
        return "no_consent" if not state["consents"] else "off_duty" if not state["on_duty"] else "older"

    async def let_family_call(self, actor: Actor, *, allowed: bool) -> None:
        """Whether relatives see this helper's number while they are on the way; on record where it changes."""
        async with self._pool.connection() as connection:
            if await fetch(connection, "set_family_may_call", id=actor.id, allowed=allowed):
                change = "family_may_call" if allowed else "family_may_not_call"
                await record(connection, change, By(str(actor), actor.name), self._clock.now(), responder=actor.id)

    async def _judge(self, assignment_id: UUID, evidence: Evidence) -> Presence:
        async with self._pool.connection() as connection:
            visit = await _visit(connection, assignment_id)
            if evidence.code is not None and await self._is_right(connection, visit, evidence.code):
                return Presence(Proof.BED_CODE)
        # The wrong code is on record now, in a transaction of its own.
        if evidence.code is not None:
            raise Conflict("编码不对：请核对床旁标签上的6位数字，或改用定位、直接确认到达")
        if evidence.position is None:
            return Presence(Proof.SAID)
        bed = None if visit["lat"] is None or visit["lon"] is None else Place(visit["lat"], visit["lon"])
        match judge_position(evidence.position, bed, insists=evidence.insists):
            case TooFar(distance_m):
                raise Conflict(f"您的定位距床位{distance_words(distance_m)}。已在门口请输入床旁编码，或确认“确实已到”")
            case presence:
                return presence

    async def _is_right(self, connection: Connection, visit: DictRow, said: str) -> bool:
        now = self._clock.now()
        (lately,) = await fetch(
            connection, "wrong_codes_lately", id=visit["id"], since=now - timedelta(seconds=WITHIN_S)
        )
        if lately["count"] >= MOST_WRONG:
            raise Conflict("编码错误次数过多，请10分钟后再试，或改用定位、直接确认到达")
        if is_bed_code(self._secret, visit["bed_id"], visit["generation"], said):
            return True
        await run(connection, "add_wrong_code", id=visit["id"], now=now)
        return False

    @staticmethod
    async def _recent(connection: Connection, assignment_id: UUID, now: datetime) -> DictRow:
        visit = await _visit(connection, assignment_id)
        if now - (visit["released_at"] or now) > _REPORTED_WITHIN:
            raise Conflict("任务结束已超过48小时，不能再补充报告")
        return visit

    @staticmethod
    async def _write_down(connection: Connection, visit: DictRow, said: Record, actor: Actor, now: datetime) -> None:
        case = await load_case(connection, visit["incident_id"])
        await Saving.of(connection, case, str(actor), now, actor.name).run([said])


async def _visit(connection: Connection, assignment_id: UUID) -> DictRow:
    rows = await fetch(connection, "visit_of", id=assignment_id)
    if not rows:
        raise NotFound("没有这项任务")
    return rows[0]
