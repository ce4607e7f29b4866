"""A platform with its lifeline: database, broker, alert engine and lifeline, to be killed and started."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from carecircle.errors import Unavailable
from carecircle.mqtt import Broker, Session
from carecircle.runtime.install import Runtime
from carecircle.up.supervise import Service
from tests.chaos.lifeline.receiver import Receiver
from tests.scene import COUNTY, Scene
from tests.servers import new_broker, new_own_database

_PROGRAM = "from carecircle.cli import main; main()"
_POLL_S = 0.02
_PATIENCE_S = 60.0


class Platform:
    """Everything that a press passes, in one folder."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.folder = folder
        self.receiver = Receiver()
        self.database = new_own_database(runtime, folder)
        self.broker = new_broker(runtime, folder)
        self.scene = Scene(self.database)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._seq = 0
        self._people()
        self.receiver.open()

    def _people(self) -> None:
        for number, north_m in enumerate((300, 600, 900, 1200), start=1):
            self.scene.responder(f"r{number}", north_m=north_m, webhook=self.receiver.url)
        self.scene.responder("off", north_m=50, on_duty=False, webhook=self.receiver.url)
        self.scene.account("centre", "supervisor", webhook=self.receiver.url)

    def bed(self, bed: str) -> None:
        """One more bed with a relative."""
        self.scene.bed(bed)
        self.scene.relative(f"family-{bed}", bed, webhook=self.receiver.url)

    def wait_until_known(self, beds: list[str]) -> None:
        """Until the running lifeline knows these beds."""
        snapshot = self.lifeline_folder / "snapshot.json"
        self.until(lambda: all(f'"{bed}":' in snapshot.read_text() for bed in beds), "the lifeline knows the beds")

    @property
    def lifeline_folder(self) -> Path:
        return self.folder / "lifeline"

    @property
    def journal(self) -> str:
        path = self.lifeline_folder / "journal"
        return path.read_text() if path.exists() else ""

    def start(self, name: str) -> None:
        """Start `alerts` or `lifeline`; for a kill -9 take `kill`."""
        environment = {
            "CARECIRCLE_DATABASE_URL": self.database.url(f"carecircle_{name}"),
            "CARECIRCLE_MQTT_URL": self.broker.url(name),
            "CARECIRCLE_PUBLIC_URL": "http://127.0.0.1:9",
            "CARECIRCLE_LINK_SECRET": "a secret of the tests for links",
            "CARECIRCLE_WEBHOOK_SECRET": "a secret of the tests for webhooks",
            "CARECIRCLE_WEBHOOK_PRIVATE_NETWORKS": "true",
        }
        if name == "lifeline":
            environment["CARECIRCLE_LIFELINE_FOLDER"] = str(self.lifeline_folder)
            environment["CARECIRCLE_LIFELINE_SNAPSHOT_S"] = "1"
        log = self.folder / f"{name}.log"
        already = log.read_text().count("broker_connected") if log.exists() else 0
        self._running[name] = Service([sys.executable, "-c", _PROGRAM, name], environment).start(log)
        if self.broker.process is not None and (name == "lifeline" or self._has_database()):
            self.until(lambda: log.read_text().count("broker_connected") > already, f"{name} has the broker")

    def kill(self, name: str) -> None:
        self._running[name].kill()
        self._running.pop(name).wait()

    def press(self, bed: str, payload: bytes | None = None) -> float:
        """Press as a home does, at QoS 1; returns when the broker had taken it, by the monotonic clock."""
        self._seq += 1
        at_ms = int(time.time() * 1000)
        body = payload or json.dumps({"boot": 1, "seq": self._seq, "at": at_ms, "event": "sos", "code": 101}).encode()
        session = Session(Broker.parse(self.broker.url_home(bed)), client_id=f"home-{bed}", window=0)
        session.start()
        try:
            assert session.wait_connected(10)
            taken = Event()
            session.publish(f"care/v1/{COUNTY}/{bed}/button/event", body, on_sent=taken.set)
            assert taken.wait(10)
            return time.monotonic()
        finally:
            session.stop()

    def incidents(self, bed: str) -> list[tuple[object, ...]]:
        return self.scene.rows("select id, state from incident where bed_id = %s", bed)

    def is_reconciled(self, bed: str, tellings: int) -> bool:
        """The database knows what the lifeline told, and the lifeline has put it away."""
        found = self.scene.value("select count(*) from lifeline_telling where bed_id = %s", bed)
        return found == tellings and self.journal.count('"reconciled"') >= self.journal.count('"begun"')

    def close_all(self) -> None:
        """As a dispatcher at the end of a case, so that the same people are free for the next."""
        self.scene.run("delete from due")
        self.scene.run("update offer set state = 'WITHDRAWN' where state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')")
        self.scene.run(
            "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'centre', "
            "outcome_code = 'test_press' where state <> 'CLOSED'"
        )
        # What it knows of people is a second old: a database that is killed sooner leaves them busy to it.
        snapshot = self.lifeline_folder / "snapshot.json"
        self.until(lambda: '"busy":true' not in snapshot.read_text(), "the lifeline knows that everybody is free")

    def until(self, is_so: Callable[[], bool], what: str, patience_s: float = _PATIENCE_S) -> None:
        """Wait for something; raises `Unavailable` with the ends of the logs where it does not come."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            try:
                if is_so():
                    return
            except FileNotFoundError:
                pass
            time.sleep(_POLL_S)
        logs = "\n".join(f"{log.name}: {log.read_text()[-3000:]}" for log in self.folder.glob("*.log"))
        raise Unavailable(f"waited {patience_s:.0f} s in vain: {what}\n{logs}")

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.receiver.close()
        self.broker.stop()
        self.database.stop()

    def _has_database(self) -> bool:
        return self.database.process is not None and self.database.process.poll() is None
