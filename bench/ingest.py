"""How fast, how lean and how safe the history path is: against the bare broker, a plain plan and other people's ways.

Everything runs on this machine, interleaved, so only the ratios travel to another one. Last line of standard output:
one JSON object with `report.KEYS`, null for what was not measured; the line before it has what else was found. Parts
may be chosen: `python -m bench.ingest --parts speed,latency`.
"""

import argparse
import logging
import os
from dataclasses import asdict

import structlog

from bench.ingest_parts.growth import bytes_per_message, fill
from bench.ingest_parts.latency import Latency, latency, middle
from bench.ingest_parts.memory import memory
from bench.ingest_parts.ours import Ours
from bench.ingest_parts.plain_plan import Plain
from bench.ingest_parts.report import Figures, median, paired, peer_figures, print_figures, say, shown
from bench.ingest_parts.servers import Servers, servers
from bench.ingest_parts.throughput import Sample, bare_subscriber, consumer, nobody
from bench.ingest_peers import PEERS, Peer
from bench.ingest_peers.loss import lost_on_db_stop, lost_on_kill

PARTS = ("speed", "disk", "garbage", "latency", "memory", "peers", "growth")
_GARBAGE_EVERY = 20
_LATENCY_S = 8.0
_FEWER_ROUNDS = 3  # where a ratio is far from its goal, or a run is long
_PEER_SECONDS = 30  # of its steady rate, which is below what it can do


