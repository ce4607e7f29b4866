"""Trials: replays of history under changed rules, each a process of its own so that the console stays quick (I/O).

One at a time and for a quarter of an hour at most: a replay reads days of every bed. The last twenty are remembered
until this process ends; who loses one starts it again.
"""

import asyncio
import contextlib
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import structlog

from carecircle.clock import Clock
from carecircle.errors import Conflict, NotFound
from carecircle_console.alarm_views import ToTry, Trial

_LONGEST_S = 15 * 60
_REMEMBERED = 20
_PROGRESS = re.compile(rb"(\d+)/(\d+)\s*")
_PROGRAM = "from carecircle.cli import main; main()"
_TOLD = 300

_log = structlog.get_logger()


@dataclass(slots=True)
class _Running:
    """One trial as it goes on: what is shown of it now, and who works on it."""

    shown: Trial
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def now(self, **values: Any) -> None:
        """Show other values from now on."""
        self.shown = self.shown.model_copy(update=values)


class Trials:
    """The trials of this process. Whether somebody may see an area is the caller's to check."""

    def __init__(self, database_url: str, clock: Clock) -> None:
        self._url = database_url
        self._clock = clock
        self._trials: dict[UUID, _Running] = {}

    def start(self, wanted: ToTry, by_name: str) -> Trial:
        """Begin one; raises `Conflict` while another is running."""
        for one in self._trials.values():
            if one.shown.state == "running":
                raise Conflict(f"{one.shown.by_name}的试算正在进行，请稍后再试")
        trial = _Running(
            Trial(
                id=uuid4(), area=wanted.area, bed=wanted.bed, days=wanted.days, by_name=by_name,
                started_at=self._clock.now(), state="running", beds_done=0, beds=0, error=None, report=None,
            )
        )  # fmt: skip
        self._trials[trial.shown.id] = trial
        while len(self._trials) > _REMEMBERED:
            del self._trials[next(iter(self._trials))]
        trial.task = asyncio.create_task(self._run(trial, wanted))
        return trial.shown

    def listed(self, area: str) -> list[Trial]:
        """Those within an area, newest first, without their reports."""
        mine = [one.shown for one in self._trials.values() if one.shown.area.startswith(area)]
        return [one.model_copy(update={"report": None}) for one in reversed(mine)]

    def one(self, trial_id: UUID, area: str) -> Trial:
        """One within an area; raises `NotFound`."""
        return self._of(trial_id, area).shown

    def stop(self, trial_id: UUID, area: str) -> None:
        """End one that nobody waits for any more."""
        trial = self._of(trial_id, area)
        if trial.task is not None:
            trial.task.cancel()

    async def close(self) -> None:
        """End all of them."""
        tasks = [one.task for one in self._trials.values() if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _of(self, trial_id: UUID, area: str) -> _Running:
        trial = self._trials.get(trial_id)
        if trial is None or not trial.shown.area.startswith(area):
            raise NotFound("没有这次试算，或不在您的可见范围内")
        return trial

    async def _run(self, trial: _Running, wanted: ToTry) -> None:
        try:
            async with asyncio.timeout(_LONGEST_S):
                await self._replay(trial, wanted)
        except TimeoutError:
            trial.now(state="failed", error="试算超过15分钟，请减少天数或范围")
        except asyncio.CancelledError:
            trial.now(state="stopped")
            raise
        except (OSError, ValueError) as error:
            trial.now(state="failed", error="试算失败")
            _log.exception("trial_failed", error=type(error).__name__)

    async def _replay(self, trial: _Running, wanted: ToTry) -> None:
        with tempfile.TemporaryDirectory() as folder:
            change = Path(folder) / "change.json"
            change.write_text(json.dumps({"change": [one.model_dump() for one in wanted.change]}), "utf-8")
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _PROGRAM, *_arguments(wanted, change),
                env=self._environment(), stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=1 << 24,
            )  # fmt: skip
            try:
                assert process.stdout is not None
                output, said = await asyncio.gather(process.stdout.read(), _follow(process, trial))
                await process.wait()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            trial.now(state="failed", error=said[-_TOLD:] or "试算失败")
            return
        trial.now(report=json.loads(output), state="done")

    def _environment(self) -> dict[str, str]:
        # The console's own secrets are none of a replay's business.
        others = {name: value for name, value in os.environ.items() if not name.startswith("CARECIRCLE_")}
        return {**others, "CARECIRCLE_DATABASE_URL": self._url}


def _arguments(wanted: ToTry, change: Path) -> list[str]:
    found = ["rules", "replay", "--json", "--for-program", "--days", str(wanted.days), "--area", wanted.area]
    found += ["--bed", wanted.bed] if wanted.bed is not None else []
    return [*found, "--change", str(change)] if wanted.change else found


async def _follow(process: asyncio.subprocess.Process, trial: _Running) -> str:
    """Take the progress; returns what else was said, which is why it failed."""
    assert process.stderr is not None
    others: list[str] = []
    async for line in process.stderr:
        progress = _PROGRESS.fullmatch(line)
        if progress is not None:
            trial.now(beds_done=int(progress[1]), beds=int(progress[2]))
        else:
            others.append(line.decode(errors="replace").strip())
    return "\n".join(others)
