"""Node-RED: an MQTT-in node and a function node that inserts each message through pg (I/O).

The flow is what people build: the session is kept by the broker (QoS 1, clean session off), each message is one
prepared insert on a pool of ten connections. Node-RED acknowledges on arrival, and what the function node could not
insert is reported and gone, as in every flow without a repetition of its own.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from bench.ingest_peers.install import HERE, ensure_peers, why_not
from bench.ingest_peers.peer import Connection, Running
from bench.ingest_peers.process import start_program
from bench.ingest_peers.table import READINGS, count_table, make_table
from carecircle.runtime.ports import free_port

_SUBSCRIBING_S = 0.3  # the subscription leaves right after the line that says "connected"


@dataclass(frozen=True, slots=True)
class NodeRed:
    """Node-RED with one flow and no editor."""

    name: str = "node_red"
    steady_per_s: int = 500

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
        """See `Peer`; the flow file and what Node-RED keeps lie in `folder`."""
        peers = ensure_peers()
        folder.mkdir(parents=True, exist_ok=True)
        flow = folder / "flow.json"
        flow.write_text(json.dumps(_flow(mqtt_url, topic), indent=1))
        environment = {
            "DATABASE_URL": database_url,
            "TABLE": f"{self.name}.telemetry",
            "READINGS": ",".join(READINGS),
            "UNUSED_PORT": str(free_port()),
            "NODE_PATH": str(peers.modules),
            "NODE_ENV": "production",
        }
        program = [peers.node, str(peers.modules / "node-red" / "red.js")]
        settings = ["--settings", str(HERE / "node" / "node-red-settings.cjs"), "--userDir", str(folder)]
        running = start_program([*program, *settings, str(flow)], environment, log, "Connected to broker")
        time.sleep(_SUBSCRIBING_S)
        return running

    def count(self, connection: Connection) -> tuple[int, int]:
        """See `Peer`."""
        return count_table(connection, self.name)


def _flow(mqtt_url: str, topic: str) -> list[dict[str, object]]:
    return [
        {"id": "tab", "type": "tab", "label": "ingest"},
        {
            "id": "broker",
            "type": "mqtt-broker",
            "broker": mqtt_url,
            "clientid": "bench-node-red",
            "autoConnect": True,
            "protocolVersion": "5",
            "keepalive": "60",
            "cleansession": False,
            "autoUnsubscribe": False,  # or an orderly end would drop what comes until the next start
            "sessionExpiry": "86400",
        },
        {
            "id": "in",
            "type": "mqtt in",
            "z": "tab",
            "topic": topic,
            "qos": "1",
            "datatype": "json",
            "broker": "broker",
            "rh": 0,
            "inputs": 0,
            "wires": [["store"]],
        },
        {
            "id": "store",
            "type": "function",
            "z": "tab",
            "func": (HERE / "node" / "node-red-function.js").read_text(encoding="utf-8"),
            "outputs": 0,
            "libs": [],
            "wires": [],
        },
    ]
