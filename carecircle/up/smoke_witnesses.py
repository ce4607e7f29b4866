"""Witnesses of a smoke run, who only look on: the committed row, the dispatcher's stream, the receiver outside (I/O).

Each is a thread. Every time is this machine's wall clock in Unix seconds, taken when the witness has it in hand, so
that a figure holds the witness's own delay too and is never better than the truth.
"""

import json
import os
import threading
import time
from pathlib import Path

import httpx
import psycopg

from carecircle.errors import Unavailable

_READY_S = 20.0
_POLL_S = 0.2
_OURS = {"X-CareCircle": "1"}
# Rows get their number before they are committed: look back over those that may have been overtaken.
_OVERTAKEN = 500


class Witness(threading.Thread):
    """Watches until `is_over` is set; an error that it meets is raised by `check` in the thread that asks."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.is_ready = threading.Event()
        self.is_over = threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        """Watch, and keep the error for whoever asks."""
        try:
            self.watch()
        except Exception as error:  # noqa: BLE001 - raised again by `check`
            self._error = error
            self.is_ready.set()

    def watch(self) -> None:
        """Look on; sets `is_ready` once it sees."""
        raise NotImplementedError

    def begin(self) -> None:
        """Start, and wait until it sees; raises `Unavailable` where it does not."""
        self.start()
        if not self.is_ready.wait(_READY_S):
            raise Unavailable(f"{self.name} saw nothing within {_READY_S:.0f} s")
        self.check()

    def check(self) -> None:
        """Raise what went wrong here, if anything did."""
        if self._error and not self.is_over.is_set():
            raise Unavailable(f"{self.name}: {type(self._error).__name__}: {self._error}") from self._error


class DatabaseWitness(Witness):
    """Sees a row once it is committed: woken by the database's notification, looks with a connection of its own."""

    def __init__(self, admin_url: str) -> None:
        super().__init__("the look into the database")
        self.committed: dict[str, float] = {}
        self.incident_of_bed: dict[str, str] = {}
        self._admin_url = admin_url

    def watch(self) -> None:
        """Look after every notification, and five times a second in case one is lost."""
        latest = 0
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute("listen incident_event")
            self.is_ready.set()
            while not self.is_over.is_set():
                rows = connection.execute(
                    "select event.id, event.incident_id::text, incident.bed_id from incident_event event"
                    " join incident on incident.id = event.incident_id where event.id > %s order by event.id",
                    [latest - _OVERTAKEN],
                ).fetchall()
                now = time.time()
                for number, incident, bed in rows:
                    latest = max(latest, number)
                    self.committed.setdefault(incident, now)
                    self.incident_of_bed[bed] = incident
                for _notification in connection.notifies(timeout=_POLL_S, stop_after=1):
                    pass


class StreamWitness(Witness):
    """A dispatcher with the console open: signed in over HTTP, listening to the stream of events."""

    def __init__(self, console_url: str, password: str) -> None:
        super().__init__("the dispatcher's stream")
        self.shown: dict[str, float] = {}
        self.accepted: dict[str, float] = {}
        self._url = console_url
        self._password = password

    def watch(self) -> None:
        """Sign in and read the stream as a browser does."""
        with httpx.Client(base_url=self._url, timeout=10, trust_env=False) as client:
            form = {"login": "dispatcher", "password": self._password}
            client.post("/api/session", json=form, headers=_OURS).raise_for_status()
            with client.stream("GET", "/api/stream") as stream:
                stream.raise_for_status()
                name = ""
                for line in stream.iter_lines():
                    if line.startswith("event:"):
                        name = line.removeprefix("event:").strip()
                    elif line.startswith("data:"):
                        self._take(name, json.loads(line.removeprefix("data:")))
                    if self.is_over.is_set():
                        return

    def _take(self, name: str, document: dict[str, object]) -> None:
        now = time.time()
        self.is_ready.set()
        incidents = document.get("incidents") if name == "snapshot" else [document.get("incident")]
        for incident in incidents if isinstance(incidents, list) else []:
            if isinstance(incident, dict):
                self.shown.setdefault(str(incident["id"]), now)
                if incident["accepted_at"]:
                    self.accepted.setdefault(str(incident["id"]), now)


class OutsideWitness(Witness):
    """What has reached people: the times are the receiver's, who takes them before it does anything else."""

    def __init__(self, world_url: str, admin_url: str) -> None:
        super().__init__("the receiver outside")
        self.offered: dict[str, float] = {}
        self.family_told: dict[str, float] = {}
        self._url = world_url
        self._admin_url = admin_url

    def watch(self) -> None:
        """Ask the inbox what came since; mail names no incident, so the outbox is asked whose it was."""
        after = 0
        with (
            httpx.Client(base_url=self._url, timeout=10, trust_env=False) as client,
            psycopg.connect(self._admin_url, autocommit=True) as connection,
        ):
            while not self.is_over.is_set():
                answer = client.get("/inbox.json", params={"after": after}).raise_for_status()
                for arrival in answer.json()["arrivals"]:
                    after = arrival["number"]
                    row = connection.execute(
                        "select incident_id::text, audience from message where id = %s", [arrival["message_id"]]
                    ).fetchone()
                    if row:
                        told = {"offer": self.offered, "family": self.family_told}.get(row[1], {})
                        told.setdefault(row[0], arrival["received_at"])
                self.is_ready.set()
                time.sleep(_POLL_S)


class DiskWitness(Witness):
    """Writes 8 KiB to the same disk again and again, as a commit does, and notes the longest wait in ms.

    Every stage waits for the disk at least once, so a press cannot be quicker than this disk is at that moment.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__("the disk's witness")
        self._file = folder / "disk-witness"
        self.worst_ms = 0.0

    def watch(self) -> None:
        """Write and wait, twenty times a second."""
        page = b"\0" * 8192
        with self._file.open("wb", buffering=0) as file:
            while not self.is_over.is_set():
                file.seek(0)
                file.write(page)
                began = time.perf_counter()
                os.fdatasync(file.fileno())
                self.worst_ms = max(self.worst_ms, (time.perf_counter() - began) * 1000)
                self.is_ready.set()
                self.is_over.wait(0.05)
