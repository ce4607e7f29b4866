"""How fast, how lean and how safe the history path is: against the bare broker, a plain plan and other people's ways.

Everything runs on this machine, interleaved, so only the ratios travel to another one. Last line of standard output:
one JSON object. Parts may be chosen: `python -m bench.ingest --parts speed,latency`.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict

from bench.ingest_parts.growth import bytes_per_message, fill
from bench.ingest_parts.latency import latency
from bench.ingest_parts.memory import memory
from bench.ingest_parts.ours import Ours
from bench.ingest_parts.plain_plan import Plain
from bench.ingest_parts.servers import Servers, servers
from bench.ingest_parts.throughput import Sample, bare_subscriber, consumer
from bench.ingest_peers import PEERS, Peer
from bench.ingest_peers.loss import lost_on_db_stop, lost_on_kill

PARTS = ("speed", "disk", "garbage", "latency", "memory", "peers", "growth")
_GARBAGE_EVERY = 20
_LATENCY_S = 10.0
_PEER_ROUNDS = 3
_PEER_SECONDS = 40  # of its steady rate, which is below what it can do

Figures = dict[str, object]
_began = time.monotonic()


def _say(line: str) -> None:
    print(f"{time.monotonic() - _began:6.0f} s  {line}", flush=True)


def _shown(name: str, sample: Sample) -> None:
    _say(
        f"  {name:<28} {sample.messages_s:>9,.0f} messages/s"
        f" {sample.cpu_us:>7.1f} us consumer {sample.database_cpu_us:>7.1f} us database"
    )


def _median(samples: list[Sample], what: Callable[[Sample], float]) -> float:
    return statistics.median(map(what, samples))


class Bench:
    """The parts, each of which adds its figures."""

    def __init__(self, on: Servers, options: argparse.Namespace) -> None:
        self._on = on
        self._options = options
        self._ours: list[Sample] = []
        self.figures: Figures = {}

    def speed(self) -> None:
        """The bare subscriber, ours and the plain plan in turn."""
        messages = self._options.messages
        limit: list[Sample] = []
        plain: list[Sample] = []
        with self._on.connect() as connection:
            Plain().prepare(connection)
        for _ in range(self._options.rounds):
            limit.append(bare_subscriber(self._on, messages))
            _shown("libmosquitto, stores nothing", limit[-1])
            self._ours.append(self._run_ours())
            plain.append(consumer(self._on, Plain(), messages // 8))
            _shown("plain plan", plain[-1])
        ours = _median(self._ours, lambda one: one.messages_s)
        self.figures |= {
            "limit_msgs_s": round(_median(limit, lambda one: one.messages_s)),
            "one_process_msgs_s": round(ours),
            "ratio_to_limit": _paired(self._ours, limit, lambda one: one.messages_s),
            "plain_plan_msgs_s": round(_median(plain, lambda one: one.messages_s)),
            "ratio_to_plain": _paired(self._ours, plain, lambda one: one.messages_s),
            "cpu_ratio_to_limit": _paired(self._ours, limit, lambda one: one.cpu_us),
            "cpu_us": round(_median(self._ours, lambda one: one.cpu_us), 1),
            "database_cpu_us": round(_median(self._ours, lambda one: one.database_cpu_us), 1),
        }

    def disk(self) -> None:
        """Bytes a message, table and index, not compressed."""
        if not self._ours:
            self._ours.append(self._run_ours())
        self.figures["bytes_per_message"] = bytes_per_message(self._on)
        _say(f"  {self.figures['bytes_per_message']} bytes on disk a message")

    def garbage(self) -> None:
        """Every twentieth message is bad, in all ways in turn."""
        clean: list[Sample] = []
        dirty: list[Sample] = []
        for _ in range(self._options.rounds):
            clean.append(self._run_ours())
            dirty.append(self._run_ours(garbage_every=_GARBAGE_EVERY))
        self.figures["ratio_with_garbage"] = _paired(dirty, clean, lambda one: one.messages_s)

    def latency(self) -> None:
        """At 20 % and 80 % of what one process can do here."""
        if not self._ours:
            self._ours.append(self._run_ours())
        capacity = _median(self._ours, lambda one: one.messages_s)
        found = {}
        for percent in (20, 80):
            found[str(percent)] = asdict(latency(self._on, capacity * percent / 100, _LATENCY_S))
            _say(f"  at {percent} % of capacity, ms: {found[str(percent)]}")
        self.figures["latency_ms"] = found

    def memory(self) -> None:
        """The database is away: a minute, or ten with --long."""
        seconds, rate = (600.0, 2000.0) if self._options.long else (60.0, 8000.0)
        found = memory(self._on, rate, seconds, _say)
        _say(f"  {found}")
        self.figures |= {"rss_mb_full_queue": found.peak_mb, "rss_mb_before": found.before_mb}
        self.figures["lost_while_database_away"] = found.lost

    def peers(self) -> None:
        """Other people's ways, on the same messages."""
        peers: dict[str, object] = {"carecircle": self._losses(Ours())}
        for peer in PEERS:
            reason = peer.unavailable()
            if reason:
                _say(f"  {peer.name} cannot run here: {reason}")
                continue
            peers[peer.name] = self._peer(peer)
        self.figures["peers"] = peers

    def growth(self) -> None:
        """Much history is there already."""
        found: dict[str, int] = {}
        there = 0
        with self._on.connect() as connection:
            Ours().prepare(connection)
        for rows in self._options.growth:
            _say(f"  filling up to {rows:,} rows")
            fill(self._on, rows - there)
            there = rows
            samples = [self._run_ours() for _ in range(self._options.rounds)]
            found[str(rows)] = round(_median(samples, lambda one: one.messages_s))
        self.figures["growth_msgs_s"] = found

    def _peer(self, peer: Peer) -> Figures:
        with self._on.connect() as connection:
            peer.prepare(connection)
        ours: list[Sample] = []
        theirs: list[Sample] = []
        for _ in range(min(_PEER_ROUNDS, self._options.rounds)):
            ours.append(self._run_ours())
            theirs.append(consumer(self._on, peer, peer.steady_per_s * _PEER_SECONDS))
            _shown(peer.name, theirs[-1])
        return {
            "rows_s": round(_median(theirs, lambda one: one.messages_s)),
            "cpu_us_per_row": round(_median(theirs, lambda one: one.cpu_us), 1),
            "ours_is_faster": _paired(ours, theirs, lambda one: one.messages_s),
            **self._losses(peer),
        }

    def _losses(self, peer: Peer) -> Figures:
        self._on.fresh_broker()
        killed = lost_on_kill(peer, self._on, self._on.folder)
        self._on.fresh_broker()
        stopped = lost_on_db_stop(peer, self._on, self._on.folder)
        _say(f"  {peer.name}: killed 3 times: {killed}; database away for 10 s: {stopped}")
        return {"lost_on_kill": killed.lost, "lost_on_db_stop": stopped.lost}

    def _run_ours(self, *, garbage_every: int = 0) -> Sample:
        sample = consumer(
            self._on,
            Ours(),
            self._options.messages,
            database_url=self._on.database.url("carecircle_ingest"),
            garbage_every=garbage_every,
        )
        _shown("carecircle" + (", 5 % garbage" if garbage_every else ""), sample)
        return sample


def _paired(ones: list[Sample], others: list[Sample], what: Callable[[Sample], float]) -> float:
    """The median of the ratios of neighbouring runs: what disturbs the machine disturbs both."""
    return round(statistics.median(what(a) / what(b) for a, b in zip(ones, others, strict=True)), 2)


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="some of " + ",".join(PARTS))
    parser.add_argument("--messages", type=int, default=200_000, help="messages of one run of ours")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved runs of each")
    parser.add_argument("--growth", default="0,10000000", help="rows already stored, some numbers, rising")
    parser.add_argument("--long", action="store_true", help="the database is away for ten minutes instead of one")
    options = parser.parse_args()
    options.growth = [int(one) for one in options.growth.split(",")]
    parts = options.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with servers() as on:
        bench = Bench(on, options)
        for part in PARTS:
            if part in parts:
                _say(part)
                getattr(bench, part)()
    print(json.dumps(bench.figures))


if __name__ == "__main__":
    main()
