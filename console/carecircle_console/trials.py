"""Trials: replays of history under changed rules, each a job in a process of its own (I/O)."""

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from carecircle.clock import Clock
from carecircle_console.alarm_views import ToTry, Trial
from carecircle_console.jobs import Jobs
from carecircle_console.programs import Progress, run_program


class Trials(Jobs[Trial]):
    """The trials of this process."""

    def __init__(self, database_url: str, clock: Clock) -> None:
        super().__init__()
        self._url = database_url
        self._clock = clock

    def begin(self, wanted: ToTry, by_name: str) -> Trial:
        """Begin one; raises `Conflict` while another is running."""
        trial = Trial(
            id=uuid4(), area=wanted.area, bed=wanted.bed, days=wanted.days, by_name=by_name,
            started_at=self._clock.now(),
        )  # fmt: skip
        return self.start(trial, partial(self._replay, wanted))

    async def _replay(self, wanted: ToTry, on_progress: Progress) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            change = Path(folder) / "change.json"
            change.write_text(json.dumps({"change": [one.model_dump() for one in wanted.change]}), "utf-8")
            output = await run_program(_arguments(wanted, change), self._url, on_progress)
        found: dict[str, Any] = json.loads(output)
        return found


def _arguments(wanted: ToTry, change: Path) -> list[str]:
    found = ["rules", "replay", "--json", "--for-program", "--days", str(wanted.days), "--area", wanted.area]
    found += ["--bed", wanted.bed] if wanted.bed is not None else []
    return [*found, "--change", str(change)] if wanted.change else found
