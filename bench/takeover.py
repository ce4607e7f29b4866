"""Takeover: how long calls wait when the leading alert engine is killed or frozen, with real processes.

Of two engines on one broker and one database the leader dies again and again, each time in the moment of a press. The
time is from the press to its committed incident by the standby; a frozen leader is replaced once it has been silent for
as long as `FROZEN_AFTER_S`. `python -m bench.takeover --kills 5 --freezes 2`; the last line is one JSON object.
"""

import argparse
import json
import shutil
import signal
import statistics
import subprocess  # noqa: TC003 - its type is in a signature
import tempfile
import time
from pathlib import Path

from carecircle.runtime.install import ensure_runtime
from tests.engines import Engines, Fleet
from tests.scene import Scene
from tests.servers import KNOWN_BEDS, new_broker, new_own_database


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--freezes", type=int, default=2)
    given = parser.parse_args()
    if given.kills + given.freezes > len(KNOWN_BEDS):
        parser.error(f"at most {len(KNOWN_BEDS)} in all: each press wants a bed of its own")
    folder = Path(tempfile.mkdtemp(prefix="carecircle-takeover-"))
    runtime = ensure_runtime()
    database, broker = new_own_database(runtime, folder), new_broker(runtime, folder)
    scene = Scene(database)
    for bed in KNOWN_BEDS:
        scene.bed(bed)
    engines, fleet = Engines(scene, database, broker, folder), Fleet(broker, KNOWN_BEDS)
    fleet.start()
    try:
        killed, frozen = _rounds(engines, fleet, given.kills, given.freezes)
        presses = len(fleet.pressed)
        signals = int(str(scene.value("select count(*) from signal")))
        incidents = int(str(scene.value("select count(*) from incident where kind = 'sos'")))
    finally:
        fleet.stop()
        engines.stop()
        broker.stop()
        database.stop()
    shutil.rmtree(folder)
    print(
        json.dumps(
            {
                "killed_s": {"p50": _median(killed), "max": max(killed, default=None)},
                "frozen_s": {"p50": _median(frozen), "max": max(frozen, default=None)},
                "presses": presses,
                "lost": presses - signals,
                "doubled": max(0, incidents - presses),
            }
        )
    )


def _rounds(engines: Engines, fleet: Fleet, kills: int, freezes: int) -> tuple[list[float], list[float]]:
    leader, standby = engines.lead_and_stand_by()
    killed: list[float] = []
    frozen: list[float] = []
    for number, bed in enumerate(KNOWN_BEDS[: kills + freezes]):
        is_kill = number < kills
        leader.send_signal(signal.SIGKILL if is_kill else signal.SIGSTOP)
        pressed_at = time.monotonic()
        fleet.press(bed)
        engines.until(lambda bed=bed: _has_incident(engines, bed))  # type: ignore[misc]
        waited_s = round(time.monotonic() - pressed_at, 2)
        (killed if is_kill else frozen).append(waited_s)
        print(f"{'killed' if is_kill else 'frozen'}: {waited_s} s")
        _end(leader)
        leader, standby = standby, engines.start()
        engines.until(lambda standby=standby: "standing_by" in engines.log(standby))  # type: ignore[misc]
    return killed, frozen


def _has_incident(engines: Engines, bed: str) -> bool:
    return bool(engines.scene.rows("select id from incident where kind = 'sos' and bed_id = %s", bed))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Whoever was frozen wakes, finds its place taken, and ends by itself."""
    process.send_signal(signal.SIGCONT)
    process.wait(60)


def _median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None


if __name__ == "__main__":
    main()
