"""HTTP client: the one way in which a process asks other people's servers over HTTP (I/O).

What becomes of a question has three names: an `Answer`; `UnansweredError`, which says whether the question may have
been taken; `NotAnAddressError`. Nobody is led elsewhere: redirects are answers like others, cookies are thrown away.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from carecircle_alerts.authorities import trusted_authorities
from carecircle_alerts.public_addresses import NotPublicError, PublicNames, public_socket

ANSWER_BYTES = 16 * 1024
"""More than any provider has to say about one message."""
_CONNECTIONS = 128
_CONNECTIONS_TO_ONE = 64  # as many messages as the busiest channel hands over at once: nobody takes all the places
# Servers close what has been idle, gunicorn after 2 s, uvicorn and Node after 5 s, as they are delivered; of a message
# that meets a connection's end nobody knows whether it was taken.
_KEPT_S = 1.5
_OK, _NOT_OK_ANY_MORE = 200, 300
_HEADERS = {"User-Agent": "CareCircle", "Accept": "*/*", "Accept-Encoding": "identity"}
# What is an address already goes out as it stands: signatures are over every one of its characters.
_WRITTEN_OUT = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


class NotAnAddressError(ValueError):
    """This is no address that could be asked over HTTP."""


class UnansweredError(Exception):
    """Nobody has answered; `may_be_taken` where the question was out, so that asking again would be asking twice.

    The reason is one word without addresses, which hold keys.
    """

    def __init__(self, reason: str, *, may_be_taken: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_be_taken = may_be_taken


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server has said; `body` is its beginning, as far as the question wanted to read."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status says that all is well."""
        return _OK <= self.status < _NOT_OK_ANY_MORE


class HttpClient:
    """Asks over connections that are kept for the next question."""

    def __init__(self, session: aiohttp.ClientSession, proxies: Mapping[str, str]) -> None:
        self._session = session
        self._proxies = proxies

    async def get(self, url: str, *, most_bytes: int = ANSWER_BYTES) -> Answer:
        """Ask; raises `NotAnAddressError`, `NotPublicError` or `UnansweredError`."""
        return await self._ask("GET", url, None, {}, most_bytes)

    async def post(
        self, url: str, content: bytes, headers: Mapping[str, str], *, most_bytes: int = ANSWER_BYTES
    ) -> Answer:
        """Hand over; raises `NotAnAddressError`, `NotPublicError` or `UnansweredError`."""
        return await self._ask("POST", url, content, headers, most_bytes)

    async def _ask(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str], most_bytes: int
    ) -> Answer:
        try:
            address = URL(url, encoded=_WRITTEN_OUT.fullmatch(url) is not None)
            async with self._session.request(
                method, address, data=content, headers=headers, allow_redirects=False, proxy=self._proxy_to(address)
            ) as response:
                return Answer(response.status, response.headers, await _beginning(response.content, most_bytes))
        except aiohttp.ConnectionTimeoutError:
            raise UnansweredError("ConnectTimeout", may_be_taken=False) from None
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.__cause__, NotPublicError):
                raise error.__cause__ from None
            raise UnansweredError("ConnectError", may_be_taken=False) from None
        except aiohttp.ClientHttpProxyError:
            raise UnansweredError("ProxyError", may_be_taken=False) from None
        except (ValueError, aiohttp.NonHttpUrlClientError) as error:  # a certificate's error is one as well, see above
            raise NotAnAddressError from error
        except TimeoutError:
            raise UnansweredError("ReadTimeout", may_be_taken=True) from None
        except aiohttp.ClientError:
            raise UnansweredError("ReadError", may_be_taken=True) from None

    def _proxy_to(self, address: URL) -> str | None:
        if not self._proxies or address.host is None or proxy_bypass(address.host):
            return None
        return self._proxies.get(address.scheme) or self._proxies.get("all")


async def _beginning(content: aiohttp.StreamReader, most_bytes: int) -> bytes:
    """As much of an answer as is wanted. The connection of one that goes on is closed, not read to its end."""
    body = bytearray()
    while len(body) < most_bytes and (piece := await content.read(most_bytes - len(body))):
        body += piece
    return bytes(body)


@asynccontextmanager
async def http_client(timeout_s: float, *, only_public: bool = False) -> AsyncIterator[HttpClient]:
    """A client from begin to end; `timeout_s` is for a connection to be there, and for silence.

    `only_public` is for addresses that people type in: it reaches none in our own network (`public_addresses`), and
    uses no proxy of the environment, which would connect to whatever it is told, and hide from us where.
    """
    connector = aiohttp.TCPConnector(
        ssl=trusted_authorities(),
        limit=_CONNECTIONS,
        limit_per_host=_CONNECTIONS_TO_ONE,
        keepalive_timeout=_KEPT_S,
        resolver=PublicNames() if only_public else aiohttp.ThreadedResolver(),
        socket_factory=public_socket if only_public else None,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_HEADERS,
        skip_auto_headers=["Content-Type"],
        timeout=aiohttp.ClientTimeout(connect=timeout_s, sock_read=timeout_s),
    ) as session:
        yield HttpClient(session, {} if only_public else getproxies())
