"""Trial: ours and each peer, or some of them, without the rest of the ingest bench (I/O).

`python -m bench.ingest_peers.trial [--seconds 40] [--rounds 3] [--loss] [NAME ...]`. Interleaved, so that what disturbs
the machine disturbs all. Last line: one JSON object, medians over the rounds.
"""

import argparse
import json
import statistics
from dataclasses import asdict

from bench.ingest_parts.ours import Ours
from bench.ingest_parts.servers import Servers, servers
from bench.ingest_parts.throughput import Sample, consumer
from bench.ingest_peers import PEERS
from bench.ingest_peers.loss import lost_on_db_stop, lost_on_kill
from bench.ingest_peers.peer import Peer

TRIED: tuple[Peer, ...] = (Ours(), *PEERS)
_OURS_PER_S = 4000  # ours is given as much work as keeps it busy as long as the others


def speed(peer: Peer, on: Servers, seconds: int) -> Sample:
    """Rows a second and processor time a row; an empty table, and as many messages as last it about that long."""
    with on.connect() as connection:
        peer.prepare(connection)
    per_s = _OURS_PER_S if isinstance(peer, Ours) else peer.steady_per_s
    sample = consumer(on, peer, per_s * seconds)
    print(f"{peer.name:<20} {sample.messages_s:>9,.0f} rows/s {sample.cpu_us:>7.1f} us a row", flush=True)
    return sample


def losses(peer: Peer, on: Servers) -> dict[str, object]:
    """What it loses, both ways."""
    found: dict[str, object] = {
        "kill": asdict(lost_on_kill(peer, on, on.folder)),
        "db_stop": asdict(lost_on_db_stop(peer, on, on.folder)),
    }
    print(f"{peer.name:<20} {found}", flush=True)
    return found


def main() -> None:
    """Try the peers that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(peer.name for peer in TRIED))
    parser.add_argument("--seconds", type=int, default=40, help="how long its steady rate would take for the messages")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--loss", action="store_true", help="also kill it, and stop its database")
    chosen = parser.parse_args()
    able = []
    for peer in TRIED:
        if chosen.names and peer.name not in chosen.names:
            continue
        if reason := peer.unavailable():
            print(f"{peer.name} cannot run here: {reason}")
        else:
            able.append(peer)
    with servers() as on:
        samples: dict[str, list[Sample]] = {peer.name: [] for peer in able}
        for _ in range(chosen.rounds):
            for peer in able:
                samples[peer.name].append(speed(peer, on, chosen.seconds))
        figures: dict[str, dict[str, object]] = {}
        for name, found in samples.items():
            figures[name] = {
                "rows_s": round(statistics.median(one.messages_s for one in found)),
                "cpu_us_per_row": round(statistics.median(one.cpu_us for one in found), 1),
            }
        for peer in able if chosen.loss else []:
            figures[peer.name] |= losses(peer, on)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
