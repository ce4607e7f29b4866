"""How much life the simulator makes in a second of processor time, and whether the same seed gives the same bytes."""

import hashlib
import statistics
import time

from carecircle_sim.home.timeline import Arrival
from carecircle_sim.scenario.model import load_scenario
from carecircle_sim.scenario.stream import stream

_SCENARIO, _HOMES, _ROUNDS, _SEED = "slow_pneumonia", 6, 3, 1


def measure_simulator() -> dict[str, object]:
    """A week of six homes that report every minute, three times."""
    scenario = load_scenario(_SCENARIO)
    speeds, digests, messages = [], set(), 0
    for _ in range(_ROUNDS):
        digest, messages, began = hashlib.sha256(), 0, time.process_time()
        for item in stream(scenario, _SEED, _HOMES):
            if isinstance(item, Arrival):
                messages += 1
                digest.update(item.payload)
        cpu_s = time.process_time() - began
        speeds.append(_HOMES * scenario.hours / 24 / cpu_s)
        digests.add(digest.hexdigest())
    return {
        "bed_days_per_cpu_s": round(statistics.median(speeds), 1),
        "sim_messages_per_bed_day": round(messages / (_HOMES * scenario.hours / 24)),
        "sim_same_bytes": len(digests) == 1,
    }
