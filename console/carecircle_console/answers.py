"""Answers: a process that keeps the roads in memory and answers one question about coverage after another (I/O).

It is started by the first question and ended after ten quiet minutes. A question that is given up ends it too, so that
no answer is ever taken for that of another question.
"""

import asyncio
import contextlib
import json
from typing import Any

from carecircle.errors import Conflict, NotFound, Unavailable
from carecircle_console.programs import start_program

_LONGEST_S = 60
_WAITS_S = 10
_QUIET_S = 600


class Answers:
    """One question at a time."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._end_later: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def ask(self, question: dict[str, object]) -> dict[str, Any]:
        """The answer. Raises `NotFound` with the reason for what has none, `Conflict` while others take too long."""
        try:
            async with asyncio.timeout(_WAITS_S):
                await self._turn.acquire()
        except TimeoutError:
            raise Conflict("正在计算另一个问题，请稍后再试") from None
        try:
            async with asyncio.timeout(_LONGEST_S):
                said = await self._exchange(question)
        except TimeoutError:
            self._end()
            raise Unavailable("计算超过1分钟，已停止") from None
        except BaseException:
            self._end()
            raise
        finally:
            self._turn.release()
        if "refused" in said:
            raise NotFound(said["refused"])
        answer: dict[str, Any] = said["answer"]
        return answer

    async def close(self) -> None:
        """End the process, and wait for its end; who still waits for an answer is told that there is none."""
        self._is_closed = True
        process = self._process
        self._end()
        if process is not None:
            await process.wait()

    async def _exchange(self, question: dict[str, object]) -> dict[str, Any]:
        if self._end_later is not None:
            self._end_later.cancel()
        if self._process is None or self._process.returncode is not None:
            self._process = await start_program(["coverage", "answer-questions"], self._url)
        if self._is_closed:
            raise Unavailable("服务正在停止")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            await self._process.stdin.drain()
            line = await self._process.stdout.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise Unavailable("计算进程中断，请重试")
        self._end_later = asyncio.get_running_loop().call_later(_QUIET_S, self._end)
        said: dict[str, Any] = json.loads(line)
        return said

    def _end(self) -> None:
        if self._end_later is not None:
            self._end_later.cancel()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        self._process = None
