"""The outbox's file: SQLite in WAL, written through to the disk, and what to do when it is broken or in use (I/O)."""

import sqlite3
import time
from pathlib import Path

import structlog

from carecircle.errors import Misconfigured

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memory (device TEXT PRIMARY KEY, kept TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device TEXT NOT NULL,
    boot INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    payload BLOB NOT NULL,
    since INTEGER,
    UNIQUE (device, boot, seq)
);
CREATE TABLE IF NOT EXISTS taken (id INTEGER PRIMARY KEY, mid INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS reserve (block BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS message_by_urgency ON message (urgency, id);
"""

_RESERVE_STEP = 1 << 17
"""Small, because a press that comes meanwhile waits for it."""

_log = structlog.get_logger()


def open_file(path: Path) -> sqlite3.Connection:
    """Open or create the outbox's database, for this process alone.

    A file that SQLite cannot read is moved aside and a new one begun: the box must be able to call for help with a
    broken disk. Raises `Misconfigured` where another process holds the file, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(path)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Misconfigured(f"CARECIRCLE_GATEWAY_OUTBOX: another process uses {path}; stop it first") from error
        raise Misconfigured(f"CARECIRCLE_GATEWAY_OUTBOX: {path} cannot be used: {error}") from error
    except OSError as error:
        raise Misconfigured(f"CARECIRCLE_GATEWAY_OUTBOX: {path.parent} cannot be made: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        aside = path.with_name(f"{path.name}.broken-{int(time.time())}")
        path.rename(aside)
        for left_over in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            left_over.unlink(missing_ok=True)
        _log.error("outbox_broken", moved_to=str(aside), error=str(error))
        return _connect(path)


def reserve_some(connection: sqlite3.Connection, room: int) -> bool:
    """Let the file grow by one step towards `room` bytes; False once it has them, when they become free pages.

    Raises `sqlite3.Error` where the disk has no room; what was taken until then is used all the same.
    """
    (taken,) = connection.execute(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    ).fetchone()
    try:
        if taken < room:
            connection.execute("INSERT INTO reserve VALUES (zeroblob(?))", (_RESERVE_STEP,))
            return True
    except sqlite3.OperationalError:
        connection.execute("DELETE FROM reserve")
        raise
    connection.execute("DELETE FROM reserve")
    return False


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level None: transactions begin and end where the code says so.
    connection = sqlite3.connect(path, isolation_level=None, timeout=1.0)
    try:
        # One process, so no shared memory file; FULL, because what we took has to survive the plug being pulled.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -2000")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        _take_over_old_file(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _take_over_old_file(connection: sqlite3.Connection) -> None:
    """A file of a box from before messages were thinned has no column for it."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(message)")]
    if "since" not in columns:
        connection.execute("ALTER TABLE message ADD COLUMN since INTEGER")
