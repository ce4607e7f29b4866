"""Stage: a durable database and a broker that serves everybody, for the peers alone (I/O)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from carecircle.runtime import mosquitto
from carecircle.runtime.install import ensure_runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from carecircle.runtime.process import stop_child
from tests.servers import OwnDatabase, new_own_database


@dataclass(frozen=True, slots=True)
class Stage:
    """Both servers."""

    database: OwnDatabase
    mqtt_url: str


@contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """Start both; their files lie in `folder`."""
    runtime = ensure_runtime()
    broker = Mosquitto(runtime, folder / "broker", free_port())
    broker.prepare()
    # One peer reads topics of its own, which the access list of the product rightly forbids.
    file = broker.folder / "mosquitto.conf"
    kept = [line for line in file.read_text().splitlines() if not line.startswith(("acl_file", "password_file"))]
    file.write_text("\n".join(kept).replace("allow_anonymous false", "allow_anonymous true") + "\n")
    log = folder / "broker.log"
    process = broker.start(log)
    try:
        mosquitto.wait_until_ready(broker, process, log)
        database = new_own_database(runtime, folder)
        try:
            yield Stage(database, broker.url("bench", "bench"))
        finally:
            database.stop()
    finally:
        stop_child(process, broker.stop_signal, 10.0)
