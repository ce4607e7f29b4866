"""One week: devices speak, troubles come and go as planned, then everything said is looked for (I/O)."""

import heapq
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg

from carecircle.runtime.install import Runtime
from tests.chaos.faults import Fault, Planned
from tests.chaos.stage import Stage
from tests.chaos.week.house import House
from tests.chaos.week.plan import HOURS_A_DAY, Happening, Trouble, Week, plan_week
from tests.chaos.week.verdict import Verdict, judge
from tests.scene import Scene

_TURN_S = 0.01
_PATIENCE_S = 120.0
_LOOK_S = 1.0
_FAULTS = {
    Trouble.INGEST_DIES: Fault.KILL_INGEST,
    Trouble.ALERTS_DIE: Fault.KILL_ALERTS,
    Trouble.BROKER_DIES: Fault.KILL_BROKER,
    Trouble.DATABASE_DIES: Fault.KILL_DATABASE,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a week found; `troubles` counts what happened by its name."""

    verdict: Verdict
    troubles: dict[str, int]
    seconds: float
    catch_up_s: float


def run_week(week: Week, runtime: Runtime, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Run it; whatever happens, everything that was started ends."""
    with ExitStack() as ending:
        return _Run(week, runtime, folder, say, ending).run()


class _Run:
    def __init__(
        self, week: Week, runtime: Runtime, folder: Path, say: Callable[[str], None], ending: ExitStack
    ) -> None:
        self._week = week
        self._say = say
        self._rng = Random(f"{week.seed} said")
        self._stage = Stage(runtime, folder)
        ending.callback(self._stage.stop)
        beds = [f"bed-{number + 1}" for number in range(week.homes)]
        scene = Scene(self._stage.database)
        for bed in beds:
            scene.bed(bed)
        self._stage.start_ingest()
        self._stage.start_alerts()
        self._houses: list[House] = []
        for bed in beds:
            house = House(runtime, self._stage.broker, bed, folder / bed, has_disk=week.fills_disk)
            ending.callback(house.close)
            self._houses.append(house)
        self._begins = plan_week(week)
        self._ends: list[tuple[float, int, Happening]] = []
        self._counts: dict[str, int] = {}

    def run(self) -> Outcome:
        self._wait_for_the_way()
        began = time.monotonic()
        self._let_flow(began)
        flowed = time.monotonic()
        verdict = self._catch_up()
        return Outcome(verdict, self._counts, flowed - began, time.monotonic() - flowed)

    def _wait_for_the_way(self) -> None:
        """A session that never was gets nothing kept for it: everything has to be heard once before troubles begin."""
        deadline = time.monotonic() + _PATIENCE_S
        waiting = list(self._houses)
        while waiting:
            assert time.monotonic() < deadline, [house.home.log()[-2000:] for house in waiting]
            for house in waiting:
                house.home.publish("probe", '{"temperature":20}')
            self._turn(0.5)
            with psycopg.connect(self._stage.database.admin_url) as connection:
                heard = {bed for (bed,) in connection.execute("select distinct bed from environment")}
            waiting = [house for house in waiting if house.bed not in heard]

    def _let_flow(self, began: float) -> None:
        week, said_at, told_h = self._week, 0.0, 0.0
        while (hour := (time.monotonic() - began) / week.hour_s) < week.hours:
            self._trouble(hour)
            passed_h, said_at = hour - said_at, hour
            for house in self._houses:
                self._speak(house, passed_h)
            if hour - told_h >= HOURS_A_DAY:
                told_h = hour
                self._say(f"  day {hour / HOURS_A_DAY:.0f}: {self._said()} said, {self._counts}")
            self._turn(_TURN_S)
        self._trouble(float("inf"))

    def _speak(self, house: House, passed_h: float) -> None:
        """As a Poisson process of the two kinds, each turn being short against the pauses between presses."""
        due = self._week.readings_per_h * passed_h
        for _ in range(int(due) + (self._rng.random() < due % 1)):
            house.measure(self._rng)
        if self._rng.random() < self._week.presses_per_day / HOURS_A_DAY * passed_h:
            house.press(self._rng)

    def _said(self) -> int:
        return sum(sum(house.said.readings.values()) + len(house.said.presses) for house in self._houses)

    def _trouble(self, hour: float) -> None:
        while self._ends and self._ends[0][0] <= hour:
            happening = heapq.heappop(self._ends)[2]
            assert happening.home is not None
            self._houses[happening.home].end(happening.trouble)
        while self._begins and self._begins[0].at_h <= hour:
            happening = self._begins[0]
            if happening.home is None and not self._stage.does(self._planned(happening)):
                return  # its victim is down already: a moment later
            self._begins.pop(0)
            self._counts[happening.trouble.value] = self._counts.get(happening.trouble.value, 0) + 1
            if happening.home is not None:
                self._houses[happening.home].begin(happening.trouble)
                heapq.heappush(self._ends, (happening.until_h, id(happening), happening))

    def _planned(self, happening: Happening) -> Planned:
        return Planned(0, _FAULTS[happening.trouble], (happening.until_h - happening.at_h) * self._week.hour_s)

    def _catch_up(self) -> Verdict:
        """Wait until nothing is missing, or nothing more comes; then once more, for what comes twice."""
        deadline = time.monotonic() + _PATIENCE_S
        missing, moved_at = -1, time.monotonic()
        while time.monotonic() < deadline:
            self._turn(_LOOK_S)
            if not self._stage.is_whole():
                continue
            verdict = self._judge()
            if not verdict.lost and all(house.is_silent for house in self._houses):
                break
            if len(verdict.lost) != missing:
                missing, moved_at = len(verdict.lost), time.monotonic()
            if time.monotonic() - moved_at > _PATIENCE_S / 2:
                break
        self._turn(2 * _LOOK_S)
        verdict = self._judge()
        verdict.others.extend(self._stage.deaths())
        return verdict

    def _judge(self) -> Verdict:
        said = {house.bed: house.said for house in self._houses}
        return judge(self._stage.database.admin_url, said, self._week.hour_s)

    def _turn(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            self._stage.tick()
            if time.monotonic() >= until:
                return
            time.sleep(min(_TURN_S, seconds))
