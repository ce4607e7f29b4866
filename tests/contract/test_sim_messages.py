from datetime import UTC, datetime, timedelta

from carecircle.payloads import Event, Stamped, Status, Telemetry, parse_payload
from carecircle.topics import Topic, parse_topic
from carecircle_sim.devices import Household, Outgoing
from carecircle_sim.town import build_town

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


def read(outgoing: Outgoing) -> tuple[Topic, Stamped]:
    topic = parse_topic(outgoing.topic)
    assert isinstance(topic, Topic)
    payload = parse_payload(topic.kind, outgoing.payload)
    assert isinstance(payload, Stamped), payload
    return topic, payload


def test_what_a_home_says_is_understood_and_nothing_of_it_is_ignored() -> None:
    for home in build_town().homes:
        household = Household(home, boot=3, seed=1)
        messages = [*household.statuses(NOW), household.telemetry(NOW), household.last_will(NOW)]
        kinds = []
        for outgoing in messages:
            topic, payload = read(outgoing)
            assert (topic.county, topic.bed) == (home.county, home.bed_id)
            assert payload.boot == 3
            kinds.append(type(payload))
        assert kinds == [Status, Status, Status, Telemetry, Status]


def test_a_press_reads_the_same_however_often_it_is_sent() -> None:
    household = Household(build_town().homes[0], boot=3, seed=1)
    press = household.press(NOW)
    topic, event = read(household.event(press))
    assert household.event(press) == household.event(press)
    assert isinstance(event, Event)
    assert (topic.device, event.event, event.code) == ("button", "sos", 101)
    assert (event.boot, event.seq) == (press.boot, press.seq)


def test_numbers_count_up_for_each_device() -> None:
    household = Household(build_town().homes[0], boot=3, seed=1)
    seqs = [read(household.telemetry(NOW + timedelta(seconds=n)))[1].seq for n in range(5)]
    assert seqs == [1, 2, 3, 4, 5]


def test_the_same_seed_sends_the_same_bytes() -> None:
    home = build_town().homes[0]
    first, second = (Household(home, boot=1, seed=9) for _ in range(2))
    assert [first.telemetry(NOW).payload for _ in range(3)] == [second.telemetry(NOW).payload for _ in range(3)]
