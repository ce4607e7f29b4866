"""Trial: ours and each peer, or some of them, without the rest of the ingest bench (I/O).

`python -m bench.ingest_peers.trial [--messages 2000] [--loss] [NAME ...]`: messages are queued by the broker for the
peer's session first, so that the sender takes no processor time while rows are counted. Last line: one JSON object,
medians over the rounds.
"""

import argparse
import json
import statistics
import time
from dataclasses import asdict

from bench.ingest_parts.ours import Ours
from bench.ingest_parts.servers import Servers, cpu_s, servers
from bench.ingest_peers import PEERS
from bench.ingest_peers.esphome import EsphomeIngestor
from bench.ingest_peers.load import Sender
from bench.ingest_peers.loss import lost_on_db_stop, lost_on_kill, wait_until_settled
from bench.ingest_peers.peer import Peer

TRIED: tuple[Peer, ...] = (Ours(), *PEERS)
_ALL = "care/v1/#"
_POLL_S = 0.1
_SHORTEST_S = 0.1


def speed(peer: Peer, on: Servers, messages: int, longest_s: float) -> dict[str, float]:
    """Rows a second and processor time a row while it works off a queue, for at most that long."""
    on.fresh_broker()
    start = (on.mqtt_url, on.database.admin_url, _ALL, on.folder / peer.name, on.folder / f"{peer.name}.log")
    with on.connect() as connection:
        peer.prepare(connection)
        running = peer.start(*start)
        if not isinstance(peer, EsphomeIngestor):  # for which the broker keeps nothing
            running.stop()
        sender = Sender(on.mqtt_url, peer.address)
        while sender.sent < messages:
            sender.send()
        sender.finish()
        connection.execute("checkpoint")
        if not isinstance(peer, EsphomeIngestor):
            running = peer.start(*start)
        try:
            first, used, began = peer.count(connection)[0], cpu_s(running.pids()), time.monotonic()
            rows, took = first, 0.0
            while rows < messages and took < longest_s:
                time.sleep(_POLL_S)
                rows, took = peer.count(connection)[0], time.monotonic() - began
            used = cpu_s(running.pids()) - used
            different = wait_until_settled(peer, on.database, messages)[1] if took < longest_s else rows
        finally:
            running.stop()
    done = rows - first
    return {
        "rows_s": round(done / max(took, _SHORTEST_S)),
        "cpu_us_per_row": round(used / max(done, 1) * 1e6, 1),
        "queued_and_not_stored": messages - different,
    }


def main() -> None:
    """Try the peers that are named, or all; interleaved, so that what disturbs the machine disturbs all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(peer.name for peer in TRIED))
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds of counting for each")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--loss", action="store_true", help="also kill it, and stop its database")
    chosen = parser.parse_args()
    figures: dict[str, dict[str, object]] = {}
    with servers() as on:
        able = [peer for peer in TRIED if not chosen.names or peer.name in chosen.names]
        for reason in [f"{peer.name}: {reason}" for peer in able if (reason := peer.unavailable())]:
            print(reason)
        able = [peer for peer in able if peer.unavailable() is None]
        samples: dict[str, list[dict[str, float]]] = {peer.name: [] for peer in able}
        for _ in range(chosen.rounds):
            for peer in able:
                samples[peer.name].append(speed(peer, on, chosen.messages, chosen.longest))
                print(peer.name, samples[peer.name][-1], flush=True)
        for name, found in samples.items():
            figures[name] = {key: statistics.median(one[key] for one in found) for key in found[0]} if found else {}
        for peer in able if chosen.loss else []:
            figures[peer.name]["kill"] = asdict(lost_on_kill(peer, on, on.folder))
            figures[peer.name]["db_stop"] = asdict(lost_on_db_stop(peer, on, on.folder))
            print(peer.name, figures[peer.name], flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
