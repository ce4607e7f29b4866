import json
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import ManualClock
from carecircle.mqtt import Delivery
from carecircle_alerts.calls import Receipt
from carecircle_alerts.desk import Actor, Desk
from carecircle_alerts.detect import Detector
from carecircle_alerts.engine import run_due
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.notify.states import STEPS, MessageState
from carecircle_alerts.store import Connection
from carecircle_alerts.travel.straight_line import StraightLine
from tests.scene import COUNTY, Scene
from tests.servers import Database

if TYPE_CHECKING:
    from tests.acceptance.telling import Telling

# A timer, a message to be sent or sent again, or one that has been silent for too long.
_NEXT = """
select min(at) from (
    select due_at as at from due
    union all select due_at from message where state in ('PENDING', 'LEASED', 'FAILED_TEMP')
    union all select escalate_at from message
) as waiting
"""
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass
class FakePhone:
    """Somebody else's message service: takes, refuses or delays what it is told to, and remembers everything."""

    taken: list[Outgoing] = field(default_factory=list)
    refuse: dict[str, Failed] = field(default_factory=dict)

    async def send(self, message: Outgoing) -> Result:
        if message.recipient_id in self.refuse:
            return self.refuse[message.recipient_id]
        self.taken.append(message)
        return Sent()

    def told(self, audience: str, recipient: str | None = None) -> list[Outgoing]:
        return [one for one in self.taken if one.audience == audience and recipient in {None, one.recipient_id}]


