"""Replay: what waits in quarantine is read again, with today's rules and beds, and goes to history if it can (I/O)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg.rows import class_row

from carecircle.device_clock import OLDEST_HISTORY
from carecircle.mqtt import Delivery
from carecircle.rejected import Reason, Rejected
from carecircle.topics import Kind
from carecircle_ingest.clocks import Clocks, Correction
from carecircle_ingest.copying import Connection
from carecircle_ingest.writer import QUERIES, read_batch, write_outcomes

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one batch of quarantine: messages now in history, events among them, and those still refused."""

    stored: int
    events: int
    refused: Counter[Reason]


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    received_at: datetime
    topic: str
    payload: bytes
    payload_bytes: int

    def delivery(self) -> Delivery:
        return Delivery(
            self.topic, self.payload, retained=False, received_at=self.received_at.astimezone(UTC), generation=0, mid=0
        )


def load_clocks(connection: Connection) -> Clocks:
    """The corrections of device clocks that a message may still need."""
    since = datetime.now(UTC) - 2 * OLDEST_HISTORY
    with connection.cursor(row_factory=class_row(Correction)) as cursor:
        return Clocks(cursor.execute(QUERIES["clocks"], {"since": since}).fetchall())


def replay(
    connection: Connection, *, reason: str | None = None, ids: Sequence[int] | None = None, store: bool = True
) -> Iterator[Replayed]:
    """Read quarantine again, a batch a transaction: a message is in history or in quarantine, never in both or neither.

    With `store` False nothing is changed. Replaying writes history and raises no alarm.
    """
    counties: dict[str, str] = dict(connection.execute(QUERIES["beds"]).fetchall())
    clocks = load_clocks(connection)
    # What the database refuses is put into quarantine anew; without an end it would be replayed for ever.
    ((until,),) = connection.execute(QUERIES["quarantine_end"]).fetchall()
    wanted = {"reason": reason, "ids": list(ids) if ids else None, "until": until, "limit": _AT_ONCE}
    after = 0
    while True:
        with connection.transaction(force_rollback=not store):
            with connection.cursor(row_factory=class_row(_Waiting)) as cursor:
                waiting = cursor.execute(QUERIES["quarantine_next"], {**wanted, "after": after}).fetchall()
            if not waiting:
                return
            after = waiting[-1].id
            replayed = _replay_batch(connection, waiting, counties, clocks)
        yield replayed


def _replay_batch(
    connection: Connection, waiting: Sequence[_Waiting], counties: dict[str, str], clocks: Clocks
) -> Replayed:
    refused = Counter[Reason]()
    readable = []
    released = []
    events = 0
    for one in waiting:
        if len(one.payload) < one.payload_bytes:
            refused[Reason.TOO_LARGE] += 1  # only its beginning was kept
            continue
        for outcome in read_batch([one.delivery()], counties, clocks):
            if isinstance(outcome[1], Rejected):
                refused[outcome[1].reason] += 1
            else:
                readable.append(outcome)
                released.append(one.id)
                events += outcome[1].topic.kind is Kind.EVENT
    written = write_outcomes(connection, readable, clocks)
    # What the database itself refuses is in quarantine anew, with that reason; the old row goes all the same.
    refused.update(written.refused)
    connection.execute(QUERIES["quarantine_release"], {"ids": released})
    return Replayed(written.stored, events, refused)
