"""Consent desk: the ledger of who agreed to what; what follows from it happens in the same transaction (I/O).

Four consents have consequences here: `family_told` decides whether a relative hears of a resident at all,
`dispatch_location` whether a responder is asked and found, and pictures go when `photos` is withdrawn; these and the
others (`family_vitals`) are asked for with `has_consent` by whoever needs them.

Nothing is overwritten: withdrawing is an entry of its own (PIPL art. 15), as easy as agreeing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Invalid, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.people import changes
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.store import Connection, fetch, run

SubjectKind = Literal["resident", "responder", "family_member"]
Purpose = Literal[
    "family_told", "family_vitals", "dispatch_location", "care_service", "health_monitoring", "photos", "messages",
    "relative_contact",
]  # fmt: skip
How = Literal["in_person", "paper", "phone", "own_device", "guardian", "register"]

# Whose consent each purpose is; those of a resident that name a relative need `about`.
SUBJECTS: dict[Purpose, tuple[SubjectKind, ...]] = {
    "family_told": ("resident",),
    "family_vitals": ("resident",),
    "dispatch_location": ("responder",),
    "care_service": ("resident",),
    "health_monitoring": ("resident",),
    "photos": ("resident",),
    "messages": ("resident", "responder", "family_member"),
    "relative_contact": ("family_member",),
}
ABOUT_A_RELATIVE: frozenset[Purpose] = frozenset({"family_told", "family_vitals"})
assert set(SUBJECTS) == set(get_args(Purpose))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose consent it is, to what, and about whom."""

    kind: SubjectKind
    id: str
    purpose: Purpose
    about: str = ""

    def must_make_sense(self) -> None:
        """Raise `Invalid` where this purpose is not this person's to agree to."""
        if self.kind not in SUBJECTS[self.purpose]:
            raise Invalid("purpose", "purpose_of_others", "这项同意不由这类人员作出")
        if (self.purpose in ABOUT_A_RELATIVE) != bool(self.about):
            raise Invalid("about", "relative_needed", "请选择这项同意涉及的家属；其他同意不填家属")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said: whether they agree, since when, how it is known, to which version of the words."""

    given: bool
    how: How
    since: datetime | None = None
    text_version: int | None = None
    note: str = ""


class ConsentDesk:
    """Writes the ledger. Raises `Conflict`, `Invalid`, `NotFound`; who may speak for whom is the caller's to check."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def write(self, subject: Subject, said: Said, area: str | None, actor: Actor) -> None:
        """Somebody agreed or withdrew; saying the same again is no second entry. `area` None: the person themselves."""
        subject.must_make_sense()
        now = self._clock.now()
        since = said.since or now
        if since > now:
            raise Invalid("since", "in_the_future", "同意时间不能晚于现在")
        async with self._pool.connection() as connection:
            if area is not None:
                found = await fetch(connection, "consent_subject_in_area", kind=subject.kind, id=subject.id, area=area)
                if found[0]["area_code"] is None:
                    raise NotFound("没有这位人员，或不在您的可见范围内")
            await run(connection, "lock_consent", kind=subject.kind, id=subject.id)
            if await self._is_said_already(connection, subject, said):
                return
            version = await self._version(connection, subject.purpose, said)
            if subject.purpose == "dispatch_location":
                await self._of_responder(connection, subject, said, since, version, actor)
                return
            if subject.about and not await fetch(
                connection, "hold_kinship", resident=subject.id, relative=subject.about
            ):
                raise NotFound("该家属与老人没有登记亲属关系")
            await write_entry(connection, subject, said, since, version, By(str(actor), actor.name), now)
            if subject.purpose == "photos" and not said.given:
                # Who withdraws wants them gone (PIPL art. 47); there is no undo for that.
                await run(connection, "remove_photos_of", resident=subject.id)
            if subject.purpose == "family_told":
                await run(
                    connection, "set_kinship_consent", resident=subject.id, relative=subject.about,
                    since=since if said.given else None,
                )  # fmt: skip

    async def publish(self, purpose: Purpose, wordings: dict[str, str], actor: Actor) -> int:
        """New words for a purpose, by language; returns their version. Who agreed before agreed to the old ones."""
        if not wordings.get("zh-CN", "").strip():
            raise Invalid("wordings", "chinese_needed", "请填写中文文本")
        async with self._pool.connection() as connection:
            await run(connection, "lock_consent", kind="text", id=purpose)
            rows = await fetch(
                connection, "publish_consent_text", purpose=purpose, now=self._clock.now(), name=actor.name,
                languages=list(wordings), wordings=[text.strip() for text in wordings.values()],
            )  # fmt: skip
        return int(rows[0]["version"])

    async def _is_said_already(self, connection: Connection, subject: Subject, said: Said) -> bool:
        rows = await fetch(
            connection, "newest_consent", kind=subject.kind, id=subject.id, purpose=subject.purpose,
            about=subject.about,
        )  # fmt: skip
        if not said.given and (not rows or not rows[0]["given"]):
            if not rows:
                raise Conflict("没有可撤回的同意")
            return True
        return bool(rows and rows[0]["given"] and said.given and said.text_version is None and said.since is None)

    async def _version(self, connection: Connection, purpose: Purpose, said: Said) -> int | None:
        if not said.given:
            return None
        if said.text_version is None:
            rows = await fetch(connection, "newest_consent_text", purpose=purpose)
            return int(rows[0]["version"])
        if not await fetch(connection, "consent_text_exists", purpose=purpose, version=said.text_version):
            raise Invalid("text_version", "text_unknown", "没有这个版本的同意文本")
        return said.text_version

    async def _of_responder(
        self, connection: Connection, subject: Subject, said: Said, since: datetime, version: int | None, actor: Actor
    ) -> None:
        """As `PeopleDesk` does it: who withdraws is not asked any more, and what they are on goes to the desk."""
        by = By(str(actor), actor.name, said.note or "同意台账")
        if said.given:
            await changes.give_consent(connection, subject.id, since, by, self._clock.now(), version, said.how)
        else:
            await changes.withdraw_consent(connection, subject.id, by, self._clock.now(), said.how)


async def write_entry(
    connection: Connection, subject: Subject, said: Said, since: datetime, version: int | None, by: By, now: datetime
) -> None:
    """One entry of the ledger."""
    await run(
        connection, "add_consent_entry", now=now, kind=subject.kind, id=subject.id, purpose=subject.purpose,
        about=subject.about, given=said.given, since=since, text_version=version, how=said.how, actor=by.actor,
        name=by.name, note=said.note,
    )  # fmt: skip