class Bench:
    """The parts, each of which adds its figures."""

    def __init__(self, on: Servers, options: argparse.Namespace) -> None:
        self._on = on
        self._options = options
        self._ours: list[Sample] = []
        self.figures: Figures = {"load_of_others": round(os.getloadavg()[0], 1)}

    def speed(self) -> None:
        """The bare subscriber, ours and the plain plan in turn."""
        messages = self._options.messages
        alone = nobody(self._on, messages)
        say(f"  publisher and broker, nobody listens: {alone:,.0f} messages/s")
        limit: list[Sample] = []
        plain: list[Sample] = []
        with self._on.connect() as connection:
            Plain().prepare(connection)
        for _ in range(self._options.rounds):
            limit.append(bare_subscriber(self._on, messages))
            shown("libmosquitto, stores nothing", limit[-1])
            self._ours.append(self._run_ours())
            plain.append(consumer(self._on, Plain(), messages // 8))
            shown("plain plan", plain[-1])
        ours = median(self._ours, lambda one: one.messages_s)
        self.figures |= {
            "limit_msgs_s": round(median(limit, lambda one: one.messages_s)),
            "one_process_msgs_s": round(ours),
            "ratio_to_limit": paired(self._ours, limit, lambda one: one.messages_s),
            "plain_plan_msgs_s": round(median(plain, lambda one: one.messages_s)),
            "ratio_to_plain": paired(self._ours, plain, lambda one: one.messages_s),
            "nobody_listens_msgs_s": round(alone),
            "cpu_ratio_to_limit": paired(self._ours, limit, lambda one: one.cpu_us),
            "cpu_us": round(median(self._ours, lambda one: one.cpu_us), 1),
            "database_cpu_us": round(median(self._ours, lambda one: one.database_cpu_us), 1),
        }

    def disk(self) -> None:
        """Bytes a message of five readings, table and index; compression needs the Community edition."""
        if not self._ours:
            self._ours.append(self._run_ours())
        raw = bytes_per_message(self._on)
        self.figures |= {"bytes_per_message": {"raw": raw, "compressed": None}, "bytes_per_reading": round(raw / 5, 1)}
        say(f"  {raw} bytes on disk a message of five readings")

    def garbage(self) -> None:
        """Every twentieth message is bad, in all ways in turn."""
        clean: list[Sample] = []
        dirty: list[Sample] = []
        for _ in range(self._fewer_rounds):
            clean.append(self._run_ours())
            dirty.append(self._run_ours(garbage_every=_GARBAGE_EVERY))
        self.figures["ratio_with_garbage"] = paired(dirty, clean, lambda one: one.messages_s)

    def latency(self) -> None:
        """At 20 % and 80 % of what one process can do here."""
        if not self._ours:
            self._ours.append(self._run_ours())
        capacity = median(self._ours, lambda one: one.messages_s)
        found: dict[int, list[Latency]] = {20: [], 80: []}
        for _ in range(self._fewer_rounds):
            for percent, samples in found.items():
                samples.append(latency(self._on, capacity * percent / 100, _LATENCY_S))
                say(f"  at {percent} % of capacity, ms: {samples[-1].p50} p50, {samples[-1].p99} p99")
        self.figures["latency_ms"] = {str(percent): asdict(middle(samples)) for percent, samples in found.items()}

    def memory(self) -> None:
        """The database is away: a minute, or ten with --long."""
        seconds, rate = (600.0, 2000.0) if self._options.long else (60.0, 8000.0)
        found = memory(self._on, rate, seconds, say)
        say(f"  {found}")
        self.figures |= {"rss_mb_full_queue": found.peak_mb, "rss_mb_before": found.before_mb}
        self.figures["lost_while_database_away"] = found.lost

    def peers(self) -> None:
        """Other people's ways, on the same messages."""
        able = [peer for peer in PEERS if not self._cannot_run(peer)]
        ours: list[Sample] = []
        theirs: dict[str, list[Sample]] = {peer.name: [] for peer in able}
        with self._on.connect() as connection:
            for peer in able:
                peer.prepare(connection)
        for _ in range(self._fewer_rounds):
            ours.append(self._run_ours())
            for peer in able:
                theirs[peer.name].append(consumer(self._on, peer, peer.steady_per_s * _PEER_SECONDS))
                shown(peer.name, theirs[peer.name][-1])
        self.figures["peers"] = {
            "carecircle": peer_figures(ours) | self._losses(Ours()),
            **{peer.name: peer_figures(theirs[peer.name]) | self._losses(peer) for peer in able},
        }
        self.figures["ratio_to_peers"] = {
            name: paired(ours, samples, lambda one: one.messages_s) for name, samples in theirs.items()
        }

    def growth(self) -> None:
        """Much history is there already."""
        found: dict[str, int] = {}
        there = 0
        with self._on.connect() as connection:
            Ours().prepare(connection)
        for rows in self._options.growth:
            say(f"  filling up to {rows:,} rows")
            fill(self._on, rows - there)
            there = rows
            samples = [self._run_ours() for _ in range(self._fewer_rounds)]
            found[str(rows)] = round(median(samples, lambda one: one.messages_s))
        self.figures["growth_msgs_s"] = found

    @property
    def _fewer_rounds(self) -> int:
        rounds: int = self._options.rounds
        return min(_FEWER_ROUNDS, rounds)

    def _cannot_run(self, peer: Peer) -> bool:
        reason = peer.unavailable()
        if reason:
            say(f"  {peer.name} cannot run here: {reason}")
        return reason is not None

    def _losses(self, peer: Peer) -> Figures:
        self._on.fresh_broker()
        killed = lost_on_kill(peer, self._on, self._on.folder)
        self._on.fresh_broker()
        stopped = lost_on_db_stop(peer, self._on, self._on.folder)
        say(f"  {peer.name}: killed 3 times: {killed}; database away for 10 s: {stopped}")
        return {"lost_on_kill": killed.lost, "lost_on_db_stop": stopped.lost}

    def _run_ours(self, *, garbage_every: int = 0) -> Sample:
        sample = consumer(
            self._on,
            Ours(),
            self._options.messages,
            database_url=self._on.database.url("carecircle_ingest"),
            garbage_every=garbage_every,
        )
        shown("carecircle" + (", 5 % garbage" if garbage_every else ""), sample)
        return sample


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="some of " + ",".join(PARTS))
    parser.add_argument("--messages", type=int, default=150_000, help="messages of one run of ours")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved runs of each")
    parser.add_argument("--growth", default="0,10000000", help="rows already stored, some numbers, rising")
    parser.add_argument("--long", action="store_true", help="the database is away for ten minutes instead of one")
    options = parser.parse_args()
    options.growth = [int(one) for one in options.growth.split(",")]
    parts = options.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with servers() as on:
        bench = Bench(on, options)
        for part in PARTS:
            if part in parts:
                say(part)
                getattr(bench, part)()
    print_figures(bench.figures)


if __name__ == "__main__":
    main()
