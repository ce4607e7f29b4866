"""One chaos run: the platform's parts die in the order of the seed while homes send, then all is counted (I/O)."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from carecircle.mqtt import Broker, Session
from carecircle.runtime.install import Runtime
from tests.chaos.faults import KILLS, Fault, Planned, plan_faults
from tests.chaos.flow import Sender, senders_of, shares
from tests.chaos.homes import Homes
from tests.chaos.stage import Stage
from tests.chaos.verdict import Missing, Verdict, judge, missing_below
from tests.scene import COUNTY, Scene

_TURN_S = 0.02
_PROGRESS_S = 5.0
_BEGINS_BEFORE_MS = 30 * 60 * 1000  # so that no message claims to come from the future
_PROBE_BED = "bed-20"
_PATIENCE_S = 120.0
_STILL_S = 6.0
_SHORTLY_S = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does; `keeps` says whether the homes keep and repeat what no mark covers.

    Without that, only a broker that is spared loses nothing: `spares_broker`.
    """

    messages: int
    kills: int
    seed: int
    rate_s: float = 400.0
    homes: int = 8
    longest_stop_s: float = 6.0
    keeps: bool = True
    spares_broker: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found. `marks_checked` counts marks that were compared with the database after a fault of it."""

    verdict: Verdict
    kills: int
    stops: int
    marks_checked: int
    repeated: int
    messages_sent: int
    seconds: float


class Chaos:
    """One run in one folder."""

    def __init__(self, plan: Plan, runtime: Runtime, folder: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._say = say
        self._began = time.monotonic()
        self._began_ms = int(time.time() * 1000) - _BEGINS_BEFORE_MS
        self._senders = senders_of(plan.homes)
        self._stage = Stage(runtime, folder)
        victims = [fault for fault in KILLS if not (plan.spares_broker and fault is Fault.KILL_BROKER)]
        self._faults = deque(plan_faults(plan.seed, plan.kills, plan.messages, plan.longest_stop_s, victims))
        self._homes = Homes(
            self._stage.broker.port,
            self._senders,
            plan.messages,
            plan.rate_s,
            plan.seed,
            self._began_ms,
            keeps=plan.keeps,
        )
        self._done: list[Planned] = []
        self._marks_unchecked = False
        self._marks_checked = 0
        self._broken_marks: set[tuple[str, str, int]] = set()
        self._said_at = self._began

    def run(self) -> Outcome:
        """Run it to the end; the stage is struck whatever happens."""
        try:
            self._prepare()
            self._homes.start()
            self._let_flow()
            self._settle()
            return self._outcome()
        finally:
            self._homes.stop()
            self._stage.stop()

    def _prepare(self) -> None:
        scene = Scene(self._stage.database)
        for bed in sorted({sender.bed for sender in self._senders} | {_PROBE_BED}):
            scene.bed(bed)
        self._stage.start_ingest()
        self._wait_for_reader(scene)

    def _wait_for_reader(self, scene: Scene) -> None:
        """What is published before the reader's first session goes to nobody, so a probe has to arrive first."""
        probe = Session(Broker.parse(self._stage.broker.url_home(_PROBE_BED)), client_id="probe", window=0)
        probe.start()
        try:
            assert probe.wait_connected(10)
            deadline = time.monotonic() + _PATIENCE_S
            while scene.value("select count(*) from device_status") == 0:
                assert time.monotonic() < deadline, "ingest does not store"
                body = f'{{"boot":1,"seq":1,"at":{self._began_ms},"online":true}}'
                probe.publish(f"care/v1/{COUNTY}/{_PROBE_BED}/box/status", body.encode())
                time.sleep(0.1)
        finally:
            probe.stop()

    def _let_flow(self) -> None:
        while self._faults:
            self._turn()
            if self._homes.made >= self._faults[0].after_messages and self._stage.does(self._faults[0]):
                planned = self._faults.popleft()
                self._done.append(planned)
                self._marks_unchecked |= planned.fault in {Fault.KILL_DATABASE, Fault.KILL_BACKEND, Fault.KILL_INGEST}

    def _settle(self) -> None:
        """Wait until nothing is under way any more, or nothing moves although everything runs."""
        moved_at, last = time.monotonic(), (-1, -1)
        while not self._homes.is_done:
            self._turn()
            state = (self._homes.made, self._homes.backlog)
            if state != last:
                moved_at, last = time.monotonic(), state
            if time.monotonic() - moved_at > _PATIENCE_S:
                break
        self._stage.wait_whole()
        self._wait_still()

    def _wait_still(self) -> None:
        """Wait until the database grows no more: without marks nobody knows what the broker still holds."""
        stored, since = -1, time.monotonic()
        while time.monotonic() - since < (_SHORTLY_S if stored == self._plan.messages else _STILL_S):
            self._turn()
            found = self._stored()
            if found != stored:
                stored, since = found, time.monotonic()

    def _stored(self) -> int:
        with psycopg.connect(self._stage.database.admin_url) as connection:
            query = b"select (select count(*) from vitals) + (select count(*) from device_event)"
            ((count,),) = connection.execute(query).fetchall()
        return int(count)

    def _turn(self) -> None:
        self._stage.tick()
        if self._homes.error is not None:
            raise self._homes.error
        if self._marks_unchecked and self._stage.is_database_ready():
            self._check_marks()
        if time.monotonic() - self._said_at >= _PROGRESS_S:
            self._said_at = time.monotonic()
            self._say(self._progress())
        time.sleep(_TURN_S)

    def _check_marks(self) -> None:
        """After the death of the database: what a mark covered before is there."""
        marks = self._homes.marks()
        try:
            missing = missing_below(self._stage.database.admin_url, marks)
        except psycopg.OperationalError:
            return  # it recovers; asked again in the next turn
        self._broken_marks |= set(missing)
        self._marks_checked += sum(mark > 0 for mark in marks.values())
        self._marks_unchecked = False

    def _progress(self) -> str:
        stops = sum(not one.fault.is_kill for one in self._done)
        return (
            f"{self._homes.made}/{self._plan.messages} messages  {len(self._done) - stops} kills  {stops} stops  "
            f"backlog {self._homes.backlog}  {time.monotonic() - self._began:.0f} s"
        )

    def _outcome(self) -> Outcome:
        sent: dict[Sender, int] = dict(zip(self._senders, shares(self._plan.messages, len(self._senders)), strict=True))
        verdict = judge(self._stage.database.admin_url, sent, self._began_ms)
        verdict.others.extend(self._faults_of_marks(sorted(self._broken_marks)))
        verdict.others.extend(self._stage.deaths())
        kills = sum(one.fault.is_kill for one in self._done)
        return Outcome(
            verdict,
            kills,
            len(self._done) - kills,
            self._marks_checked,
            self._homes.repeated,
            self._homes.messages_sent,
            time.monotonic() - self._began,
        )

    def _faults_of_marks(self, broken: Missing) -> list[str]:
        wrong = [f"a mark beyond what was sent: {one}" for one in self._homes.wrong_marks]
        return wrong + [f"{bed}/{device} {seq} was marked and is missing" for bed, device, seq in broken]
