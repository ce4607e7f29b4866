"""Score: a simulated fortnight of 200 residents through all rules, held against what the simulator knows happened.

The events are far more frequent than in life, so that each rule meets enough of them: precision and recall speak of the
rules and of this simulator, not of people. `python -m bench.score --homes 20 --examples` shows single cases.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from os import cpu_count
from pathlib import Path

from bench.score_parts.judging import CLINICAL, Tally, is_healthy, judge, judge_calls
from bench.score_parts.watching import Record, watch
from carecircle_alerts.rules.rule import Settings
from carecircle_alerts.rules.settings import DEFAULTS, STANDARD, RuleSet
from carecircle_alerts.watch.hold import Change
from carecircle_sim.home.plan import HomePlan, plan_homes
from carecircle_sim.scenario.model import Scenario, load_scenario

_CLINICAL_KINDS = {*CLINICAL, "apnoea", "news2"}
_FIXED_LIMIT = 90.0
_FORTNIGHT = Path(__file__).parent / "score_parts" / "fortnight.toml"
_HIGHLAND_M = 4000
_LOW, _HIGH = "2260m", "4200m"


def main() -> None:
    """Run and print; the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=cpu_count() or 1)
    parser.add_argument("--examples", type=int, default=0, help="print so many wrong and missed cases of each rule")
    given = parser.parse_args()
    scenario = load_scenario(str(_FORTNIGHT))
    plans = _evenly(plan_homes(scenario, given.seed), given.homes)
    records = _live_through(plans, scenario, given.seed, STANDARD, given.workers)
    fixed = _live_through(plans, scenario, given.seed, _fixed(), given.workers)
    end, days = scenario.end_ms / 1000, scenario.hours / 24
    tallies = {"help_call": judge_calls(records), **judge(records, end)}
    _show(tallies, len(records) * days, given.examples)
    _show_load(records, days)
    print(
        json.dumps(
            {
                "rules": {name: tally.line(len(records) * days) for name, tally in tallies.items()},
                "clinical_alarms_per_healthy_bed_day": _burden(records, days, _CLINICAL_KINDS),
                "fixed_limit_alarms_per_healthy_bed_day": _burden(fixed, days, {"spo2"}),
                "beds": len(records),
                "days": days,
                "messages": sum(one.messages for one in records),
            }
        )
    )


def _evenly(plans: list[HomePlan], homes: int) -> list[HomePlan]:
    step = max(1, len(plans) // homes)
    return plans[::step][:homes]


def _fixed() -> RuleSet:
    """What most products do: any reading below 90 %, wherever the bed stands."""
    settings = dict(DEFAULTS)
    spo2 = settings["spo2"].model_copy(update={"fixed": _FIXED_LIMIT, "held_s": 0.0})
    only = {name: one.model_copy(update={"enabled": name == "spo2"}) for name, one in settings.items()}
    return RuleSet.of({**only, "spo2": spo2})


def _live_through(plans: list[HomePlan], scenario: Scenario, seed: int, rules: RuleSet, workers: int) -> list[Record]:
    records = []
    with ProcessPoolExecutor(workers) as pool:
        for record in pool.map(partial(_watch, scenario, seed, rules.settings), plans, chunksize=2):
            records.append(record)
            if sys.stderr.isatty():
                print(f"\r{len(records)}/{len(plans)} homes", end="", file=sys.stderr)
    return records


def _watch(scenario: Scenario, seed: int, settings: Mapping[str, Settings], plan: HomePlan) -> Record:
    return watch(plan, scenario, seed, RuleSet.of(settings))


def _burden(records: list[Record], days: float, kinds: set[str]) -> dict[str, float | None]:
    healthy = [one for one in records if is_healthy(one)]
    groups = {
        _LOW: [one for one in healthy if one.altitude_m < _HIGHLAND_M],
        _HIGH: [one for one in healthy if one.altitude_m >= _HIGHLAND_M],
    }
    return {
        name: round(sum(_raised(one, kinds) for one in group) / (len(group) * days), 4) if group else None
        for name, group in groups.items()
    }


def _raised(record: Record, kinds: set[str]) -> int:
    return sum(one.change is Change.RAISED and one.kind.value in kinds for one in record.signals)


def _show(tallies: dict[str, Tally], bed_days: float, examples: int) -> None:
    print(f"{'rule':20} {'alarms':>6} {'events':>6} {'precision':>9} {'recall':>6} {'p50 s':>9} {'p95 s':>9}")
    for name, tally in tallies.items():
        line = tally.line(bed_days)
        print(
            f"{name:20} {line['alarms']:>6} {line['events']:>6} {line['precision']!s:>9} {line['recall']!s:>6} "
            f"{line['delay_s_p50']!s:>9} {line['delay_s_p95']!s:>9}"
        )
        for example in tally.examples[:examples]:
            print("    ", example)


def _show_load(records: list[Record], days: float) -> None:
    counts = Counter(
        (one.kind.value, one.priority) for record in records for one in record.signals if one.change is Change.RAISED
    )
    print("raised, per bed and day:")
    for (kind, priority), count in sorted(counts.items()):
        print(f"  {kind:20} P{priority} {count:>6} {count / len(records) / days:.4f}")


if __name__ == "__main__":
    main()
