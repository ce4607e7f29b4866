"""Further rounds: kept on the disk before anybody is told, and also of what an earlier life of the process began."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from carecircle.metrics import new_registry
from carecircle.mqtt import Broker, Session
from carecircle_alerts.lifeline.further import QUESTION, needs_more, spared
from carecircle_alerts.lifeline.journal import Journal
from carecircle_alerts.lifeline.ledger import HEARD_FOR, Ledger, Open
from carecircle_alerts.lifeline.metrics import LifelineMetrics
from carecircle_alerts.lifeline.records import Asking, Further, Reconciled, Settled, Telling
from carecircle_alerts.lifeline.snapshot import VERSION, Contact, Desk, Snapshot
from carecircle_alerts.lifeline.waiting_room import WaitingRoom
from carecircle_alerts.lifeline.watcher import Parts, Watcher
from carecircle_alerts.lifeline.writer import Writer
from carecircle_alerts.travel.straight_line import StraightLine
from tests.unit.alerts.test_lifeline_journal import START, begun

DESK = Desk("7", "6301", [Contact("webhook", "http://127.0.0.1:9/none")])
SNAPSHOT = Snapshot(VERSION, START, {}, {}, [], [DESK])


class SetClock:
    """The moment that a test wants."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def round_of(folder: Path, at: datetime) -> list[Open]:
    """One life of the process: it reads its journal, looks once, and ends; returns whom it began to tell."""
    journal, told = Journal(folder), list[Open]()
    writer = Writer(journal)
    session = Session(Broker("127.0.0.1", 1), client_id="test", topics=(), window=10)
    parts = Parts(
        session, WaitingRoom(3.0, 10), Ledger.of(journal.entries), writer, StraightLine(), SetClock(at),
        LifelineMetrics(new_registry()), snapshot=lambda: SNAPSHOT, tell=told.append,
    )  # fmt: skip
    await Watcher(parts, asyncio.Event(), timedelta(minutes=2)).tell_further()
    await writer.close()
    journal.close()
    return told


async def test_each_life_goes_on_where_the_last_one_ended_until_three_rounds_are_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([begun(1)])
    journal.close()
    steps = [
        (minute, call.tellings()[-1].step)
        for minute in (1, 3, 4, 6, 9, 12)
        for call in await round_of(tmp_path, START + timedelta(minutes=minute))
    ]
    # The journal's first round has two tellings of one step; a question is good for two minutes.
    assert steps == [(3, "lifeline_2"), (6, "lifeline_3")]
    kept = Journal(tmp_path)
    assert [entry.at for entry in kept.entries if isinstance(entry, Further)] == [
        START + timedelta(minutes=3),
        START + timedelta(minutes=6),
    ]
    kept.close()


def test_who_presses_again_and_again_while_the_platform_is_slow_rings_the_centre_once_a_question() -> None:
    first = begun(1)
    ledger = Ledger.of([first, Settled(first.tellings[0].key, START, first.tellings[0].ways[0].id)])
    centre = first.tellings[0]
    helper = Telling(UUID(int=5), "offer", "r1", "offer", {}, centre.ways, Asking(UUID(int=6), 1, 1, "", "甲", START))
    other = Telling(UUID(int=7), "dispatcher", "8", "lifeline_1", {}, centre.ways)
    assert ledger.heard("bed-1", "sos", START) == set(), "while it is open later presses join it"
    ledger.write(Reconciled(first.incident_id, START))
    assert ledger.heard(first.bed, first.kind, START) == {"7"}
    assert ledger.heard(first.bed, first.kind, START + QUESTION) == set(), "after that it is news again"
    assert ledger.heard(first.bed, "fall", START) == ledger.heard("bed-9", first.kind, START) == set()
    assert spared([helper, centre, other], {"7"}) == [helper, other]
    call = Open(replace(first, tellings=spared([centre, other], {"7", "8"}), spares_centre=True))
    assert not needs_more([call], START + timedelta(minutes=1))
    assert needs_more([call], START + timedelta(minutes=3)), "who was spared is told once the question is over"


def test_nothing_more_is_told_of_what_is_committed_known_over_or_old() -> None:
    call, later = Open(begun(1)), START + timedelta(minutes=3)
    assert needs_more([call], later)
    assert not needs_more([call], START + timedelta(minutes=16)), "after a quarter of an hour the centre knows"
    assert not needs_more([], later)
    call.is_committed = True
    assert not needs_more([call], later)
    known = Open(begun(1), known_settled=0)
    assert not needs_more([known], later)
    ledger = Ledger.of([begun(1), Reconciled(begun(1).incident_id, START)])
    assert ledger.dangers() == []


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 600)), max_size=40))
def test_who_was_told_of_closed_calls_is_forgotten_within_the_hour(presses: list[tuple[int, int]]) -> None:
    ledger, now, closed = Ledger(), START, dict[str, datetime]()
    for number, (pause_s, tried_s) in enumerate(presses):
        now += timedelta(seconds=pause_s)
        first = replace(begun(1), incident_id=UUID(int=number), bed=f"bed-{number}", begun_at=now)
        told = now
        ledger.write(first)
        ledger.write(Settled(first.tellings[0].key, told, first.tellings[0].ways[0].id))
        now += timedelta(seconds=tried_s)
        ledger.write(Reconciled(first.incident_id, now))
        closed[first.bed] = told
        recent = {bed for bed, at in closed.items() if now - at < QUESTION}
        assert {bed for bed in closed if ledger.heard(bed, first.kind, now - QUESTION)} >= recent
        assert ledger.remembered <= sum(now - at <= timedelta(hours=1) for at in closed.values())


def test_what_is_remembered_of_closed_calls_does_not_grow_with_beds() -> None:
    ledger = Ledger()
    for number in range(2_000):
        at = START + timedelta(minutes=number)
        first = replace(begun(1), incident_id=UUID(int=number), bed=f"bed-{number}", begun_at=at)
        ledger.write(first)
        ledger.write(Settled(first.tellings[0].key, at, first.tellings[0].ways[0].id))
        ledger.write(Reconciled(first.incident_id, at))
        assert ledger.remembered <= HEARD_FOR / timedelta(minutes=1) + 1
    assert ledger.heard("bed-1999", first.kind, at) == {"7"}
