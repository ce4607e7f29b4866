"""Watching: one simulated home, message by message, through the same code as the live path."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from carecircle.payloads import Event, Telemetry, parse_payload
from carecircle.payloads import Status as StatusPayload
from carecircle.rejected import Rejected
from carecircle.topics import Topic, parse_topic
from carecircle_alerts.rules.help_call import read_event
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.settings import RuleSet
from carecircle_alerts.watch.clocks import believe
from carecircle_alerts.watch.mind import LATENESS_S, Mind, know, new_mind, settle, take
from carecircle_alerts.watch.seen import Seen, seen_of
from carecircle_sim.home.plan import HomePlan
from carecircle_sim.home.simulated import SimulatedHome
from carecircle_sim.home.timeline import Arrival
from carecircle_sim.scenario.model import Scenario
from carecircle_sim.truth import Truth


@dataclass(slots=True)
class Record:
    """What happened in a home, what was said about it, and which calls for help came when."""

    bed: str
    altitude_m: int
    truths: list[Truth] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    calls: dict[tuple[str, int, int], float] = field(default_factory=dict)
    messages: int = 0


def watch(plan: HomePlan, scenario: Scenario, seed: int, rules: RuleSet) -> Record:
    """Live through one home."""
    record = Record(plan.bed, plan.altitude_m)
    mind = new_mind(scenario.start_ms / 1000, plan.altitude_m)
    for item in SimulatedHome(plan, scenario, seed).run():
        if isinstance(item, Truth):
            record.truths.append(item)
            continue
        record.messages += 1
        received = item.at_ms / 1000
        # Time passes before a message comes: silence that it ends has been.
        record.signals += settle(mind, received - LATENESS_S, rules)
        for seen, faults in _read(item, mind, received, record):
            take(mind, seen, faults)
    record.signals += settle(mind, scenario.end_ms / 1000, rules)
    return record


def _read(item: Arrival, mind: Mind, received: float, record: Record) -> Iterator[tuple[Seen, dict[str, str] | None]]:
    topic = parse_topic(item.topic)
    assert isinstance(topic, Topic)
    payload = parse_payload(topic.kind, item.payload)
    if isinstance(payload, Rejected):
        yield Seen(received, received, topic.device, (0, item.at_ms), readings={}), {"payload": payload.reason.value}
        return
    assert isinstance(payload, (Telemetry, Event, StatusPayload))
    device = know(mind, topic.device, received)
    at, fault = believe(device, payload.at, received)
    if isinstance(payload, Event) and read_event(payload, _when(received)) is not None:
        record.calls.setdefault((topic.device, payload.boot, payload.seq), received)
    yield seen_of(payload, topic.device, at, received), {"clock": fault} if fault else None


def _when(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
