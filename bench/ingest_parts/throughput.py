"""Throughput: messages a second and processor time a message, for the bare subscriber and for whole consumers (I/O).

The publisher sends while the consumer reads, so broker, database, publisher and consumer share the machine alike.
"""

import os
import resource
import subprocess
import time
from dataclasses import dataclass
from itertools import count

from bench.ingest_parts.messages import BEDS
from bench.ingest_parts.ours import Ours, stored_of_last_bed
from bench.ingest_parts.publisher import Plan, Publisher
from bench.ingest_parts.servers import Connection, Servers, cpu_s
from bench.ingest_peers import Peer
from carecircle.errors import Unavailable
from carecircle.runtime.install import ensure_runtime

WINDOW = 4000
PATIENCE_S = 300.0
_POLL_S = 0.02
_COUNTING_SHARE = 10  # a count is followed by a pause ten times as long
_ATTACH_S = 0.5
_boots = count(1)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: messages a second, and processor microseconds a message of the consumer and of the database."""

    messages_s: float
    cpu_us: float
    database_cpu_us: float


def next_boot() -> int:
    """A boot number that no earlier run of this bench used, so that no message is a repeat."""
    return next(_boots)


def nobody(servers: Servers, messages: int) -> float:
    """Messages a second that the publisher brings to a broker without any reader: it must be no bottleneck."""
    servers.fresh_broker()
    publisher = Publisher(Plan(servers.broker.port, messages, next_boot()))
    publisher.go()
    return messages / publisher.wait()


def bare_subscriber(servers: Servers, messages: int) -> Sample:
    """The limit: `mosquitto_sub`, a C program on libmosquitto, takes everything at QoS 1 and stores nothing."""
    command = [ensure_runtime().program("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(servers.broker.port)]
    command += ["-V", "5", "-q", "1", "-i", "bench-limit", "-t", "care/v1/#", "-F", "%l", "-C", str(messages)]
    command += ["-D", "connect", "receive-maximum", str(WINDOW)]
    servers.fresh_broker()
    publisher = Publisher(Plan(servers.broker.port, messages, next_boot()))
    subscriber = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(_ATTACH_S)
    began = time.monotonic()
    publisher.go()
    _pid, status, usage = os.wait4(subscriber.pid, 0)
    took_s = time.monotonic() - began
    assert status == 0, "mosquitto_sub failed"
    publisher.wait()
    return Sample(messages / took_s, _microseconds(usage) / messages, 0.0)


def consumer(servers: Servers, peer: Peer, messages: int, *, database_url: str = "", garbage_every: int = 0) -> Sample:
    """A whole consumer, from its start with an empty queue until the last message is committed."""
    url = database_url or servers.database.admin_url
    plan = Plan(servers.broker.port, messages, next_boot(), garbage_every=garbage_every, peer=peer.name)
    servers.fresh_broker()
    publisher = Publisher(plan)
    log = servers.folder / f"{peer.name}.log"
    with servers.connect() as connection:
        running = peer.start(servers.mqtt_url, url, "care/v1/#", servers.folder / peer.name, log)
        try:
            time.sleep(_ATTACH_S)
            cpu, database = cpu_s(running.pids()), servers.database_cpu_s()
            publisher.go()
            messages_s = _stored_per_s(connection, peer, plan)
            cpu, database = cpu_s(running.pids()) - cpu, servers.database_cpu_s() - database
            publisher.wait()
        finally:
            running.stop()
    return Sample(messages_s, 1e6 * cpu / messages, 1e6 * database / messages)


def _stored_per_s(connection: Connection, peer: Peer, plan: Plan) -> float:
    """Messages a second until all of it is stored; waits for that.

    Ours is awaited by one look at an index. Slow peers are counted now and then, seldom enough to be no load, and
    judged by the count before the last, so that the pause until the last does not tell against them.
    """
    began = time.monotonic()
    deadline = began + PATIENCE_S
    if isinstance(peer, Ours):
        while stored_of_last_bed(connection, plan.boot) < good_of_last_bed(plan):
            _check(deadline, peer, plan)
            time.sleep(_POLL_S)
        return plan.messages / (time.monotonic() - began)
    before = peer.count(connection)[1]
    stored, seen_at = 0, began
    while True:
        asked = time.monotonic()
        now_stored = peer.count(connection)[1] - before
        if now_stored >= plan.messages and stored > plan.messages / 2:
            return stored / (seen_at - began)
        stored, seen_at = now_stored, time.monotonic()
        if stored >= plan.messages:
            return stored / (seen_at - began)
        _check(deadline, peer, plan)
        time.sleep(max(_POLL_S, _COUNTING_SHARE * (seen_at - asked)))


def _check(deadline: float, peer: Peer, plan: Plan) -> None:
    if time.monotonic() > deadline:
        raise Unavailable(f"{peer.name} did not store {plan.messages} messages in {PATIENCE_S:.0f} s")


def good_of_last_bed(plan: Plan) -> int:
    """How many messages of the last bed are not spoilt."""
    numbers = range(BEDS - 1, plan.messages, BEDS)
    return sum(1 for number in numbers if not plan.garbage_every or number % plan.garbage_every)


def _microseconds(usage: resource.struct_rusage) -> float:
    return 1e6 * (usage.ru_utime + usage.ru_stime)
