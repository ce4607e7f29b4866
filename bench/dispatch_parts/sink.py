"""The channel of the bench: takes every message at once and remembers when it came (I/O).

Run as a program, so that it waits for nobody in the process that measures: `python -m bench.dispatch_parts.sink FILE`.
It prints its port, and on SIGTERM writes one line a message to FILE: Unix time, incident, kind, step.
"""

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from carecircle.runtime.ports import LOOPBACK
from carecircle_sim.world.http import Request, Response, serve_http


class Sink:
    """The program as a child process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        command = [sys.executable, "-m", "bench.dispatch_parts.sink", str(file)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://{LOOPBACK}:{int(self._process.stdout.readline())}/message"

    def end(self) -> list[dict[str, str | float]]:
        """Stop it; everything that it got, in order."""
        self._process.terminate()
        self._process.wait(30)
        return [json.loads(line) for line in self._file.read_text().splitlines()]


async def _main() -> list[str]:
    taken: list[str] = []
    stop = asyncio.Event()

    async def take(request: Request) -> Response:
        at, body = time.time(), json.loads(request.body)
        taken.append(
            json.dumps({"at": at, "incident": body["incident_id"], "kind": body["kind"], "step": body["step"]})
        )
        return Response(body=b"{}")

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serve_http(take, LOOPBACK, 0) as port:
        print(port, flush=True)
        await stop.wait()
    return taken


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("\n".join(asyncio.run(_main())))
