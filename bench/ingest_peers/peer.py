"""Peer: what a foreign consumer must offer so that the bench can run it on the same messages as ours (pure).

A peer listens on the broker and writes into tables of its own, in a schema of its own, with one row for each message.
"""

from pathlib import Path
from typing import Protocol

import psycopg

Connection = psycopg.Connection[tuple[object, ...]]


class Running(Protocol):
    """A started consumer."""

    def pids(self) -> list[int]:
        """Every process of it, for processor time and memory."""

    def kill(self) -> None:
        """End all of it as `kill -9` does, at once."""

    def stop(self) -> None:
        """Ask it to end, and wait."""


class Peer(Protocol):
    """One way to bring messages from a broker into a database."""

    @property
    def name(self) -> str:
        """The key in the bench's figures, and the name of the schema."""

    @property
    def steady_per_s(self) -> int:
        """Messages a second under which it is tried for losses: a rate that it can store, so that a loss is a loss."""

    def unavailable(self) -> str | None:
        """Why it cannot run here, in one sentence; None where it can. Installs it where that is not done yet."""

    def prepare(self, connection: Connection) -> None:
        """Make its schema and tables, empty, replacing what is there. The connection is a superuser's."""

    def address(self, topic: str) -> str:
        """The topic to publish a message under that has this topic in our contract; the payload is always ours."""

    def start(self, mqtt_url: str, database_url: str, topic: str, folder: Path, log: Path) -> Running:
        """Start it; returns when it has subscribed to `topic` (a filter such as care/v1/#).

        Its session survives a restart in the same `folder`. `database_url` must be the superuser's or the owner's of
        what `prepare` made. Raises `Unavailable` where it does not come up.
        """

    def count(self, connection: Connection) -> tuple[int, int]:
        """Rows stored so far, and how many different messages they are of."""
