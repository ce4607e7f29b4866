"""Download: a streamed answer whose source is closed at once when its reader goes away or stands still (I/O)."""

import asyncio
from collections.abc import AsyncGenerator

import anyio
from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

STALLED_S = 120
"""A reader who takes nothing for so long holds a connection of the pool for nothing (engineering proposal)."""


class Download(StreamingResponse):
    """A file of unknown length. What made it is closed, shielded, whatever ended the answer."""

    def __init__(self, parts: AsyncGenerator[bytes], name: str, media_type: str) -> None:
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        super().__init__(parts, media_type=media_type, headers=headers)
        self._parts = parts

    async def stream_response(self, send: Send) -> None:
        """Send it; a reader who stands still is left."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(STALLED_S):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        finally:
            with anyio.CancelScope(shield=True):
                await self._parts.aclose()
