"""Health of a service without an HTTP interface: whether it holds its connections (I/O); for container health checks.

A reader whose network thread has died is cut off by the broker after its keep-alive, and one that cannot reach the
database has no connection there, so an established connection to each says more than a living process does. A container
sees its own connections alone.
"""

import sys
from pathlib import Path

_ESTABLISHED = "01"


def established_ports(table: str) -> set[int]:
    """Remote ports of established connections in the text of /proc/net/tcp or tcp6."""
    ports = set()
    for line in table.splitlines()[1:]:
        _, _, remote, state, *_ = line.split()
        if state == _ESTABLISHED:
            ports.add(int(remote.rpartition(":")[2], 16))
    return ports


def main() -> int:
    """`python -m carecircle.health 8883 5432`: 0 when something is connected to each of these ports."""
    wanted = {int(argument) for argument in sys.argv[1:]}
    there = set[int]()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if table.exists():
            there |= established_ports(table.read_text())
    missing = sorted(wanted - there)
    if missing:
        print(f"no connection to port {', '.join(map(str, missing))}")  # noqa: T201 - shown by `docker inspect`
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
