"""How many beds one process can play: `carecircle sim load` against a real broker, as its own process (I/O)."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.home_parts.box import start_open_broker
from carecircle.runtime.install import Runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port

BEDS, SESSIONS, GATEWAYS, RATE, SECONDS = 100_000, 300, 20, 20_000, 10


def measure_load(runtime: Runtime) -> dict[str, object]:
    """Offer more than it can send, and see what it sends; memory is the process's highest."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as ending:
        broker = Mosquitto(runtime, Path(name) / "broker", free_port())
        start_open_broker(broker, Path(name), ending)
        options = {"beds": BEDS, "rate": RATE, "seconds": SECONDS, "sessions": SESSIONS, "gateways": GATEWAYS}
        program = (
            "import resource, sys\n"
            "from carecircle.cli import main\n"
            "try: main()\n"
            "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        run = subprocess.run(
            [sys.executable, "-c", program, "sim", "load", *(f"--{key}={value}" for key, value in options.items())],
            env={**os.environ, "CARECIRCLE_MQTT_URL": broker.url("load", "load"), "CARECIRCLE_HOME_SECRET": "bench"},
            capture_output=True,
            text=True,
            check=True,
        )
    said, memory_kb = run.stdout.splitlines()[-2:]
    found = json.loads(said)
    return {
        "load_beds": found["beds"],
        "load_sessions": found["sessions"],
        "load_msgs_s": found["per_s"],
        "load_cpu_us_per_message": found["cpu_us_per_message"],
        "load_rss_mb": round(int(memory_kb) / 1024, 1),
    }
