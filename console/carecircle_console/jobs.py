"""Jobs: long computations that people start and look at again, each in a process of its own (in memory).

One of a kind at a time, and for a quarter of an hour at most. The last twenty are remembered until this process ends;
who loses one starts it again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import structlog
from pydantic import Field

from carecircle.errors import Conflict, NotFound
from carecircle_console.programs import ProgramError, Progress
from carecircle_console.wire import Time, Wire

_LONGEST_S = 15 * 60
_REMEMBERED = 20

_log = structlog.get_logger()


class Job(Wire):
    """A computation: whose it is, how far it is, and what came of it. `report` is there once it is `done`."""

    id: UUID
    area: str
    by_name: str
    started_at: Time
    state: Literal["running", "done", "failed", "stopped"] = "running"
    beds_done: Annotated[int, Field(ge=0)] = 0
    beds: Annotated[int, Field(ge=0)] = 0
    error: str | None = None
    report: dict[str, Any] | None = None


ShownJob = TypeVar("ShownJob", bound=Job)
Work = Callable[[Progress], Awaitable[dict[str, Any]]]


@dataclass(slots=True)
class _Running(Generic[ShownJob]):
    """One as it goes on: what is shown of it now, and who works on it."""

    shown: ShownJob
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def now(self, **values: Any) -> None:
        """Show other values from now on."""
        self.shown = self.shown.model_copy(update=values)


class Jobs(Generic[ShownJob]):
    """The jobs of one kind of this process. Whether somebody may see an area is the caller's to check."""

    def __init__(self) -> None:
        self._jobs: dict[UUID, _Running[ShownJob]] = {}

    def start(self, shown: ShownJob, work: Work) -> ShownJob:
        """Begin one; raises `Conflict` while another is running."""
        for one in self._jobs.values():
            if one.shown.state == "running":
                raise Conflict(f"{one.shown.by_name}的试算正在进行，请稍后再试")
        job = _Running(shown)
        self._jobs[shown.id] = job
        while len(self._jobs) > _REMEMBERED:
            del self._jobs[next(iter(self._jobs))]
        job.task = asyncio.create_task(_run(job, work))
        return job.shown

    def listed(self, area: str) -> list[ShownJob]:
        """Those within an area, newest first, without their reports."""
        mine = [one.shown for one in self._jobs.values() if one.shown.area.startswith(area)]
        return [one.model_copy(update={"report": None}) for one in reversed(mine)]

    def one(self, job_id: UUID, area: str) -> ShownJob:
        """One within an area; raises `NotFound`."""
        return self._of(job_id, area).shown

    def stop(self, job_id: UUID, area: str) -> None:
        """End one that nobody waits for any more."""
        job = self._of(job_id, area)
        if job.task is not None:
            job.task.cancel()

    async def close(self) -> None:
        """End all of them."""
        tasks = [one.task for one in self._jobs.values() if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _of(self, job_id: UUID, area: str) -> _Running[ShownJob]:
        job = self._jobs.get(job_id)
        if job is None or not job.shown.area.startswith(area):
            raise NotFound("没有这次试算，或不在您的可见范围内")
        return job


async def _run(job: _Running[ShownJob], work: Work) -> None:
    try:
        async with asyncio.timeout(_LONGEST_S):
            report = await work(lambda done, everything: job.now(beds_done=done, beds=everything))
        job.now(report=report, state="done")
    except TimeoutError:
        job.now(state="failed", error="试算超过15分钟，请减少天数或范围")
    except asyncio.CancelledError:
        job.now(state="stopped")
        raise
    except ProgramError as error:
        job.now(state="failed", error=str(error) or "试算失败")
    except (OSError, ValueError) as error:
        job.now(state="failed", error="试算失败")
        _log.exception("trial_failed", error=type(error).__name__)