class Story:
    """Tells what happens at a care centre: presses, time passing, answers; the database is real, the clock is moved."""

    def __init__(
        self, scene: Scene, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]
    ) -> None:
        self.scene = scene
        self.clock = ManualClock(START)
        self.phone = FakePhone()
        self.desk = Desk(desk, self.clock)
        self._engine = engine
        self.detector = Detector(engine, self.clock)
        self._outbox = Outbox(engine, {"webhook": self.phone, "email": self.phone, "device": self.phone}, self.clock)
        self._seq = 0

    def event(self, event: str = "sos", *, seq: int | None = None, at: datetime | None = None) -> bytes:
        self._seq = self._seq + 1 if seq is None else seq
        at_ms = int((at or self.clock.now()).timestamp() * 1000)
        return json.dumps({"boot": 1, "seq": self._seq, "at": at_ms, "event": event}).encode()

    def delivery(self, bed: str, event: str = "sos") -> Delivery:
        """An event of a bed as the broker would deliver it now."""
        return self._delivery(bed, self.event(event), "button", "event")

    def _delivery(self, bed: str, payload: bytes, device: str, kind: str) -> Delivery:
        topic = f"care/v1/{COUNTY}/{bed}/{device}/{kind}"
        return Delivery(topic, payload, retained=False, received_at=self.clock.now(), generation=1, mid=1)

    async def decide(self) -> None:
        """Do what is due now, and send nothing."""
        while await run_due(self._engine, StraightLine(), self.clock.now()):
            pass

    async def deliver(self, bed: str, payload: bytes, *, device: str = "button", kind: str = "event") -> list[Receipt]:
        receipts = await self.detector.handle([self._delivery(bed, payload, device, kind)])
        await self.settle()
        return receipts

    async def press(self, bed: str, event: str = "sos") -> UUID:
        """Press, let everything happen that is due at once, and return its incident."""
        await self.deliver(bed, self.event(event))
        found = self.scene.value("select incident_id from signal where bed_id = %s and seq = %s", bed, self._seq)
        assert isinstance(found, UUID)
        return found

    def open_incident(self, bed: str, kind: str = "sos") -> UUID:
        found = self.scene.value(
            "select id from incident where bed_id = %s and kind = %s "
            "and state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')",
            bed,
            kind,
        )
        assert isinstance(found, UUID)
        return found

    async def settle(self) -> None:
        """Do what is due now, and hand over what waits, until nothing is left; then check the promises."""
        while await run_due(self._engine, StraightLine(), self.clock.now()) or await self._outbox.send_waiting():
            await self._outbox.finish()
        await self._outbox.finish()
        self.check_promises()

    async def forward(self, **amount: float) -> None:
        """Let time pass, stopping at every timer on the way as the engine would."""
        until = self.clock.now() + timedelta(**amount)
        while (due := self.scene.value(_NEXT)) is not None:
            assert isinstance(due, datetime)
            if due > until:
                break
            self.clock.forward(seconds=max(0.0, (due - self.clock.now()).total_seconds()))
            await self.settle()
        self.clock.forward(seconds=(until - self.clock.now()).total_seconds())
        await self.settle()

    def offers(self, incident: UUID) -> list[tuple[UUID, str, str]]:
        """Id, responder and state of every offer, in the order in which they were made."""
        rows = self.scene.rows(
            "select id, responder_id, state from offer where incident_id = %s order by wave, rank, id", incident
        )
        return [(UUID(str(offer)), str(who), str(state)) for offer, who, state in rows]

    def asked(self, incident: UUID) -> list[str]:
        return [who for _offer, who, _state in self.offers(incident)]

    def state(self, incident: UUID) -> str:
        return str(self.scene.value("select state from incident where id = %s", incident))

    def level(self, incident: UUID) -> int:
        return int(str(self.scene.value("select level from incident where id = %s", incident)))

    def steps(self, incident: UUID) -> list[str]:
        rows = self.scene.rows("select step from incident_event where incident_id = %s order by id", incident)
        return [str(step) for (step,) in rows]

    async def accept(self, incident: UUID, responder: str) -> UUID:
        offer = next(offer for offer, who, _state in reversed(self.offers(incident)) if who == responder)
        await self.desk.accept_offer(offer, Actor("responder", responder, responder))
        await self.settle()
        return UUID(
            str(
                self.scene.value(
                    "select id from assignment where incident_id = %s and responder_id = %s and state <> 'STALLED'",
                    incident,
                    responder,
                )
            )
        )

    def check_promises(self) -> None:
        """Promise 4: every open incident has a timer in the future. Promise 5: only a named human closes."""
        unattended = self.scene.rows(
            "select id, state from incident i where state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED') "
            "and not exists (select from due d where d.incident_id = i.id and d.epoch = i.epoch and d.due_at > %s)",
            self.clock.now(),
        )
        assert unattended == [], "an open incident that nothing and nobody would come back to"
        ended = "state in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')"
        assert self.scene.rows(f"select id from incident where {ended} and closed_by is null") == []
        crowded = self.scene.rows(
            "select i.id from incident i join assignment a on a.incident_id = i.id "
            "and a.state in ('ACCEPTED', 'MOVING', 'ARRIVED') group by i.id having count(*) > max(i.helpers_wanted)"
        )
        assert crowded == [], "more helpers than wanted"


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    """Connections as the engine has them."""
    async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=1, max_size=8) as pool:
        yield pool


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    """Connections as those have them who write for people."""
    async with AsyncConnectionPool[Connection](database.url("carecircle_desk"), min_size=1, max_size=8) as pool:
        yield pool


@pytest.fixture
def story(scene: Scene, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]) -> Story:
    return Story(scene, engine, desk)


@pytest.fixture
def telling(story: Story, engine: AsyncConnectionPool[Connection]) -> Iterator["Telling"]:
    from tests.acceptance.telling import RECORDER, Telling

    story.scene.run(RECORDER)
    yield Telling(story, engine)
    steps = story.scene.rows("select distinct was, now from step where was <> now or now = 'LEASED'")
    forbidden = [(was, now) for was, now in steps if MessageState(str(now)) not in STEPS[MessageState(str(was))]]
    assert forbidden == [], "the database has taken a step that the table does not know"


@pytest.fixture
def dispatcher(scene: Scene) -> Actor:
    return Actor("account", str(scene.account("wang")), "王调度")


def unread() -> bytes:
    return secrets.token_bytes(32)
