"""A small HTTP/1.1 server for the loopback interface: enough for webhooks and a page, nothing more (I/O)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import structlog

_MAX_BODY_BYTES = 256 * 1024
_IDLE_S = 120.0
# The other side left, or never spoke HTTP: the conversation is over without anybody to tell.
_OVER = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, TimeoutError)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"


Handler = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def serve_http(handler: Handler, host: str, port: int) -> AsyncIterator[int]:
    """Listen and answer with `handler` as long as the context lasts; gives the port, also where 0 asked for any.

    A connection is kept open until it has been idle for two minutes.
    """
    conversations: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(*_OVER):
                while request := await asyncio.wait_for(_read(reader), _IDLE_S):
                    writer.write(_encode(await _answer(handler, request)))
                    await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(converse(reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    server = await asyncio.start_server(meet, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def _answer(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except Exception as error:  # noqa: BLE001 - one bad request must not end the connection of the next
        _log.error("request_failed", path=request.path, error=type(error).__name__)
        return Response(500, b'{"error":"internal"}')


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None where the connection ends, or where it asks for what this server does not do."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    words = start.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    length = headers.get("content-length", "0")
    if len(words) != 3 or not length.isdigit() or int(length) > _MAX_BODY_BYTES:  # noqa: PLR2004 - method, target, version
        return None
    body = await reader.readexactly(int(length))
    target = urlsplit(words[1])
    return Request(words[0], target.path, parse_qs(target.query), headers, body)


def _encode(response: Response) -> bytes:
    head = (
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
        f"Content-Type: {response.content_type}\r\nContent-Length: {len(response.body)}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n"
    )
    return head.encode("latin-1") + response.body
