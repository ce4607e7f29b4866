"""The outbox: every message is numbered and on disk before the home's broker hears that we have it (I/O).

Messages leave it when the platform has committed them: a `stored` mark covers them, and an event has its `received` as
well. The broker's acknowledgement ends nothing. Used by one thread.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Self

import structlog

from carecircle.payloads import encode_payload
from carecircle.topics import Kind
from carecircle_gateway.held import Held
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.outbox_file import open_file, reserve_some
from carecircle_gateway.taken import Mark, Taken
from carecircle_gateway.thinning import thin

_ROW_BYTES = 200  # about what a row costs beside its payload: keys, two indexes, page slack
_GIVE_UP_AT_ONCE = 500
_MS_PER_MINUTE = 60_000
_GIVEN_UP_FIRST = (Urgency.TELEMETRY, Urgency.STATUS, Urgency.CONFIRMED, Urgency.NOTICE)
_COLUMNS = "id, device, boot, seq, kind, urgency, payload, since"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in the outbox; (device, boot, seq) stays the same however often it is sent.

    Ids below 0 are not on disk. With `since` it stands for the numbers from there on, which were thinned out.
    """

    id: int
    device: str
    boot: int
    seq: int
    kind: Kind
    urgency: Urgency
    payload: bytes
    since: int | None = None


