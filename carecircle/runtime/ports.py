"""Ports: finds free ones on the loopback address and remembers them, so that bookmarks and commands stay true (I/O)."""

import json
import random
import socket
from collections.abc import Collection, Mapping
from pathlib import Path

from carecircle.errors import Misconfigured

LOOPBACK = "127.0.0.1"

# A server that is started again must find its port free. Linux gives outgoing connections ports from this range
# (ip(7)), so a port in it may be somebody's connection by then; servers get one below.
_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_OUTGOING = 32_768
_LOWEST = 10_000
_LEAST_CHOICE = 1_000


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as servers do: remains of old connections are fine
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port that no outgoing connection takes; another server may before you do, so be ready to ask again.

    Raises `OSError` where no port at all is free.
    """
    below = range(_LOWEST, _first_outgoing())
    if len(below) >= _LEAST_CHOICE:
        for port in random.sample(below, _LEAST_CHOICE):
            if is_free(port):
                return port
    with socket.socket() as probe:  # a machine that gives nearly every port to connections
        probe.bind((LOOPBACK, 0))
        any_port: int = probe.getsockname()[1]
    return any_port


def _first_outgoing() -> int:
    try:
        return int(_OUTGOING.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _USUAL_OUTGOING


def answers(port: int) -> bool:
    """Whether somebody accepts connections on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def remembered_ports(file: Path, preferred: Mapping[str, int], fixed: Mapping[str, int]) -> dict[str, int]:
    """A free port for every name: the one of last time, else the preferred one, else any; remembered in `file`.

    A preference of 0 means any. Raises `Misconfigured` where a `fixed` port is taken.
    """
    before = _read(file)
    chosen = dict(fixed)
    for name, port in fixed.items():
        if not is_free(port):
            raise Misconfigured(f"port {port} for the {name} is taken by another program: choose another")
    for name, wanted in preferred.items():
        if name in chosen:
            continue
        candidates = [port for port in (before.get(name, 0), wanted) if port]
        usable = [port for port in candidates if port not in chosen.values() and is_free(port)]
        chosen[name] = usable[0] if usable else _any_but(chosen.values())
    if chosen != before:
        file.write_text(json.dumps(chosen, indent=1) + "\n")
    return chosen


def _any_but(taken: Collection[int]) -> int:
    port = free_port()
    while port in taken:
        port = free_port()
    return port


def _read(file: Path) -> dict[str, int]:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: port for name, port in content.items() if isinstance(port, int)}
