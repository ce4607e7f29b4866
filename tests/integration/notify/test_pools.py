"""One client over several pools: every request is answered, every connection closed, and a proxy is respected."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from carecircle_alerts.notify.pools import Pools, outgoing

_AT_ONCE = 64
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Peer:
    """Answers everything after a moment, and knows what it was asked and who is connected."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    connected: int = 0
    alone: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode().partition("\r\n")[0])
                await asyncio.sleep(0.01)
                writer.write(_ANSWER)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            self.connected -= 1
            writer.close()
            if not self.connected:
                self.alone.set()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.answer, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield peer


async def test_all_at_once_are_answered_and_nothing_stays_open(peer: Peer) -> None:
    async with httpx.AsyncClient(transport=Pools(), trust_env=False) as client:
        found = await asyncio.gather(
            *(client.get(f"http://127.0.0.1:{peer.port}/{number}") for number in range(3 * _AT_ONCE))
        )
        assert {one.status_code for one in found} == {200}
        assert len(peer.asked) == len(set(peer.asked)) == 3 * _AT_ONCE, "each once"
        assert peer.connected > 1, "they are kept for the next"
    async with asyncio.timeout(5):
        await peer.alone.wait()


async def test_a_proxy_of_the_environment_is_asked(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{peer.port}")
    async with outgoing(2.0) as client:
        assert (await client.get("http://gateway.example/sms")).status_code == 200
    assert peer.asked == ["GET http://gateway.example/sms HTTP/1.1"]
