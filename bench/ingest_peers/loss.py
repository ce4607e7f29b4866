"""Loss: what a consumer loses when it is killed and when its database is away, under a steady load (I/O).

The sender keeps to QoS 1 and the broker survives, so whatever is missing in the end was lost by the consumer: it had
told the broker that it has the message.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from bench.ingest_peers.load import steady
from bench.ingest_peers.peer import Peer

_POLL_S = 0.5
_BEFORE_S = 3.0
_AFTER_S = 3.0
_KILLED_FOR_S = 1.0
_ALL = "care/v1/#"


class Database(Protocol):
    """A durable database server that may be stopped and started again under the same address."""

    @property
    def admin_url(self) -> str:
        """Superuser's address."""

    def start(self) -> None:
        """Start, wait until it answers."""

    def stop(self) -> None:
        """Stop in order, as an administrator does."""


class Servers(Protocol):
    """What an experiment runs on."""

    @property
    def mqtt_url(self) -> str:
        """A broker that lets this address publish and read everything."""

    @property
    def database(self) -> Database:
        """Where the peers write."""

    def fresh_broker(self) -> None:
        """Start the broker anew, without the sessions of earlier runs, which it would go on queueing for."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Messages that the broker took, different ones stored, missing ones, and rows beyond one for each."""

    sent: int
    stored: int
    lost: int
    doubled: int


def lost_on_kill(peer: Peer, servers: Servers, folder: Path, *, kills: int = 3) -> Loss:
    """Kill the consumer as `kill -9` does, again and again, a second each, while messages flow."""
    _prepare(peer, servers)
    log = folder / f"{peer.name}.log"
    running = peer.start(servers.mqtt_url, servers.database.admin_url, _ALL, folder / peer.name, log)
    try:
        with steady(servers.mqtt_url, peer.address, peer.steady_per_s) as sender:
            for _ in range(kills):
                time.sleep(_BEFORE_S)
                running.kill()
                time.sleep(_KILLED_FOR_S)
                running = peer.start(servers.mqtt_url, servers.database.admin_url, _ALL, folder / peer.name, log)
            time.sleep(_AFTER_S)
        return _loss(peer, servers, sender.taken)
    finally:
        running.stop()


def lost_on_db_stop(peer: Peer, servers: Servers, folder: Path, *, away_s: float = 10.0) -> Loss:
    """Stop the database for that long while messages flow."""
    _prepare(peer, servers)
    log = folder / f"{peer.name}.log"
    running = peer.start(servers.mqtt_url, servers.database.admin_url, _ALL, folder / peer.name, log)
    try:
        with steady(servers.mqtt_url, peer.address, peer.steady_per_s) as sender:
            time.sleep(_BEFORE_S)
            servers.database.stop()
            time.sleep(away_s)
            servers.database.start()
            time.sleep(_AFTER_S)
        return _loss(peer, servers, sender.taken)
    finally:
        running.stop()


def wait_until_settled(peer: Peer, database: Database, expected: int, still_s: float = 8.0) -> tuple[int, int]:
    """Rows and different messages once all are stored, or once nothing was added for that long."""
    seen = (-1, -1)
    changed = time.monotonic()
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        while seen[1] < expected and time.monotonic() - changed < still_s:
            now = peer.count(connection)
            if now != seen:
                seen, changed = now, time.monotonic()
            time.sleep(_POLL_S)
    return seen


def _prepare(peer: Peer, servers: Servers) -> None:
    servers.fresh_broker()
    with psycopg.connect(servers.database.admin_url, autocommit=True) as connection:
        peer.prepare(connection)


def _loss(peer: Peer, servers: Servers, sent: int) -> Loss:
    rows, messages = wait_until_settled(peer, servers.database, sent)
    return Loss(sent, messages, sent - messages, rows - messages)
