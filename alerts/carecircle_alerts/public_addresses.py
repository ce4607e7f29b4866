"""Public addresses: what people type in must not lead into our own network (I/O: resolves names, makes sockets).

Checked where the connection is made, on the very address that is connected to: a name that is checked first and
resolved again later could point elsewhere by then.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import AddrInfoType, ThreadedResolver
from aiohttp.abc import ResolveResult


class NotPublicError(OSError):
    """The address leads to the loopback interface, a private network or another place that is nobody's business."""


class PublicNames(ThreadedResolver):
    """Resolves names all of whose addresses are public; TLS is still checked against the name that was asked for."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name; raises `NotPublicError`, or `OSError` where there are none."""
        found = await super().resolve(host, port, family)
        for one in found:
            _check(one["host"])
        return found


def public_socket(address: AddrInfoType) -> socket.socket:
    """A socket to connect to this address with, which somebody may have typed as it is; raises `NotPublicError`."""
    family, kind, protocol, _name, place = address
    _check(str(place[0]))
    return socket.socket(family, kind, protocol)


def _check(address: str) -> None:
    if not is_public(ip_address(address.partition("%")[0])):
        raise NotPublicError("not public")


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
