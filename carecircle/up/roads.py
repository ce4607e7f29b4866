"""The demo's roads: made-up streets become a roads file while the servers start, which need none (I/O)."""

import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from carecircle.errors import Unavailable
from carecircle.up.database import run_command


class DemoRoads:
    """Builds the file in the background where it is missing."""

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        self._file = file
        self._say = say
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start building; nothing where the file is there."""
        if not self._file.exists():
            self._thread = threading.Thread(target=self._build, name="demo-roads", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until it is built; without it travel times are estimated from straight lines, which they say."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _build(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="carecircle-streets-"))
        try:
            streets = folder / "demo-streets.osm"
            run_command("sim", "streets", "--out", str(streets), environment={})
            run_command("roads", "build", str(streets), "--synthetic", "--out", str(self._file), environment={})
            self._say("演示路网 made-up streets ready")
        except (Unavailable, OSError) as error:
            self._say(f"no roads for the demo, travel times are straight-line estimates: {error}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
