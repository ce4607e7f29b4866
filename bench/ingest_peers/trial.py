"""Trial: each peer alone, without the rest of the ingest bench (I/O).

`python -m bench.ingest_peers.trial [--messages 2000] [--loss] [NAME ...]`: messages are queued by the broker for the
peer's session first, so that the sender takes no processor time while rows are counted. Last line: one JSON object.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import psycopg

from bench.ingest_peers import PEERS
from bench.ingest_peers.load import Sender
from bench.ingest_peers.loss import lost_on_db_stop, lost_on_kill, wait_until_settled
from bench.ingest_peers.peer import Peer, Running
from bench.ingest_peers.stage import Stage, open_stage

_ALL = "care/v1/#"
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def processor_s(running: Running) -> float:
    """Processor time of all its processes so far, in seconds."""
    ticks = 0
    for pid in running.pids():
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS_PER_S


def speed(peer: Peer, stage: Stage, folder: Path, messages: int, longest_s: float) -> dict[str, float]:
    """Rows a second and processor time a row while it works off a queue."""
    with psycopg.connect(stage.database.admin_url, autocommit=True) as connection:
        peer.prepare(connection)
        start = (stage.mqtt_url, stage.database.admin_url, _ALL, folder / peer.name, folder / f"{peer.name}.log")
        peer.start(*start).stop()  # the broker knows the session now
        sender = Sender(stage.mqtt_url, peer.address)
        while sender.sent < messages:
            sender.send()
        sender.finish()
        running = peer.start(*start)
        try:
            first, used, began = peer.count(connection)[0], processor_s(running), time.monotonic()
            rows, took = first, 0.0
            while rows < messages and took < longest_s:
                time.sleep(0.1)
                rows, took = peer.count(connection)[0], time.monotonic() - began
            used = processor_s(running) - used
            _, different = wait_until_settled(peer, stage.database, messages) if took < longest_s else (0, 0)
        finally:
            running.stop()
    done = max(1, rows - first)
    return {
        "rows_s": round(done / max(took, 0.1)),
        "cpu_us_per_row": round(used / done * 1e6, 1),
        "rows": rows,
        "different": different,
    }


def main() -> None:
    """Try the peers that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds of counting for each")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--loss", action="store_true")
    chosen = parser.parse_args()
    figures: dict[str, list[dict[str, object]]] = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("CARECIRCLE_BENCH_FOLDER")) as name:
        for number in range(chosen.rounds):
            for peer in PEERS:
                if chosen.names and peer.name not in chosen.names:
                    continue
                if reason := peer.unavailable():
                    print(f"{peer.name}: {reason}")
                    continue
                folder = Path(name) / f"{peer.name}-{number}"
                folder.mkdir()
                with open_stage(folder) as stage:
                    found: dict[str, object] = {**speed(peer, stage, folder, chosen.messages, chosen.longest)}
                    if chosen.loss:
                        found["kill"] = asdict(lost_on_kill(peer, stage, folder))
                        found["db_stop"] = asdict(lost_on_db_stop(peer, stage, folder))
                print(peer.name, json.dumps(found), flush=True)
                figures.setdefault(peer.name, []).append(found)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
