"""Programs: our own commands as processes beside the console, so that long work does not make it slow (I/O)."""

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import Callable, Sequence

Progress = Callable[[int, int], None]

_PROGRESS = re.compile(rb"(\d+)/(\d+)\s*")
_PROGRAM = "from carecircle.cli import main; main()"
_TOLD = 300
# The console's own secrets are none of another program's business; these settings are no secrets.
_PASSED_ON = ("CARECIRCLE_ROADS_FILE",)


class ProgramError(ValueError):
    """What a program said before it gave up."""


async def run_program(
    arguments: Sequence[str], database_url: str, on_progress: Progress = lambda _done, _all: None
) -> bytes:
    """Run `carecircle` with these arguments; returns what it printed.

    Lines `done/all` of its standard error are its progress. Whoever cancels this ends the process. Raises
    `ProgramError`.
    """
    process = await _start(arguments, database_url, asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        output, said = await asyncio.gather(process.stdout.read(), _follow(process, on_progress))
        await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode != 0:
        raise ProgramError(said[-_TOLD:])
    return output


async def start_program(arguments: Sequence[str], database_url: str) -> asyncio.subprocess.Process:
    """Start `carecircle` with these arguments, to be talked with; what it says on standard error goes to our own."""
    return await _start(arguments, database_url, asyncio.subprocess.PIPE, None)


async def _start(
    arguments: Sequence[str], database_url: str, stdin: int, stderr: int | None
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROGRAM, *arguments, env=_environment(database_url), stdin=stdin,
        stdout=asyncio.subprocess.PIPE, stderr=stderr, limit=1 << 24,
    )  # fmt: skip


def _environment(database_url: str) -> dict[str, str]:
    found = {
        name: value for name, value in os.environ.items() if not name.startswith("CARECIRCLE_") or name in _PASSED_ON
    }
    return {**found, "CARECIRCLE_DATABASE_URL": database_url}


async def _follow(process: asyncio.subprocess.Process, on_progress: Progress) -> str:
    """Take the progress; returns what else was said, which is why it failed."""
    assert process.stderr is not None
    others: list[str] = []
    async for line in process.stderr:
        progress = _PROGRESS.fullmatch(line)
        if progress is not None:
            on_progress(int(progress[1]), int(progress[2]))
        else:
            others.append(line.decode(errors="replace").strip())
    return "\n".join(others)
