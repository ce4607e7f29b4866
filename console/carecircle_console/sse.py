"""Server-sent events: how an event is written, and the response that carries one client's stream (I/O)."""

import asyncio
import contextlib
from typing import Protocol

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

# A client that takes nothing for this long has gone, even if its connection has not noticed.
_STUCK_S = 30.0


def encode_event(name: str, body: BaseModel, number: int | None = None) -> bytes:
    """One event as the wire has it; made once and shared by every client that gets it."""
    head = b"" if number is None else b"id: %d\n" % number
    return head + b"event: " + name.encode() + b"\ndata: " + body.model_dump_json().encode() + b"\n\n"


class Feed(Protocol):
    """Where a response takes its bytes from."""

    async def next_chunk(self) -> bytes | None:
        """What to send next, waiting for it; None when the stream is over."""
        ...

    def leave(self) -> None:
        """The client has gone."""
        ...


class EventStream(Response):
    """A response that goes on until the client or the console leaves; one small task beside it notices the client."""

    media_type = "text/event-stream"

    def __init__(self, feed: Feed, status_code: int = 200) -> None:
        super().__init__(status_code=status_code, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        # The length is not known, and Response has set one for its empty body.
        del self.headers["content-length"]
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the feed is over."""
        del scope
        watcher = asyncio.create_task(self._watch(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while (chunk := await self._feed.next_chunk()) is not None:
                async with asyncio.timeout(_STUCK_S):
                    await send(_body(chunk, more=True))
            await send(_body(b"", more=False))
        except TimeoutError:
            # A stream that ends without its last chunk tells the client to come back, should it still be there.
            await send(_body(b"", more=False))
        finally:
            self._feed.leave()
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._feed.leave()


def _body(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}
