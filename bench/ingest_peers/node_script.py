"""Node scripts: mqtt.js and pg as their users write them, once as safe as ours and once as fast as it gets (I/O)."""

from dataclasses import dataclass
from pathlib import Path

from bench.ingest_peers.install import HERE, ensure_peers, why_not
from bench.ingest_peers.peer import Connection, Running
from bench.ingest_peers.process import start_program
from bench.ingest_peers.table import READINGS, STATEMENTS, count_table, make_table


@dataclass(frozen=True, slots=True)
class NodeScript:
    """A script of the folder `node`, run by a Node of its own."""

    name: str
    script: str
    steady_per_s: int

    def unavailable(self) -> str | None:
        """See `Peer`."""
        return why_not()

    def prepare(self, connection: Connection) -> None:
        """See `Peer`."""
        make_table(connection, self.name)

    def address(self, topic: str) -> str:
        """See `Peer`: as it is."""
        return topic

    def start(self, mqtt_url: str, database_url: str, topic: str, folder: Path, log: Path) -> Running:
        """See `Peer`; everything a script needs to know is in its environment."""
        peers = ensure_peers()
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "MQTT_URL": mqtt_url,
            "DATABASE_URL": database_url,
            "TOPIC": topic,
            "CLIENT_ID": f"bench-{self.name}",
            "TABLE": f"{self.name}.telemetry",
            "READINGS": ",".join(READINGS),
            "STATEMENTS": ",".join(STATEMENTS),
            "NODE_PATH": str(peers.modules),
            "NODE_ENV": "production",
        }
        return start_program([peers.node, str(HERE / "node" / self.script)], environment, log, "ready")

    def count(self, connection: Connection) -> tuple[int, int]:
        """See `Peer`."""
        return count_table(connection, self.name)


# Acknowledges a message after its row is committed, one message after the other: loses nothing, as ours.
SAFE = NodeScript("node_safe", "safe.cjs", 100)
# Acknowledges on arrival and writes many rows at once: what is in memory when it ends is lost.
BATCHED = NodeScript("node_batched", "batched.cjs", 2000)
