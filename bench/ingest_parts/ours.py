"""Ours: `carecircle ingest` as it runs in production, as a peer among peers (I/O)."""

import sys
from dataclasses import dataclass
from pathlib import Path

from bench.ingest_parts.messages import BEDS, bed_name
from bench.ingest_peers.peer import Connection, Running
from bench.ingest_peers.process import start_program


@dataclass(frozen=True, slots=True)
class Ours:
    """Writes the real tables, with the role of ingest: `database_url` is that role's."""

    name: str = "carecircle"
    steady_per_s: int = 1000

    def unavailable(self) -> str | None:
        """See `Peer`."""
        return None

    def prepare(self, connection: Connection) -> None:
        """See `Peer`."""
        connection.execute("truncate vitals, environment, spot_check, device_event, device_status, quarantine")

    def address(self, topic: str) -> str:
        """See `Peer`: as it is."""
        return topic

    def start(self, mqtt_url: str, database_url: str, topic: str, folder: Path, log: Path) -> Running:
        """See `Peer`; it reads all topics of the platform, so `topic` must be that."""
        assert topic == "care/v1/#"
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "CARECIRCLE_MQTT_URL": mqtt_url,
            "CARECIRCLE_DATABASE_URL": database_url,
            "CARECIRCLE_MQTT_CLIENT_ID": "bench-carecircle",
        }
        command = [sys.executable, "-c", "from carecircle.cli import main; main()", "ingest"]
        return start_program(command, environment, log, "broker_connected")

    def count(self, connection: Connection) -> tuple[int, int]:
        """See `Peer`."""
        row = connection.execute("select count(*), count(distinct (bed, device, boot, seq)) from vitals").fetchone()
        assert row is not None
        rows, messages = row
        assert isinstance(rows, int)
        assert isinstance(messages, int)
        return rows, messages


def stored_of_last_bed(connection: Connection, boot: int) -> int:
    """How many messages of the last bed are stored; one look at an index, so that waiting costs the database little."""
    query = "select count(*) from vitals where bed = %s and boot = %s"
    row = connection.execute(query, [bed_name(BEDS - 1), boot]).fetchone()
    assert row is not None
    (count,) = row
    assert isinstance(count, int)
    return count
