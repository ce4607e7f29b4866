"""What was taken from the home's broker: a message that it delivers again is not numbered anew (I/O on the outbox).

A box that dies after its commit and before its answer gets the message once more. It is known by the broker's own
number and its bytes, and only a delivery that the broker marks as repeated is asked about: a second press is new.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

from carecircle.mqtt import Delivery

MOST = 2_000
"""More than a broker keeps unanswered for us at any time."""

Mark = tuple[int, bytes]
"""Message id and digest."""


def marks_of(deliveries: Sequence[Delivery]) -> list[Mark]:
    """How these deliveries are known again; those without a message id never come twice."""
    return [mark_of(delivery) for delivery in deliveries if delivery.mid]


def mark_of(delivery: Delivery) -> Mark:
    """How a delivery is known again."""
    return delivery.mid, blake2b(delivery.topic.encode() + b"\0" + delivery.payload, digest_size=8).digest()


class Taken:
    """The last `MOST` messages that were committed, in memory and in the table `taken`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT id, mid, digest FROM taken ORDER BY id").fetchall()
        self._marks: OrderedDict[Mark, None] = OrderedDict(((mid, digest), None) for _, mid, digest in rows)
        self._last_id = rows[-1][0] if rows else 0

    def __contains__(self, mark: Mark) -> bool:
        return mark in self._marks

    def write(self, marks: Sequence[Mark]) -> None:
        """Within the caller's transaction; `remember` follows when it is committed. Raises `sqlite3.Error`."""
        if not marks:
            return
        rows = [(number, *mark) for number, mark in enumerate(marks, self._last_id + 1)]
        self._connection.executemany("INSERT INTO taken VALUES (?, ?, ?)", rows)
        self._connection.execute("DELETE FROM taken WHERE id <= ?", (self._last_id + len(marks) - MOST,))

    def remember(self, marks: Sequence[Mark]) -> None:
        """These are committed, or held in memory."""
        self._last_id += len(marks)
        for mark in marks:
            self._marks[mark] = None
            self._marks.move_to_end(mark)
        while len(self._marks) > MOST:
            self._marks.popitem(last=False)
