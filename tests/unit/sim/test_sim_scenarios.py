"""Scenarios: every one that comes along keeps to the contract, to its seed and to its truth."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from carecircle.errors import Misconfigured
from carecircle.payloads import Event, Status, Telemetry, parse_payload
from carecircle.rejected import Rejected
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_sim.device.firmware import Defect
from carecircle_sim.device.sensors import CoAlarm
from carecircle_sim.home.timeline import Arrival, Item
from carecircle_sim.scenario.model import Scenario, known_scenarios, load_scenario, parse_scenario
from carecircle_sim.scenario.stream import stream
from carecircle_sim.truth import Truth, What

_HOMES = 12
_SHORTEST = "earthquake_minute"


def _played(scenario: Scenario, seed: int = 1, homes: int | None = _HOMES) -> list[Item]:
    return list(stream(scenario, seed, homes))


def _short(**changes: object) -> Scenario:
    """One day of a few homes, with what a test wants of it."""
    text = {"title": "t", "start": "2026-01-15T12:00:00+08:00", "hours": 24, "mat_every_s": 300}
    return Scenario.model_validate({**text, "groups": [{"homes": 6, "circle": "urban"}], **changes})


def _messages(items: list[Item]) -> list[tuple[Arrival, Topic]]:
    found = []
    for item in items:
        if isinstance(item, Arrival):
            topic = parse_topic(item.topic)
            assert isinstance(topic, Topic)
            found.append((item, topic))
    return found


def _truths(items: list[Item], what: What) -> list[Truth]:
    return [item for item in items if isinstance(item, Truth) and item.what is what]


@pytest.mark.parametrize("name", sorted(known_scenarios()))
def test_what_homes_say_keeps_to_the_contract_unless_the_firmware_is_broken(name: str) -> None:
    items = _played(known_scenarios()[name])
    broken = {
        (truth.bed, *truth.about["message"])  # type: ignore[misc]
        for truth in _truths(items, What.DEVICE_LIES)
        if Defect(str(truth.about["defect"])).is_against_the_contract
    }
    refused = 0
    for arrival, topic in _messages(items):
        payload = parse_payload(topic.kind, arrival.payload)
        if isinstance(payload, Rejected):
            refused += 1
            continue
        assert isinstance(payload, (Telemetry, Event, Status))
        assert (topic.bed, topic.device, payload.boot, payload.seq) not in broken
    assert (refused > 0) == bool(broken)


@pytest.mark.parametrize("name", sorted(known_scenarios()))
def test_time_never_runs_backwards_and_every_happening_happens(name: str) -> None:
    scenario = known_scenarios()[name]
    items = _played(scenario, homes=None if name == _SHORTEST else 40)
    assert all(one.at_ms <= other.at_ms for one, other in pairwise(items))
    shown = {truth.what for truth in items if isinstance(truth, Truth)}
    expected = {
        "power_cut": What.POWER_CUT,
        "earthquake": What.PRESS,
        "carbon_monoxide": What.CARBON_MONOXIDE,
        "pneumonia": What.ILLNESS,
        "firmware": What.UPDATE,
    }
    assert {expected[happening.kind] for happening in scenario.happenings} <= shown


def test_an_earthquake_brings_two_hundred_presses_within_a_minute() -> None:
    items = _played(known_scenarios()[_SHORTEST], homes=None)
    presses = [truth for truth in _truths(items, What.PRESS) if truth.about.get("because") == What.EARTHQUAKE]
    assert len(presses) == 200
    assert len({truth.bed for truth in presses}) == 200
    assert presses[-1].at_ms - presses[0].at_ms < 60_000


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys, hashlib; from carecircle_sim.scenario.model import load_scenario\n"
        "from carecircle_sim.scenario.stream import stream\n"
        "digest = hashlib.sha256()\n"
        "for item in stream(load_scenario('power_cut'), int(sys.argv[1]), 8): digest.update(repr(item).encode())\n"
        "print(digest.hexdigest())"
    )

    def digest(seed: str, hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", program, seed]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert digest("1", "1") == digest("1", "2") != digest("2", "1")


def test_a_home_is_the_same_whoever_else_is_simulated() -> None:
    scenario = known_scenarios()["herding_village"]

    def one(homes: int) -> str:
        items = _played(scenario, homes=homes)
        first = min(item.bed for item in stream(scenario, 1, 3))
        return hashlib.sha256("".join(repr(item) for item in items if item.bed == first).encode()).hexdigest()

    assert one(3) == one(6)


def test_in_a_power_cut_mats_are_silent_and_buttons_are_heard_afterwards() -> None:
    scenario = _short(
        hours=6,
        life={"presses_a_month": 600},
        faults={"radio_loss": 0, "duplicates": 0, "reordered": 0, "router_outages_a_week": 0, "restarts_a_month": 0},
        happenings=[{"kind": "power_cut", "after_h": 2, "lasts_min": 90}],
    )
    items = _played(scenario)
    begin_ms, end_ms = scenario.start_ms + 2 * 3_600_000 + 21_000, scenario.start_ms + 3 * 3_600_000 + 1_800_000
    for arrival, topic in _messages(items):
        payload = parse_payload(topic.kind, arrival.payload)
        if begin_ms < arrival.at_ms < end_ms:
            assert isinstance(payload, Status), arrival
            assert not payload.online
    held = [truth for truth in _truths(items, What.DELAYED) if truth.about["kind"] == Kind.EVENT]
    assert held
    keys = {(truth.bed, *truth.about["message"]) for truth in held}  # type: ignore[misc]
    arrived = {
        (topic.bed, topic.device, payload.boot, payload.seq)
        for arrival, topic in _messages(items)
        if arrival.at_ms >= end_ms and isinstance(payload := parse_payload(topic.kind, arrival.payload), Event)
    }
    assert keys <= arrived


def test_without_faults_every_message_arrives_once_and_in_order() -> None:
    scenario = _short(
        faults={
            **dict.fromkeys(("radio_loss", "duplicates", "reordered", "router_outages_a_week", "restarts_a_month"), 0),
            **dict.fromkeys(("clock_jumps_a_month", "ghost_presses_a_month", "stuck_buttons_a_year"), 0),
        }
    )
    counts: Counter[tuple[str, str]] = Counter()
    for arrival, topic in _messages(_played(scenario)):
        payload = parse_payload(topic.kind, arrival.payload)
        assert isinstance(payload, (Telemetry, Event, Status))
        counts[topic.bed, topic.device] += 1
        assert payload.seq <= counts[topic.bed, topic.device] + 1


def test_with_faults_truth_accounts_for_every_number() -> None:
    """Each number of a boot arrived, or the truth says that the radio or the buffer lost it."""
    scenario = _short(faults={"radio_loss": 0.1, "duplicates": 0.1, "reordered": 0.1, "router_outages_a_week": 14})
    items = _played(scenario)
    copies: Counter[tuple[object, ...]] = Counter()
    highest: dict[tuple[str, str, int], int] = {}
    for arrival, topic in _messages(items):
        payload = parse_payload(topic.kind, arrival.payload)
        assert isinstance(payload, (Telemetry, Event, Status))
        if payload.seq:
            copies[topic.bed, topic.device, payload.boot, payload.seq] += 1
            run = (topic.bed, topic.device, payload.boot)
            highest[run] = max(highest.get(run, 0), payload.seq)
    lost = {
        (truth.bed, *truth.about["message"])  # type: ignore[misc]
        for what in (What.LOST_BY_RADIO, What.GIVEN_UP)
        for truth in _truths(items, what)
    }
    doubled = {(truth.bed, *truth.about["message"]) for truth in _truths(items, What.DUPLICATED)}  # type: ignore[misc]
    assert lost
    assert doubled
    for run, last in highest.items():
        for seq in range(1, last + 1):
            assert ((*run, seq) in lost) == (copies[(*run, seq)] == 0)
    assert {key for key, count in copies.items() if count > 1} == doubled


def test_falls_are_told_with_what_the_radar_made_of_them() -> None:
    items = _played(_short(life={"falls_a_year": 600}))
    falls, seen, missed = (len(_truths(items, what)) for what in (What.FALL, What.SEEN_FALL, What.MISSED_FALL))
    assert falls > 3
    assert seen + missed == falls


@pytest.mark.parametrize(("ppm", "least_min", "most_min"), [(30, None, None), (60, 60, 90), (120, 10, 40), (350, 0, 3)])
def test_the_co_alarm_sounds_within_the_times_of_the_standard(
    ppm: float, least_min: float | None, most_min: float | None
) -> None:
    """EN 50291-1: 50 ppm 60 to 90 min, 100 ppm 10 to 40 min, 300 ppm within 3 min, never at 30 ppm within 2 h."""
    alarm = CoAlarm()
    sounded = next((minute for minute in range(1, 121) if alarm.feel(ppm, 1)), None)
    if least_min is None or most_min is None:
        assert sounded is None
    else:
        assert sounded is not None
        assert least_min <= sounded <= most_min


def test_mistakes_in_a_file_are_named_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"(?s)groups\.0\.homes: .*hapenings: "):
        parse_scenario(
            'title="x"\nstart=2026-01-01T00:00:00Z\nhours=1\nhapenings=1\n[[groups]]\nhomes=0\ncircle="urban"', "mine"
        )
    with pytest.raises(Misconfigured, match=r"mine: .*line 1"):
        parse_scenario("title=\nhours=1", "mine")
    with pytest.raises(Misconfigured, match="known are broken_firmware"):
        load_scenario("quake")
    with pytest.raises(Misconfigured, match="No such file"):
        load_scenario(str(tmp_path / "none.toml"))


def test_a_truth_is_one_line_of_json() -> None:
    line = Truth(1_768_276_800_123, "bed", What.FALL, {"place": "浴室"}).line()
    assert json.loads(line) == {"at": "2026-01-13T04:00:00.123Z", "bed": "bed", "what": "fall", "place": "浴室"}
