import time
from collections.abc import Iterator

import pytest

from carecircle.mqtt import Broker, Session
from carecircle.payloads import Command, Event, Received, Status, Telemetry, encode_payload, parse_payload
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
        self.seen: list[tuple[Topic, object]] = []
        self.session.start()
        assert self.session.wait_connected(10)

    def look(self) -> None:
        for delivery in self.session.take(1000, 0):
            topic = parse_topic(delivery.topic)
            self.seen.append((topic, parse_payload(topic.kind, delivery.payload)))

    def events(self) -> list[tuple[str, int, int]]:
        self.look()
        return [(topic.bed, p.boot, p.seq) for topic, p in self.seen if isinstance(p, Event)]

    def of_kind(self, bed: str, kind: type) -> list[object]:
        self.look()
        return [payload for topic, payload in self.seen if topic.bed == bed and isinstance(payload, kind)]

    def confirm(self, boot: int, seq: int) -> None:
        command = Command(id="c1", received=Received(event=(boot, seq)))
        self.session.publish(str(Topic(COUNTY, BED, "button", Kind.COMMAND)), encode_payload(command))


@pytest.fixture
def platform(broker: TestBroker) -> Iterator[Platform]:
    platform = Platform(broker)
    yield platform
    platform.session.stop()


def test_a_home_repeats_a_press_until_it_is_received(fleet: FleetProcess, platform: Platform):
    boot, seq = fleet.press(BED)
    wait_for(lambda: len(platform.events()) >= 3)
    assert set(platform.events()) == {(BED, boot, seq)}

    platform.confirm(boot, seq)
    wait_for(lambda: fleet.tally()["received"] == 1)
    platform.events()
    before = len(platform.events())
    time.sleep(1.5)
    assert len(platform.events()) == before


def test_a_killed_fleet_sends_the_same_press_again(fleet: FleetProcess, platform: Platform):
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


def test_a_press_while_the_broker_is_down_arrives_when_it_is_back(fleet: FleetProcess, broker: TestBroker):
    broker.kill()
    wait_for(lambda: fleet.tally()["connected"] == 0)
    boot, seq = fleet.press(BED)
    broker.start()
    platform = Platform(broker)
    wait_for(platform.events)
    assert set(platform.events()) == {(BED, boot, seq)}
    wait_for(lambda: fleet.tally()["connected"] == len(HOMES), 30)
    platform.session.stop()


def test_a_home_that_is_cut_off_is_reported_by_its_last_will_and_comes_back(fleet: FleetProcess, platform: Platform):
    wait_for(lambda: platform.of_kind(BED, Status))
    platform.seen.clear()
    for _ in range(2):  # the second will has a number of its own, or history would take it for a repeat
        fleet.cut(BED)
        wait_for(lambda: any(not status.online for status in platform.of_kind(BED, Status)))
        wait_for(lambda: platform.of_kind(BED, Status)[-1].online)
    wills = [status.seq for status in platform.of_kind(BED, Status) if not status.online]
    assert len(set(wills)) == 2


def test_readings_come_from_every_home_at_the_rate_asked_for(fleet: FleetProcess, platform: Platform):
    platform.look()
    platform.seen.clear()
    time.sleep(3)
    readings = {home.bed_id: len(platform.of_kind(home.bed_id, Telemetry)) for home in HOMES}
    assert min(readings.values()) > 0
    assert 40 <= sum(readings.values()) <= 80  # 60 in 3 s


def test_a_stopped_fleet_leaves_its_homes_offline_and_ends_well(fleet: FleetProcess, platform: Platform):
    wait_for(lambda: platform.of_kind(BED, Status))
    platform.seen.clear()
    assert fleet.stop() == 0
    wait_for(lambda: any(not status.online for status in platform.of_kind(BED, Status)))
    assert not fleet.control.exists()
