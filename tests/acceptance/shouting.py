"""The lifeline of a story: what it does when it hears a press that nobody commits, on the story's database (I/O)."""

from dataclasses import dataclass, field
from uuid import UUID

from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Kind, Topic
from carecircle_alerts.called import call_of
from carecircle_alerts.lifeline.further import QUESTION, joins, needs_more, spared
from carecircle_alerts.lifeline.ledger import Ledger, Open
from carecircle_alerts.lifeline.reconcile import reconcile
from carecircle_alerts.lifeline.records import Begun, Further, Settled, Telling
from carecircle_alerts.lifeline.snapshot import Snapshot, decode_snapshot, encode_snapshot
from carecircle_alerts.lifeline.snapshot_file import take_snapshot
from carecircle_alerts.lifeline.who_is_told import who_is_told
from carecircle_alerts.store import Connection
from carecircle_alerts.travel.straight_line import StraightLine
from tests.acceptance.conftest import Story
from tests.scene import COUNTY


@dataclass
class Lifeline:
    """The lifeline of a story: what it does when it hears a press that nobody commits."""

    story: Story
    connection: Connection
    ledger: Ledger = field(default_factory=Ledger)

    async def snapshot(self) -> Snapshot:
        taken = await take_snapshot(self.connection, self.story.clock.now())
        kept = decode_snapshot(encode_snapshot(taken))
        assert kept == taken, "the file says what was taken"
        return kept

    async def tells(self, payload: bytes, *, bed: str = "bed-1", fails: tuple[str, ...] = ()) -> Open:
        """Tell of a press; the channel takes everything but what goes to `fails`."""
        now = self.story.clock.now()
        topic = Topic(COUNTY, bed, "button", Kind.EVENT)
        delivery = Delivery(str(topic), payload, retained=False, received_at=now, generation=1, mid=1)
        called = call_of(topic, parse_payload(Kind.EVENT, payload), delivery)
        assert called is not None
        snapshot = await self.snapshot()
        earlier = self.ledger.of_danger(bed, called.call.kind)
        told_as = earlier[0].begun.told_as if earlier else called.incident_id
        tellings = (
            []
            if joins(earlier, now)
            else await who_is_told(snapshot, called, earlier, self.ledger.asked(now), StraightLine(), now)
        )
        everybody = tellings
        if not earlier:
            tellings = spared(tellings, self.ledger.heard(bed, called.call.kind, now - QUESTION))
        spares = len(tellings) < len(everybody)
        begun = Begun.of(called, payload, told_as, now, snapshot.taken_at, tellings, spares_centre=spares)
        self.ledger.write(begun)
        self._hand_over(tellings, fails)
        call = self.ledger.get(begun.incident_id)
        assert call is not None
        return call

    async def goes_on(self, call: Open) -> list[str] | None:
        """Whom it asks next, where the time of the question before is over; None where it is not."""
        now, earlier = self.story.clock.now(), self.ledger.of_danger(call.begun.bed, call.begun.kind)
        if not needs_more(earlier, now):
            return None
        tellings = await who_is_told(
            await self.snapshot(), call.begun.called(), earlier, self.ledger.asked(now), StraightLine(), now
        )
        self.ledger.write(Further(call.begun.incident_id, now, tellings))
        self._hand_over(tellings)
        return [one.recipient_id for one in tellings if one.asking]

    def _hand_over(self, tellings: list[Telling], fails: tuple[str, ...] = ()) -> None:
        for telling in tellings:
            way = None if telling.recipient_id in fails else telling.ways[0].id
            self.ledger.write(Settled(telling.key, self.story.clock.now(), way))

    async def reconciles(self, call: Open) -> UUID | None:
        async with self.connection.transaction():
            found = await reconcile(self.connection, call, StraightLine(), self.story.clock.now())
        self.story.check_promises()
        return found
