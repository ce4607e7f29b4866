"""kill -9 at every line of the outbox: what it answered for is there, with the same number."""

import json
import subprocess
import sys
from pathlib import Path


def test_nothing_that_the_outbox_answered_for_is_lost_at_any_line() -> None:
    script = Path(__file__).with_name("killed_outbox.py")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == []
    assert found["deaths"] > 150, "the traced code has shrunk, or the tracing no longer works"
    assert found["answers"] == 8
