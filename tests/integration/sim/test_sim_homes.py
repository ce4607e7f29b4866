import time
from collections.abc import Iterator

import pytest

from carecircle.mqtt import Broker, Session
from carecircle.payloads import Command, Event, Payload, Received, Status, Telemetry, encode_payload, parse_payload
from carecircle.rejected import Rejected
from carecircle.topics import Kind, Topic, parse_topic
from tests.integration.sim.conftest import HOMES, FleetProcess, wait_for
from tests.servers import TestBroker

BED, COUNTY = HOMES[0].bed_id, HOMES[0].county


class Platform:
    """What the platform would see and say, over its own account."""

    def __init__(self, broker: TestBroker) -> None:
        self.session = Session(
            Broker.parse(broker.url("alerts")), client_id="test-platform", topics=["care/v1/#"], window=0
        )
        self.seen: list[tuple[Topic, Payload]] = []
        self.session.start()
        assert self.session.wait_connected(10)

    def look(self) -> None:
        for delivery in self.session.take(1000, 0):
            topic = parse_topic(delivery.topic)
            assert isinstance(topic, Topic)
            payload = parse_payload(topic.kind, delivery.payload)
            assert not isinstance(payload, Rejected), payload
            self.seen.append((topic, payload))

    def events(self) -> list[tuple[str, int, int]]:
        self.look()
        return [(topic.bed, p.boot, p.seq) for topic, p in self.seen if isinstance(p, Event)]

    def statuses(self, bed: str) -> list[Status]:
        self.look()
        return [payload for topic, payload in self.seen if topic.bed == bed and isinstance(payload, Status)]

    def wills(self, bed: str) -> list[Status]:
        return [status for status in self.statuses(bed) if not status.online]

    def count_readings(self, bed: str) -> int:
        self.look()
        return sum(topic.bed == bed and isinstance(payload, Telemetry) for topic, payload in self.seen)

    def confirm(self, boot: int, seq: int) -> None:
        command = Command(id="c1", received=Received(event=(boot, seq)))
        self.session.publish(str(Topic(COUNTY, BED, "button", Kind.COMMAND)), encode_payload(command))


@pytest.fixture
def platform(broker: TestBroker) -> Iterator[Platform]:
    platform = Platform(broker)
    yield platform
    platform.session.stop()


def test_a_home_repeats_a_press_until_it_is_received(fleet: FleetProcess, platform: Platform) -> None:
    boot, seq = fleet.press(BED)
    wait_for(lambda: len(platform.events()) >= 3)
    assert set(platform.events()) == {(BED, boot, seq)}

    platform.confirm(boot, seq)
    wait_for(lambda: fleet.tally()["received"] == 1)
    platform.events()
    before = len(platform.events())
    time.sleep(1.5)
    assert len(platform.events()) == before


def test_a_killed_fleet_sends_the_same_press_again(fleet: FleetProcess, platform: Platform) -> None:
    boot, seq = fleet.press(BED)
    fleet.kill()
    wait_for(lambda: platform.events() or True)
    platform.seen.clear()

    fleet.start()
    wait_for(platform.events)
    assert set(platform.events()) == {(BED, boot, seq)}
    platform.confirm(boot, seq)
    wait_for(lambda: fleet.tally()["received"] == 1)
    assert fleet.press(BED) > (boot, seq)


def test_a_press_while_the_broker_is_down_arrives_when_it_is_back(fleet: FleetProcess, broker: TestBroker) -> None:
    broker.kill()
    wait_for(lambda: fleet.tally()["connected"] == 0)
    boot, seq = fleet.press(BED)
    broker.start()
    platform = Platform(broker)
    wait_for(platform.events)
    assert set(platform.events()) == {(BED, boot, seq)}
    wait_for(lambda: fleet.tally()["connected"] == len(HOMES), 30)
    platform.session.stop()


def test_a_home_that_is_cut_off_sends_its_last_will_and_comes_back(fleet: FleetProcess, platform: Platform) -> None:
    wait_for(lambda: platform.statuses(BED))
    platform.seen.clear()
    for cuts in (1, 2):
        fleet.cut(BED)
        wait_for(lambda: len(platform.wills(BED)) == cuts)  # noqa: B023 - waited for within the same turn
        wait_for(lambda: platform.statuses(BED)[-1].online)
    first, second = platform.wills(BED)
    assert first.seq != second.seq, "history would take the second for a repeat of the first"


def test_readings_come_from_every_home_at_the_rate_asked_for(fleet: FleetProcess, platform: Platform) -> None:
    platform.look()
    platform.seen.clear()
    time.sleep(3)
    readings = {home.bed_id: platform.count_readings(home.bed_id) for home in HOMES}
    assert min(readings.values()) > 0
    assert 40 <= sum(readings.values()) <= 80  # 60 in 3 s


def test_a_stopped_fleet_leaves_its_homes_offline_and_ends_well(fleet: FleetProcess, platform: Platform) -> None:
    wait_for(lambda: platform.statuses(BED))
    platform.seen.clear()
    assert fleet.stop() == 0
    wait_for(lambda: platform.wills(BED))
    assert not fleet.control.exists()
