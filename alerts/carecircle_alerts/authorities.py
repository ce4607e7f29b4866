"""Authorities: whose certificates outgoing connections trust, read from the disk once a process (I/O)."""

import os
import ssl
from functools import cache

import certifi


@cache
def trusted_authorities() -> ssl.SSLContext:
    """What every client of a process checks certificates against.

    Who runs a proxy or a gateway with certificates of their own names their file in SSL_CERT_FILE, or their folder in
    SSL_CERT_DIR. Reading the list takes a processor 50 ms: clients that are made for one question, or several at a
    start, would hold up everything else for as long.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        context = ssl.create_default_context(cafile=file)
    elif folder:
        context = ssl.create_default_context(capath=folder)
    else:
        context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context
