"""Promise 1, with two whole engines: the leader is killed or frozen while messages flow, and the standby goes on."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecircle_alerts.watch.mind import Mind, thaw
from tests.engines import Engines, Fleet
from tests.scene import Scene
from tests.servers import KNOWN_BEDS, Database, TestBroker

BEDS = KNOWN_BEDS[:10]
_BEFORE, _BETWEEN, _AFTER = 30, 40, 30


@pytest.fixture
def engines(database: Database, broker: TestBroker, tmp_path: Path) -> Iterator[Engines]:
    scene = Scene(database)
    for bed in BEDS:
        scene.bed(bed)
    found = Engines(scene, database, broker, tmp_path)
    yield found
    found.stop()


@pytest.fixture
def fleet(broker: TestBroker) -> Iterator[Fleet]:
    fleet = Fleet(broker, BEDS)
    fleet.start()
    yield fleet
    fleet.stop()


def _speak(fleet: Fleet, turns: int, presses: range) -> None:
    """Every bed reads each turn, and some press."""
    pressing = iter(presses)
    for turn in range(turns):
        for bed in BEDS:
            fleet.read(bed)
        if turn % 10 == 5 and (number := next(pressing, None)) is not None:
            fleet.press(BEDS[number])
        time.sleep(0.01)


def _minds(engines: Engines) -> dict[str, Mind]:
    rows = engines.scene.rows("select bed_id, mind from bed_state where mind is not null")
    return {str(bed): thaw(mind) for bed, mind in rows if isinstance(mind, bytes)}


def _presses(engines: Engines) -> int:
    return int(str(engines.scene.value("select count(*) from signal")))


def _is_told(engines: Engines, fleet: Fleet) -> bool:
    minds = _minds(engines)
    return _presses(engines) >= len(fleet.pressed) and all(
        bed in minds and minds[bed].around.devices["mat"].key == (1, len(said)) for bed, said in fleet.said.items()
    )


def _holds_every_reading_once(engines: Engines, fleet: Fleet) -> None:
    """By the memories of the beds, in which readings wait until they are judged."""
    waiting = 0
    for bed, mind in _minds(engines).items():
        held = Counter(seen.key[1] for seen in mind.waiting if seen.readings)
        said = {number for number, at in enumerate(fleet.said[bed], 1) if at > mind.settled}
        assert held == Counter(dict.fromkeys(said, 1)), bed
        waiting += len(said)
    assert waiting >= _AFTER * len(BEDS), "a machine that takes minutes for this has judged them already"


def _check(engines: Engines, fleet: Fleet) -> None:
    engines.until(fleet.is_taken)
    engines.until(lambda: _is_told(engines, fleet))
    _holds_every_reading_once(engines, fleet)
    assert _presses(engines) == len(fleet.pressed)
    assert engines.scene.rows("select bed_id from incident where kind = 'sos' order by opened_at, bed_id") == [
        (bed,) for bed in fleet.pressed
    ], "one incident a press, in their order"


def test_the_standby_goes_on_where_a_killed_leader_stopped(engines: Engines, fleet: Fleet) -> None:
    leader, standby = engines.lead_and_stand_by()
    _speak(fleet, _BEFORE, range(3))
    leader.kill()
    _speak(fleet, _BETWEEN, range(3, 7))
    engines.until(lambda: "leading" in engines.log(standby))
    _speak(fleet, _AFTER, range(7, 10))
    _check(engines, fleet)
    assert engines.epoch() == 2
    assert "session_present=True" in engines.log(standby), "it is the dead leader's session"
    assert standby.poll() is None


def test_a_frozen_leader_is_replaced_and_can_commit_no_more_when_it_wakes(engines: Engines, fleet: Fleet) -> None:
    leader, standby = engines.lead_and_stand_by()
    _speak(fleet, _BEFORE, range(3))
    leader.send_signal(signal.SIGSTOP)
    _speak(fleet, _BETWEEN, range(3, 7))
    engines.until(lambda: "leading" in engines.log(standby))
    engines.until(lambda: _is_told(engines, fleet))
    leader.send_signal(signal.SIGCONT)
    _speak(fleet, _AFTER, range(7, 10))
    engines.until(lambda: leader.poll() is not None)
    assert "leadership_lost" in engines.log(leader), "it ends, for its supervisor to start it as a standby"
    _check(engines, fleet)
    assert engines.epoch() == 2, "its waking has cost nobody their place"
    assert standby.poll() is None


def test_an_engine_that_has_nothing_to_do_rests(engines: Engines) -> None:
    """What it does on its own is done by the minute; going round without a pause takes the disk from calls for help."""
    engines.lead_and_stand_by()
    engines.until(lambda: engines.scene.value("select folded_to > '2001-01-01' from standing_mark") is True)
    moved_to = set()
    for _look in range(20):
        time.sleep(0.1)
        moved_to.add(engines.scene.value("select folded_to from standing_mark"))
    assert len(moved_to) <= 1 + len(engines.running), (
        "how people answer is folded once by each engine, and not for ever"
    )