class Outbox:
    """The outbox of one home. `boot` grows with every opening and, while the clock is right, when the file is lost."""

    def __init__(self, connection: sqlite3.Connection, now_ms: int, max_bytes: int, max_age_ms: int) -> None:
        self._connection = connection
        self._max_bytes = max_bytes
        self._max_age_ms = max_age_ms
        self._seq: Counter[str] = Counter()
        self._not_on_disk: dict[int, Entry] = {}
        self._next_negative = count(-1, -1)
        self._held: Held[Entry] = Held()
        self._taken = Taken(connection)
        self.given_up = 0
        """Messages given up since opening, for want of room or for their age."""
        self.boot = self._begin_boot(now_ms)
        self._bytes = self._count_bytes()

    @classmethod
    def open(cls, path: Path, now_ms: int, *, max_bytes: int = 64 << 20, max_age_ms: int = 168 * 3600_000) -> Self:
        """Open the outbox at `path`; see `open_file` for what is raised."""
        return cls(open_file(path), now_ms, max_bytes, max_age_ms)

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._connection.close()

    def next_seq(self, device: str) -> int:
        """The next number of a device in this boot; 0 is left for the last will."""
        self._seq[device] += 1
        return self._seq[device]

    def accept(self, outgoing: Sequence[Outgoing], memories: Mapping[str, str], now_ms: int) -> list[Entry]:
        """Number these messages and keep them, see `number` and `keep`."""
        return self.keep(self.number(outgoing), memories, now_ms)

    def number(self, outgoing: Sequence[Outgoing]) -> list[Entry]:
        """Give messages their numbers, which are theirs from now on; they have no ids and are not kept yet."""
        return [self._numbered(message) for message in outgoing]

    def has_taken(self, mark: Mark) -> bool:
        """Whether the message of the home's broker that is known by `mark` is kept already."""
        return mark in self._taken

    def keep(
        self, entries: list[Entry], memories: Mapping[str, str], now_ms: int, taken: Sequence[Mark] = ()
    ) -> list[Entry]:
        """Commit numbered messages together with the devices' memories; the same messages with their ids.

        `taken` are the marks of the local messages that they came of.

        When it returns, they survive the end of the process and of the power. What a disk refuses stays in memory: a
        call for help is sent from there; all else waits until the disk takes it, and is not among what is returned.
        """
        if not entries and not memories:
            return []
        try:
            self._write_held(now_ms)
            kept = self._write(entries, memories, now_ms, taken)
        except sqlite3.Error as error:
            self._roll_back()
            _log.error("outbox_write_failed", error=str(error), messages=len(entries), held=len(self._held.messages))
            kept = self._keep_in_memory(entries, memories)
        self._taken.remember(taken)
        self._make_room()
        return kept

    def reserve_some(self) -> bool:
        """Take a little of the room on the disk that the outbox may need; whether there is more to take.

        A disk that others have filled then refuses nothing: the file's free pages and its journal are ours already.
        """
        try:
            return reserve_some(self._connection, self._max_bytes)
        except sqlite3.Error as error:
            self._roll_back()
            _log.warning("outbox_has_no_reserve", error=str(error))
            return False

    def recall(self, device: str) -> str | None:
        """What was remembered of a device."""
        row = self._connection.execute("SELECT kept FROM memory WHERE device = ?", (device,)).fetchone()
        return None if row is None else str(row[0])

    def entry(self, entry_id: int) -> Entry | None:
        """The message with this id, None once it has left."""
        if entry_id < 0:
            return self._not_on_disk.get(entry_id)
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM message WHERE id = ?", (entry_id,)).fetchone()  # noqa: S608
        return None if row is None else _entry(row)

    def waiting_events(self) -> list[tuple[int, Urgency]]:
        """Ids of all events that the platform has not confirmed, the most urgent first, then the oldest."""
        rows = self._connection.execute(
            "SELECT id, urgency FROM message WHERE urgency <= ? ORDER BY urgency, id", (Urgency.NOTICE,)
        )
        return [(entry_id, Urgency(urgency)) for entry_id, urgency in rows]

    def waiting_others(self, limit: int, after: Mapping[Urgency, int]) -> list[Entry]:
        """Up to `limit` messages that are no events, status before telemetry, the oldest first.

        Of each urgency only those with an id above the one in `after`, which is the last that was sent.
        """
        entries: list[Entry] = []
        for urgency in (Urgency.STATUS, Urgency.TELEMETRY):
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM message WHERE urgency = ? AND id > ? ORDER BY id LIMIT ?",  # noqa: S608
                (urgency, after.get(urgency, 0), limit - len(entries)),
            )
            entries += map(_entry, rows)
        return entries

    def lowest_others(self, limit: int) -> list[tuple[int, Urgency]]:
        """Ids of the messages that wait longest for their mark and for nothing else, confirmed events among them."""
        rows = self._connection.execute(
            "SELECT id, urgency FROM message WHERE urgency > ? ORDER BY id LIMIT ?", (Urgency.NOTICE, limit)
        )
        return [(entry_id, Urgency(urgency)) for entry_id, urgency in rows]

    def oldest(self, device: str, boot: int) -> int | None:
        """The lowest number of a device and boot that is still kept; None where nothing is."""
        row = self._connection.execute(
            "SELECT min(seq) FROM message WHERE device = ? AND boot = ?", (device, boot)
        ).fetchone()
        in_memory = chain(self._not_on_disk.values(), self._held.messages)
        kept = [entry.seq for entry in in_memory if (entry.device, entry.boot) == (device, boot)]
        return min([*kept, *(one for one in row if one is not None)], default=None)

    def confirm(self, device: str, boot: int, seq: int, *, is_stored: bool) -> int | None:
        """The platform has raised what this event asks for; its id, or None where it was confirmed before.

        It stays as history until a mark covers it; `is_stored` says that one has.
        """
        for entry in self._not_on_disk.values():
            if (entry.device, entry.boot, entry.seq) == (device, boot, seq):
                del self._not_on_disk[entry.id]
                return entry.id
        row = self._connection.execute(
            "SELECT id FROM message WHERE device = ? AND boot = ? AND seq = ? AND urgency <= ?",
            (device, boot, seq, Urgency.NOTICE),
        ).fetchone()
        if row is None:
            return None
        if is_stored:
            self.forget([row[0]])
        else:
            self._become_history(row[0])
        return int(row[0])

    def _become_history(self, entry_id: int) -> None:
        try:
            self._connection.execute("UPDATE message SET urgency = ? WHERE id = ?", (Urgency.CONFIRMED, entry_id))
        except sqlite3.Error as error:  # it is repeated, and confirmed once more
            _log.error("outbox_write_failed", error=str(error), messages=1)

    def forget(self, ids: Iterable[int]) -> None:
        """The platform has these messages."""
        self._delete("id = ?", [(entry_id,) for entry_id in ids])

    def forget_stored(self, marks: Mapping[tuple[str, int], int]) -> list[int]:
        """The platform has stored all of these devices and boots up to these numbers; the ids that left.

        An event without its `received` stays: history has it, and perhaps nobody was called.
        """
        return self._delete(
            "device = ? AND boot = ? AND seq <= ? AND urgency > ?",
            [(device, boot, seq, Urgency.NOTICE) for (device, boot), seq in marks.items()],
        )

    def give_up(self, ids: Iterable[int]) -> None:
        """The platform stores others and never these: it cannot read them."""
        self._count_given_up(
            len(self._delete("id = ? AND urgency > ?", [(one, Urgency.NOTICE) for one in ids])), "unread"
        )

    def give_up_old(self, now_ms: int) -> None:
        """Give up what is older than the limit, calls for help excepted."""
        with_age = [(now_ms - self._max_age_ms, Urgency.ALARM)]
        self._count_given_up(len(self._delete("queued_at < ? AND urgency > ?", with_age)), "age")

    def counts(self) -> dict[str, int]:
        """How many messages wait, by kind, and how many bytes they take."""
        rows = self._connection.execute("SELECT kind, count(*) FROM message GROUP BY kind")
        return {
            **dict(rows.fetchall()),
            "bytes": self._bytes,
            "not_on_disk": len(self._not_on_disk) + len(self._held.messages),
        }

    def _begin_boot(self, now_ms: int) -> int:
        row = self._connection.execute("SELECT value FROM meta WHERE name = 'boot'").fetchone()
        # Minutes of Unix time: a box whose disk was replaced goes on above its old numbers, so that its first press is
        # not taken for a repeat of an old one.
        boot = max((row[0] if row else 0) + 1, now_ms // _MS_PER_MINUTE)
        try:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('boot', ?)", (boot,))
        except sqlite3.Error as error:
            _log.error("outbox_write_failed", error=str(error), messages=0)
        return int(boot)

    def _count_bytes(self) -> int:
        row = self._connection.execute(
            "SELECT coalesce(sum(length(payload) + ?), 0) FROM message", (_ROW_BYTES,)
        ).fetchone()
        return int(row[0])

    def _numbered(self, message: Outgoing) -> Entry:
        seq = self.next_seq(message.device)
        payload = message.payload.model_copy(update={"boot": self.boot, "seq": seq})
        return Entry(0, message.device, self.boot, seq, message.kind, message.urgency, encode_payload(payload))

    def _write(
        self, entries: list[Entry], memories: Mapping[str, str], now_ms: int, taken: Sequence[Mark] = ()
    ) -> list[Entry]:
        written: list[Entry] = []
        self._connection.execute("BEGIN IMMEDIATE")
        for entry in entries:
            cursor = self._connection.execute(
                "INSERT INTO message (device, boot, seq, kind, urgency, queued_at, payload)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (entry.device, entry.boot, entry.seq, entry.kind, entry.urgency, now_ms, entry.payload),
            )
            written.append(_with_id(entry, cursor.lastrowid or 0))
        self._connection.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?)", list(memories.items()))
        self._taken.write(taken)
        self._connection.execute("COMMIT")
        self._bytes += sum(len(entry.payload) + _ROW_BYTES for entry in entries)
        return written

    def _write_held(self, now_ms: int) -> None:
        if self._held:
            messages = list(self._held.messages)
            self._write(messages, self._held.memories, now_ms)
            self._held.clear()
            _log.info("outbox_writes_again", messages=len(messages))

    def _keep_in_memory(self, entries: list[Entry], memories: Mapping[str, str]) -> list[Entry]:
        events = [_with_id(entry, next(self._next_negative)) for entry in entries if entry.urgency <= Urgency.NOTICE]
        self._not_on_disk.update((entry.id, entry) for entry in events)
        others = [entry for entry in entries if entry.urgency > Urgency.NOTICE]
        self._count_given_up(self._held.add(others, memories), "disk")
        return events

    def _make_room(self) -> None:
        """Thin the oldest readings, then give up what is missed least, until it fits; never a call for help."""
        while self._bytes > self._max_bytes and self._thin():
            pass
        given_up = 0
        for urgency in _GIVEN_UP_FIRST:
            while self._bytes > self._max_bytes:
                oldest = "id IN (SELECT id FROM message WHERE urgency = ? ORDER BY id LIMIT ?)"
                gone = len(self._delete(oldest, [(urgency, _GIVE_UP_AT_ONCE)]))
                if gone == 0:
                    break
                given_up += gone
        self._count_given_up(given_up, "size")

    def _thin(self) -> int:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            gone = len(thin(self._connection))
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            _log.error("outbox_write_failed", error=str(error), messages=0)
            return 0
        self._bytes = self._count_bytes()
        self._count_given_up(gone, "thinned")
        return gone

    def _count_given_up(self, messages: int, why: str) -> None:
        if messages:
            self.given_up += messages
            _log.warning("outbox_gave_up", messages=messages, reason=why, total=self.given_up)

    def _delete(self, where: str, parameters: Sequence[Sequence[object]]) -> list[int]:
        """Delete in one transaction; which. A disk that refuses only means that they are sent once more."""
        deleted: list[int] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for values in parameters:
                statement = f"DELETE FROM message WHERE {where} RETURNING id, length(payload)"  # noqa: S608
                rows = self._connection.execute(statement, tuple(values)).fetchall()
                deleted += [row[0] for row in rows]
                self._bytes -= sum(row[1] + _ROW_BYTES for row in rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            self._bytes = self._count_bytes()
            _log.error("outbox_write_failed", error=str(error), messages=len(parameters))
            return []
        return deleted

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _with_id(entry: Entry, entry_id: int) -> Entry:
    return Entry(entry_id, entry.device, entry.boot, entry.seq, entry.kind, entry.urgency, entry.payload)


def _entry(row: tuple[int, str, int, int, str, int, bytes, int | None]) -> Entry:
    entry_id, device, boot, seq, kind, urgency, payload, since = row
    return Entry(entry_id, device, boot, seq, Kind(kind), Urgency(urgency), payload, since)
