"""The HTTP client: each question answered once, what went wrong told apart, nobody led elsewhere, nothing left open."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from carecircle_alerts.authorities import trusted_authorities
from carecircle_alerts.http_client import (
    ANSWER_BYTES,
    HttpClient,
    NotAnAddressError,
    UnansweredError,
    http_client,
)
from carecircle_alerts.public_addresses import NotPublicError

_AT_ONCE = 64
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Peer:
    """Answers everything after a moment, and knows what it was asked and who is connected."""

    port: int = 0
    says: bytes = _ANSWER
    hangs_up: bool = False
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    connected: int = 0
    most: int = 0
    alone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        self.most = max(self.most, self.connected)
        self.alone.clear()
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                self.heads.append(head)
                self.asked.append(head.partition("\r\n")[0])
                await asyncio.sleep(0.01)
                writer.write(self.says)
                await writer.drain()
                if self.hangs_up:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connected -= 1
            writer.close()
            if not self.connected:
                self.alone.set()


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.answer, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield peer


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with serving() as peer:
        yield peer


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with http_client(0.5) as client:
        yield client


async def test_all_at_once_are_answered_and_nothing_stays_open(peer: Peer) -> None:
    async with http_client(5) as client:
        found = await asyncio.gather(*(client.get(f"{peer.url}{number}") for number in range(3 * _AT_ONCE)))
        assert {(one.status, one.body) for one in found} == {(200, b"{}")}
        assert len(peer.asked) == len(set(peer.asked)) == 3 * _AT_ONCE, "each once"
        assert peer.most == _AT_ONCE, "nobody takes more than half of the places"
        assert peer.connected > 1, "they are kept for the next"
        peer.asked.clear()
    async with asyncio.timeout(5):
        await peer.alone.wait()


async def test_who_waits_for_a_place_in_vain_has_asked_nobody(peer: Peer, client: HttpClient) -> None:
    peer.says = b""
    asking = [asyncio.create_task(client.post(peer.url, b"", {})) for _ in range(_AT_ONCE + 1)]
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert len(peer.asked) == _AT_ONCE
    told = [(one.reason, one.may_be_taken) for one in found if isinstance(one, UnansweredError)]
    assert sorted(told) == [("ConnectTimeout", False), *[("ReadTimeout", True)] * _AT_ONCE]


async def test_what_is_not_out_is_told_from_what_may_be_taken(peer: Peer, client: HttpClient) -> None:
    async def ask(url: str) -> tuple[str, bool]:
        with pytest.raises(UnansweredError) as caught:
            await client.post(url, b"{}", {})
        return caught.value.reason, caught.value.may_be_taken

    assert await ask("http://127.0.0.1:1/") == ("ConnectError", False)
    assert await ask("http://nobody.invalid/") == ("ConnectError", False)
    assert await ask(f"https://127.0.0.1:{peer.port}/") == ("ConnectTimeout", False), "no handshake, no question"
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # what a full server does not take up never connects
            assert await ask(f"http://127.0.0.1:{port}/") == ("ConnectTimeout", False)
    peer.hangs_up = True
    for said in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"nonsense\r\n\r\n"):
        peer.says = said
        assert await ask(peer.url) == ("ReadError", True)
    peer.hangs_up = False
    for said in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"):
        peer.says = said
        assert await ask(peer.url) == ("ReadTimeout", True)


@pytest.mark.parametrize("url", ["", "no address", "ftp://127.0.0.1/", "http://[::1", "http:///x", "http://h:99999/"])
async def test_what_is_no_address_is_asked_nothing(client: HttpClient, url: str) -> None:
    with pytest.raises(NotAnAddressError):
        await client.get(url)


async def test_an_address_is_asked_as_it_was_written(peer: Peer, client: HttpClient) -> None:
    await client.get(f"{peer.url}a%2Fb?sign=a%2Fb%3D%2B&u=%7E%21&at=1;2")
    await client.get(f"{peer.url}路 1?x=照 护")
    assert peer.asked[0] == "GET /a%2Fb?sign=a%2Fb%3D%2B&u=%7E%21&at=1;2 HTTP/1.1", "signatures are over all of it"
    assert peer.asked[1] == "GET /%E8%B7%AF%201?x=%E7%85%A7+%E6%8A%A4 HTTP/1.1"


async def test_nobody_is_led_elsewhere_and_no_cookie_is_kept(peer: Peer, client: HttpClient) -> None:
    elsewhere = f"Location: {peer.url}other\r\nSet-Cookie: a=b\r\nRetry-After: 7"
    peer.says = f"HTTP/1.1 302 Found\r\n{elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
    for _ in range(2):
        answer = await client.post(peer.url, b"", {"X-Key": "k"})
        assert (answer.status, answer.is_success, answer.headers["retry-after"]) == (302, False, "7")
    assert peer.asked == ["POST / HTTP/1.1"] * 2
    assert all("X-Key: k" in head and "ookie" not in head for head in peer.heads)


async def test_of_an_answer_without_end_the_beginning_is_read(peer: Peer, client: HttpClient) -> None:
    piece = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    peer.says = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + piece * 1000
    answer = await client.get(peer.url)
    assert answer.body == b"x" * ANSWER_BYTES
    async with asyncio.timeout(5):
        await peer.alone.wait()  # the rest is not waited for


async def test_a_small_answer_that_unpacks_to_a_large_one_is_read_as_far_as_the_others(
    peer: Peer, client: HttpClient
) -> None:
    packed = gzip.compress(bytes(64 * 1024 * 1024))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    peer.says = head.encode() + packed
    assert (await client.get(peer.url)).body == bytes(ANSWER_BYTES)
    assert "Accept-Encoding: identity" in peer.heads[0], "it was not asked for"


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
async def test_a_proxy_of_the_environment_is_asked(peer: Peer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, f"http://user:secret@127.0.0.1:{peer.port}")
    monkeypatch.setenv("no_proxy", "near.invalid")
    async with http_client(2.0) as client:
        assert (await client.get("http://gateway.example/sms")).status == 200
        with pytest.raises(UnansweredError, match="ConnectError"):
            await client.get("http://near.invalid/sms")
    assert peer.asked == ["GET http://gateway.example/sms HTTP/1.1"]
    assert "Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=" in peer.heads[0]


async def test_a_proxy_that_refuses_has_handed_nothing_on(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{peer.port}")
    peer.says = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    async with http_client(2.0) as client:
        with pytest.raises(UnansweredError) as caught:
            await client.post("https://gateway.example/sms", b"", {})
    assert (caught.value.reason, caught.value.may_be_taken) == ("ProxyError", False)
    assert peer.asked == ["CONNECT gateway.example:443 HTTP/1.1"]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A server's certificate for `outside.example`, which its authority's file in SSL_CERT_FILE vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=outside.example")
    begins, names = datetime.now(UTC) - timedelta(minutes=1), [x509.DNSName("outside.example")]
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "authority.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "server.pem").write_bytes(pem + signed.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    trusted_authorities.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    yield context
    trusted_authorities.cache_clear()


@dataclass
class Names:
    """What the resolver says, and which addresses are connected to; all of them are this machine in truth."""

    port: int = 0
    known: dict[str, list[str]] = field(default_factory=dict)
    connected_to: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    connect = asyncio.selector_events.BaseSelectorEventLoop.sock_connect

    async def sock_connect(
        loop: asyncio.selector_events.BaseSelectorEventLoop, sock: socket.socket, address: tuple[str, int]
    ) -> None:
        names.connected_to.append(address[:2])
        await connect(loop, sock, ("127.0.0.1", names.port))

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in names.known[host]]

    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", sock_connect)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


async def test_what_people_type_in_leads_to_public_addresses_only(names: Names, certificate: ssl.SSLContext) -> None:
    names.known = {
        "inside.example": ["10.0.0.7"], "both.example": ["1.1.1.1", "127.0.0.1"], "2130706433.example": ["127.0.0.1"],
        "outside.example": ["1.1.1.1"], "wrong.example": ["1.0.0.1"],
    }  # fmt: skip
    async with serving(certificate) as peer, http_client(5, only_public=True) as client:
        names.port = peer.port
        for host in ("127.0.0.1", "[::1]", "[::ffff:10.0.0.7]", "169.254.169.254", "[fe80::1%25eth0]", *names.known):
            if host in {"outside.example", "wrong.example"}:
                continue
            for scheme in ("http", "https"):
                with pytest.raises(NotPublicError):
                    await client.post(f"{scheme}://{host}:5432/", b"", {})
        for odd in ("http://2130706433/", "http://127.1/"):
            with pytest.raises(NotAnAddressError):
                await client.post(odd, b"", {})
        assert (names.connected_to, peer.asked) == ([], [])
        assert (await client.post("https://outside.example/hook", b"", {})).status == 200
        assert names.connected_to == [("1.1.1.1", 443)], "what was checked is what is connected to"
        assert "Host: outside.example\r\n" in peer.heads[0]
        with pytest.raises(UnansweredError, match="ConnectError"):
            await client.post("https://wrong.example/hook", b"", {})  # the certificate is checked against the name
        assert len(peer.asked) == 1


async def test_a_name_that_leads_inside_later_is_refused_then(names: Names, peer: Peer) -> None:
    names.known, names.port, peer.hangs_up = {"moves.example": ["1.1.1.1"]}, peer.port, True
    async with http_client(5, only_public=True) as client:
        assert (await client.get("http://moves.example/")).status == 200
        names.known = {"moves.example": ["192.168.1.1"]}
        with pytest.raises(NotPublicError):
            await client.get("http://moves.example:8080/")
        assert (await client.get("http://moves.example/")).status == 200, "what was found a moment ago was checked"
    assert {address for address, _port in names.connected_to} == {"1.1.1.1"}


async def test_what_people_type_in_goes_past_a_proxy_which_would_hide_where_it_leads(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("http_proxy", peer.url)
    async with http_client(2.0, only_public=True) as client:
        with pytest.raises(NotPublicError):
            await client.get("http://10.0.0.7/")
    assert peer.asked == []
