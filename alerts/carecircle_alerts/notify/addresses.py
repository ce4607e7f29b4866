"""Addresses: what people type in must not lead into our own network (I/O: resolves names).

Checked where the connection is made, on the very address that is connected to: a name that is checked first and
resolved again later could point elsewhere by then.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from carecircle_alerts.notify.pools import Pools


class NotPublicError(httpx.TransportError):
    """The address leads to the loopback interface, a private network or another place that is nobody's business."""


class PublicOnly(httpx.AsyncBaseTransport):
    """Connects to public addresses only; TLS is still checked against the name that was asked for."""

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._inner = inner or Pools()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve, check, connect."""
        host = request.url.host
        address = await _public_address(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        request.url = request.url.copy_with(host=str(address))
        if request.url.scheme == "https":
            request.extensions = {**request.extensions, "sni_hostname": host}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def _public_address(host: str, port: int) -> IPv4Address | IPv6Address:
    """One address of a host, all of whose addresses are public; raises `NotPublicError` or httpx's `ConnectError`."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError("name cannot be resolved") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise NotPublicError("not public")
    return addresses[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is somewhere out on the internet, also behind the disguises that IPv6 has for IPv4."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if hidden is not None:
            return is_public(hidden)
        nat64 = int(address) >> 32 == 0x0064_FF9B << 64
        if nat64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address.is_global and not address.is_multicast
