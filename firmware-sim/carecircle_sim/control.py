"""Control of a running fleet over a local socket: press this button, cut that home, say how things are (I/O).

One connection, one line, one line of JSON back. The socket is a file that only its owner can open.
"""

import contextlib
import json
import os
import socket
from dataclasses import asdict
from pathlib import Path

from carecircle.errors import Misconfigured, NotFound, Unavailable
from carecircle_sim.homes import Homes

_LINE_BYTES = 4096
_PATIENCE_S = 1.0
_LONGEST_PATH = 100  # the kernel's limit for a socket's path is 108 bytes


class Control:
    """Listens on the fleet's own loop; a request is answered before the loop goes on."""

    def __init__(self, path: Path, homes: Homes) -> None:
        """Raises `Misconfigured` where the path is too long for a socket."""
        if len(os.fsencode(path)) > _LONGEST_PATH:
            raise Misconfigured(f"--control: {path} is longer than {_LONGEST_PATH} bytes; choose a shorter path")
        path.unlink(missing_ok=True)
        self._path = path
        self._homes = homes
        self._server = socket.socket(socket.AF_UNIX)
        previous = os.umask(0o177)
        try:
            self._server.bind(str(path))
        finally:
            os.umask(previous)
        self._server.listen()
        self._server.setblocking(False)
        homes.fleet.watch(self._server, self._serve)

    def close(self) -> None:
        """Stop listening."""
        self._homes.fleet.unwatch(self._server)
        self._server.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # a client that hangs or leaves costs at most a second and hurts nobody
            client, _address = self._server.accept()
            with client:
                client.settimeout(_PATIENCE_S)
                request = client.recv(_LINE_BYTES).decode(errors="replace").split()
                client.sendall(json.dumps(self._answer(request)).encode() + b"\n")

    def _answer(self, request: list[str]) -> dict[str, object]:
        try:
            match request:
                case ["press", bed]:
                    return asdict(self._homes.press(bed))
                case ["cut", bed]:
                    self._homes.fleet.drop(bed)
                    return {"cut": bed}
                case ["tally"]:
                    return {"connected": self._homes.fleet.connected_count, **asdict(self._homes.tally)}
                case _:
                    return {"error": "expected: press BED, cut BED or tally"}
        except (NotFound, KeyError) as error:
            return {"error": str(error)}


def ask(path: Path, request: str) -> dict[str, object]:
    """Send one request to a running fleet and return its answer.

    Raises `Unavailable` when no fleet listens there or it answers with an error.
    """
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(path))
            client.sendall(f"{request}\n".encode())
            answer: dict[str, object] = json.loads(client.makefile().readline())
    except (OSError, ValueError) as error:
        raise Unavailable(f"no simulated fleet answers at {path}") from error
    if "error" in answer:
        raise Unavailable(str(answer["error"]))
    return answer
