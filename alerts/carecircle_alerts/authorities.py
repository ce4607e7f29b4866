"""Authorities: whose certificates outgoing connections trust, read from the disk once a process (I/O)."""

import ssl
from functools import cache

import httpx


@cache
def trusted_authorities() -> ssl.SSLContext:
    """What every client of a process checks certificates against, as httpx would itself.

    Reading the list takes a processor 50 ms. A client that is made for one question, or each of several at a start,
    would hold up everything else for as long.
    """
    return httpx.create_ssl_context()
