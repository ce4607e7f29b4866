"""The demo's map: made-up streets become vector tiles once everything runs, at low priority; no start waits (I/O)."""

import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from carecircle.runtime.process import start_child
from carecircle.up.database import child_environment
from carecircle.up.installation import carecircle_program

if TYPE_CHECKING:
    import subprocess

_CALMLY = ("nice", "-n", "10")


class DemoMap:
    """Makes the file in the background where it is missing; the page shows it as soon as it is there."""

    def __init__(self, file: Path | None, state: Path) -> None:
        """`file` is none where there is nothing to make; what the work says goes into the state folder's logs."""
        self._file = file
        self._log = state / "log" / "demo-map.log"
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._is_over = False

    def begin(self) -> None:
        """Start making it; nothing where it is there."""
        if self._file is not None and not self._file.exists():
            self._thread = threading.Thread(target=self._make, args=(self._file,), name="demo-map", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until it is made, or has been given up."""
        if self._thread is not None:
            self._thread.join()

    def end(self) -> None:
        """Give up what is not finished, and wait for that."""
        with self._turn:
            self._is_over = True
            if self._child is not None:
                self._child.terminate()
        self.wait()

    def _make(self, file: Path) -> None:
        folder = Path(tempfile.mkdtemp(prefix="carecircle-map-"))
        streets = folder / "demo-streets.osm"
        try:
            if self._run("sim", "streets", "--out", str(streets)):
                self._run("roads", "tiles", str(streets), "--synthetic", "--out", str(file))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, *arguments: str) -> bool:
        """Run one of our own commands to its end; whether it did its work."""
        calmly = _CALMLY if shutil.which("nice") else ()
        with self._turn:
            if self._is_over:
                return False
            command = [*calmly, carecircle_program(), *arguments]
            self._child = start_child(command, log=self._log, environment=child_environment({}))
        return self._child.wait() == 0
