"""A download whose reader stands still or goes away: what makes it is closed."""

import asyncio
from collections.abc import AsyncGenerator

import anyio
import pytest
from starlette.types import Message

from carecircle_console.persons import download
from carecircle_console.persons.download import Download


class Source:
    """Parts without end, which know whether they were closed."""

    def __init__(self) -> None:
        self.is_closed = False

    async def parts(self) -> AsyncGenerator[bytes]:
        try:
            while True:
                yield b"part"
        finally:
            await asyncio.sleep(0)  # as a transaction that is rolled back
            self.is_closed = True


async def _never(message: Message) -> None:
    if message["type"] == "http.response.body":
        await asyncio.Event().wait()


def test_who_takes_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "STALLED_S", 0.05)
    source = Source()
    answer = Download(source.parts(), "x.zip", "application/zip")
    with pytest.raises(TimeoutError):
        asyncio.run(answer.stream_response(_never))
    assert source.is_closed


def test_who_goes_away_ends_the_source_too() -> None:
    source = Source()
    answer = Download(source.parts(), "x.zip", "application/zip")

    async def gone() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(answer.stream_response, _never)
            await asyncio.sleep(0.05)
            group.cancel_scope.cancel()

    asyncio.run(gone())
    assert source.is_closed


def test_the_name_is_chinese_for_every_browser() -> None:
    answer = Download(Source().parts(), "%E4%B8%AA.zip", "application/zip")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E4%B8%AA.zip"
