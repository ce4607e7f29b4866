import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from carecircle.errors import Unavailable
from carecircle_sim.control import ask
from carecircle_sim.town import build_town
from tests.servers import INSTALLATION_SECRET, TestBroker

HOMES = build_town().homes[:4]


def wait_for(condition: Callable[[], object], timeout_s: float = 15.0) -> object:
    deadline = time.monotonic() + timeout_s
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return result


@dataclass(slots=True)
class FleetProcess:
    """`carecircle sim homes` with four homes as a process; `kill()` is kill -9, `start()` goes on after it."""

    broker: TestBroker
    folder: Path
    options: tuple[str, ...] = ("--rate", "20", "--presses-per-hour", "0", "--repeat-after", "0.5")
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def control(self) -> Path:
        return self.folder / "control"

    def start(self) -> None:
        command = [sys.executable, "-c", "from carecircle.cli import main; main()", "sim", "homes", "--count", "4"]
        files = ["--journal", str(self.folder / "journal"), "--control", str(self.control)]
        environment = {
            "CARECIRCLE_MQTT_URL": f"mqtt://127.0.0.1:{self.broker.port}",
            "CARECIRCLE_HOME_SECRET": INSTALLATION_SECRET,
        }
        with (self.folder / "homes.log").open("ab") as log:
            self.process = subprocess.Popen([*command, *files, *self.options], env=environment, stderr=log)
        wait_for(lambda: self.tally().get("connected") == len(HOMES))

    def tally(self) -> dict[str, object]:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "homes.log").read_text()
        try:
            return ask(self.control, "tally")
        except Unavailable:
            return {}

    def press(self, bed: str) -> tuple[int, int]:
        answer = ask(self.control, f"press {bed}")
        return int(str(answer["boot"])), int(str(answer["seq"]))

    def cut(self, bed: str) -> None:
        ask(self.control, f"cut {bed}")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(10)


@pytest.fixture
def fleet(broker: TestBroker, tmp_path: Path) -> Iterator[FleetProcess]:
    for home in HOMES:
        broker.add_home(home.bed_id, home.county)
    fleet = FleetProcess(broker, tmp_path)
    fleet.start()
    yield fleet
    fleet.stop()
