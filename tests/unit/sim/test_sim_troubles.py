"""What a scenario may lay upon a home beside everyday life: nights up, wandering, apnoea, broken devices, no tests."""

from carecircle.payloads import Event, Telemetry, parse_payload
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_sim.home.timeline import Arrival, Item
from carecircle_sim.scenario.model import Scenario
from carecircle_sim.scenario.stream import stream
from carecircle_sim.truth import Truth, What

_HOUR_MS = 3_600_000


def _played(life: dict[str, object], faults: dict[str, object] | None = None, *, hours: float = 72) -> list[Item]:
    quiet = {"presses_a_month": 0, "falls_a_year": 0, "false_falls_a_month": 0, **life}
    calm = {"radio_loss": 0, "router_outages_a_week": 0, "clock_jumps_a_month": 0, "ghost_presses_a_month": 0}
    scenario = Scenario.model_validate(
        {
            "title": "t", "start": "2026-01-15T12:00:00+08:00", "hours": hours, "mat_every_s": 300,
            "groups": [{"homes": 4, "circle": "urban"}], "life": quiet, "faults": {**calm, **(faults or {})},
        }
    )  # fmt: skip
    return list(stream(scenario, 3))


def _truths(items: list[Item], what: What) -> list[Truth]:
    return [item for item in items if isinstance(item, Truth) and item.what is what]


def _said(items: list[Item], bed: str, device: str) -> list[tuple[int, Telemetry | Event]]:
    found = []
    for item in items:
        if isinstance(item, Arrival) and item.bed == bed:
            topic = parse_topic(item.topic)
            assert isinstance(topic, Topic)
            payload = parse_payload(topic.kind, item.payload)
            if topic.device == device and topic.kind is not Kind.STATUS:
                assert isinstance(payload, Telemetry | Event)
                found.append((item.at_ms, payload))
    return found


def test_who_is_up_at_night_is_not_in_bed_until_the_truth_says_so() -> None:
    items = _played({"long_exits_a_month": 30})
    exits = _truths(items, What.LONG_EXIT)
    assert exits
    for truth in exits:
        lasts_s = truth.about["lasts_s"]
        assert isinstance(lasts_s, int)
        until = truth.at_ms + lasts_s * 1000
        words = [
            one.readings.in_bed
            for at, one in _said(items, truth.bed, "mat")
            if isinstance(one, Telemetry) and truth.at_ms + 2000 < one.at < until and at < until
        ]
        assert words
        assert not any(words)
        assert (truth.at_ms / _HOUR_MS + 8) % 24 >= 23 or (truth.at_ms / _HOUR_MS + 8) % 24 < 4


def test_who_wanders_uses_the_door_on_the_way_out_and_back() -> None:
    items = _played({"wanders_a_month": 30})
    (truth, *_) = _truths(items, What.WANDER)
    opened = [
        at - truth.at_ms
        for at, one in _said(items, truth.bed, "door")
        if isinstance(one, Telemetry) and one.readings.door_open
    ]
    assert sum(0 < after < 2 * _HOUR_MS for after in opened) >= 2


def test_breath_pauses_many_times_in_a_night_of_those_who_have_it() -> None:
    items = _played({"apnoea": 1.0}, hours=24)
    beds = {truth.bed for truth in _truths(items, What.APNOEA_NIGHT)}
    assert len(beds) == 4
    for bed in beds:
        assert sum(isinstance(one, Event) and one.event == "apnoea" for _, one in _said(items, bed, "mat")) > 60


def test_a_device_that_dies_says_nothing_more() -> None:
    items = _played({}, {"devices_die_a_year": 365})
    died = _truths(items, What.DEVICE_DIES)
    assert died
    for truth in died:
        assert all(at <= truth.at_ms + 60_000 for at, _ in _said(items, truth.bed, str(truth.about["device"])))


def test_the_button_is_tried_every_week_until_it_is_forgotten() -> None:
    kept = _played({"tests_button": True}, hours=15 * 24)
    assert len(_truths(kept, What.PRESS_TEST)) >= 4 * 2
    forgotten = _played({"tests_button": True, "forgets_test": 1.0}, hours=15 * 24)
    assert len(_truths(forgotten, What.PRESS_TEST)) == 4
    assert len(_truths(forgotten, What.FORGOTTEN_TEST)) == 4
