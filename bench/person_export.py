"""How much memory the export of a person with a million readings takes, and what others wait meanwhile.

The console is its own process on a real database; the reader throws the file away. Each ratio is within this run:
`memory_ratio`, the growth of the console's memory by a million rows over that by ten thousand (1 would be perfect: it
does not grow with the rows); `wait_ratio`, the p95 of another request during the long export over that before it. Last
line of standard output: one JSON object.
"""

import json
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx

from bench.console_stream import console_of, percentile, resident_kb
from carecircle.runtime.install import ensure_runtime
from tests.console_world import OUR_PAGES, PASSWORD, people
from tests.servers import new_own_database

FEW, MANY = 10_000, 1_000_000
LOOK_S = 0.05
VITALS = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, quality, heart_rate, respiratory_rate, spo2,
    movement, in_bed, presence)
select now() - n * interval '1 minute', now(), %s, 'mat', 1, n, 0.9, 60 + n %% 40, 14, 95, 0.2, true, true
from generate_series(1, %s) n
"""


class Looking:
    """Looks at the console's memory and asks it something small, again and again, until the block ends."""

    def __init__(self, pid: int, client: httpx.Client) -> None:
        self.highest_kb = resident_kb(pid)
        self.took: list[float] = []
        self._pid, self._client, self._over = pid, client, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(LOOK_S):
            self.highest_kb = max(self.highest_kb, resident_kb(self._pid))
            began = time.perf_counter()
            self._client.get("/api/me").raise_for_status()
            self.took.append(time.perf_counter() - began)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def take_out(client: httpx.Client, resident: str) -> tuple[int, float]:
    """Ask for the export of a resident and read it; its bytes, and how long it took in seconds."""
    asked = client.post(f"/api/persons/resident/{resident}/exports", json={"reason": "bench"})
    asked.raise_for_status()
    began, size = time.perf_counter(), 0
    with client.stream("GET", f"/api/person-exports/{asked.json()['id']}/archive.zip", timeout=600) as answer:
        answer.raise_for_status()
        for part in answer.iter_raw():
            size += len(part)
    return size, time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        scene = people(database)
        scene.run(VITALS, "bed-2", FEW)
        scene.run(VITALS, "bed-1", MANY)
        with ExitStack() as end:
            end.callback(database.stop)
            port, console = end.enter_context(console_of(database))
            address = f"http://127.0.0.1:{port}"
            with (
                httpx.Client(base_url=address, headers=OUR_PAGES) as client,
                httpx.Client(base_url=address, headers=OUR_PAGES) as other,
            ):
                for login, one in (("administrator", client), ("dispatcher", other)):
                    one.post("/api/session", json={"login": login, "password": PASSWORD}).raise_for_status()
                take_out(client, "resident-bed-2")  # what is loaded once is loaded now
                before = resident_kb(console.pid)
                with Looking(console.pid, other) as quiet:
                    time.sleep(5)
                with Looking(console.pid, other) as few:
                    take_out(client, "resident-bed-2")
                with Looking(console.pid, other) as many:
                    size, took_s = take_out(client, "resident-bed-1")
    grown_few, grown_many = max(few.highest_kb - before, 1024), max(many.highest_kb - before, 1024)
    figures = {
        "rows": MANY,
        "zip_mb": round(size / 1e6, 1),
        "seconds": round(took_s, 1),
        "rows_a_second": round(MANY / took_s),
        "grown_mb_few": round(grown_few / 1024, 1),
        "grown_mb_many": round(grown_many / 1024, 1),
        "memory_ratio": round(grown_many / grown_few, 1),
        "me_ms_p95_before": percentile(quiet.took, 0.95),
        "me_ms_p95_during": percentile(many.took, 0.95),
        "wait_ratio": round(percentile(many.took, 0.95) / percentile(quiet.took, 0.95), 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
