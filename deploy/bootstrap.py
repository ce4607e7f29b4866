"""Bootstrap: from a bare Python to a command that runs, the first step of `make up` and `make test` (I/O).

`python3 deploy/bootstrap.py demo|dev COMMAND ARGUMENT...` makes the virtual environment `.venv`, installs the
hash-pinned dependencies and the project itself while the private runtime is fetched beside it, and becomes the command.
What an earlier run has completed is not done again and then needs no network. Standard library only.
"""
# ruff: noqa: INP001, S603 - a script that is run by its path and whose purpose is to start programs

from __future__ import annotations  # so that an old Python reaches the sentence that says it is too old

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "carecircle-installed.json"
REQUIREMENTS = {"demo": ROOT / "requirements/server.txt", "dev": ROOT / "requirements/dev.txt"}
PINNED = re.compile(r"^[A-Za-z0-9]", re.MULTILINE)


class SetUpError(Exception):
    """One sentence that says what to do."""


class Display:
    """What is going on, for a person: one line that is rewritten on a terminal, one line a change elsewhere."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._is_terminal = sys.stdout.isatty()
        self._parts: dict[str, str] = {}
        self._lock = threading.Lock()

    def show(self, part: str, state: str, *, is_milestone: bool = False) -> None:
        """Say how far one part is; only milestones are worth a line of their own in a log file."""
        with self._lock:
            self._parts[part] = state
            if self._is_terminal:
                line = " · ".join(f"{name}: {text}" for name, text in self._parts.items())
                self._write(f"\r\x1b[K[{self._elapsed_s():5.1f} s] {line[: self._columns()]}")
            elif is_milestone:
                self._write(f"[{self._elapsed_s():5.1f} s] {part}: {state}\n")

    def end(self) -> None:
        """Leave the last state standing."""
        if self._is_terminal and self._parts:
            self._write("\n")

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._started

    @staticmethod
    def _columns() -> int:
        return max(20, shutil.get_terminal_size().columns - 12)

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Set up and become the command; 2 with one sentence where that is impossible."""
    started = time.monotonic()
    use_new_enough_python(arguments)
    group, *command = arguments
    try:
        with (ROOT / "pyproject.toml").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two commands started at once in one checkout set up once
            set_up(group)
    except SetUpError as error:
        sys.stderr.write(f"\n{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the next start goes on from here\n")
        return 130
    sys.stdout.flush()
    os.environ.setdefault("CARECIRCLE_UP_SINCE", str(started))  # so that `up` can say how long all of it took
    os.chdir(ROOT)
    keep_bytecode()
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the purpose
    return 0


def use_new_enough_python(arguments: list[str]) -> None:
    """Go on under a newer Python of this machine where this one is too old; end with a sentence where there is none."""
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return
    for name in NEWER_PYTHONS:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, __file__, *arguments])  # noqa: S606 - the same program, another interpreter
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(
        f"Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer is needed and {sys.executable} is {found}: "
        "install a newer one and say which with `make PYTHON=/path/to/python3 ...`"
    )


def set_up(group: str) -> None:
    """Install what `group` needs and fetch the runtime, both at once and each only where it is missing."""
    key = installation_key(group)
    is_installed = stamps().get(group) == key
    has_own_servers = bool(os.environ.get("CARECIRCLE_MQTT_URL")) and group == "demo"
    if is_installed and (has_own_servers or is_runtime_there()):
        return
    display = Display()
    fetch = None if has_own_servers else RuntimeFetch(display)
    try:
        if not is_installed:
            install(group, display)
            remember(group, key)
        if fetch is not None:
            fetch.join()
    finally:
        if fetch is not None:
            fetch.end()
        display.end()


def keep_bytecode() -> None:
    """Where no bytecode may lie beside sources, keep it in the virtual environment.

    Images for containers often say so, to stay clean. Without bytecode, however, every process that starts, and every
    one that starts again after a crash, compiles a thousand modules anew: a second of processor time each.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def installation_key(group: str) -> str:
    """Changes whenever the installed packages or entry points have to."""
    digest = hashlib.sha256()
    for path in (REQUIREMENTS[group], ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    return digest.hexdigest()


def stamps() -> dict[str, str]:
    """What is completely installed in the virtual environment: group to key."""
    try:
        content = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and (VENV / "bin/python").exists() else {}


def remember(group: str, key: str) -> None:
    """Note that `group` is installed; written last, so that a killed set-up is done again."""
    work = STAMPS.with_suffix(".tmp")
    work.write_text(json.dumps({**stamps(), group: key}))
    work.replace(STAMPS)


def is_runtime_there() -> bool:
    """Ask the runtime's own code; imported late, as this Python must be known to be new enough first."""
    sys.path.insert(0, str(ROOT))
    from carecircle.runtime.install import installed_runtime

    return installed_runtime() is not None


def install(group: str, display: Display) -> None:
    """Make the virtual environment where it is missing or broken, and install into it."""
    part = "Python packages"
    if not works([str(VENV / "bin/python"), "-m", "pip", "--version"]):
        display.show(part, "making the virtual environment", is_milestone=True)
        make_environment()
    requirements = REQUIREMENTS[group]
    total = len(PINNED.findall(requirements.read_text()))
    display.show(part, f"installing {total}", is_milestone=True)
    pip_install(["--no-deps", "--require-hashes", "-r", str(requirements)], part, total, display)
    display.show(part, "installing CareCircle itself")
    pip_install(["--no-deps", "--no-build-isolation", "--editable", str(ROOT)], part, 0, display)
    display.show(part, "ready", is_milestone=True)


def make_environment() -> None:
    """A new virtual environment; what a broken one left is removed."""
    if not works([sys.executable, "-c", "import venv, ensurepip"]):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetUpError(
            f"{sys.executable} comes without venv and pip: install them (on Debian and Ubuntu: "
            f"apt-get install python{version}-venv) and start again"
        )
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
    except OSError as error:
        raise SetUpError(
            f"{VENV} cannot be written ({error.strerror}): make the folder writable, or copy it"
        ) from error
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetUpError(f"the virtual environment could not be made: {last_line(done.stdout + done.stderr)}")


def pip_install(arguments: list[str], part: str, total: int, display: Display) -> None:
    """Run pip and count what it fetches; without bytecode, which is made as modules are used."""
    command = [str(VENV / "bin/python"), "-m", "pip", "install", "--no-compile", "--no-input", "--progress-bar=off"]
    output = []
    collected = 0
    with subprocess.Popen(
        [*command, "--disable-pip-version-check", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            output.append(line)
            if line.startswith("Collecting") and total:
                collected += 1
                display.show(part, f"{collected} of {total}")
            if line.startswith("Installing collected"):
                display.show(part, "unpacking")
    if pip.returncode != 0:
        errors = [line for line in output if line.startswith("ERROR")] or output
        raise SetUpError(
            f"Python packages could not be installed: {errors[-1].strip() if errors else 'pip failed'}; check the "
            "network and the disk and start again, what is there is kept"
        )


class RuntimeFetch(threading.Thread):
    """Fetches TimescaleDB and Mosquitto beside the Python packages, as a process of its own."""

    def __init__(self, display: Display) -> None:
        super().__init__(name="runtime-fetch", daemon=True)
        self._display = display
        self._process = subprocess.Popen(
            [sys.executable, "-m", "carecircle.runtime"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.start()

    def run(self) -> None:
        """Pass progress on until it ends."""
        assert self._process.stdout is not None
        step = ""
        for line in self._process.stdout:
            words = line.strip()
            is_new_step = words.split(" ")[0] != step and not words.startswith("/")
            step = words.split(" ")[0]
            self._display.show(
                "database and broker",
                "ready" if words.startswith("/") else words,
                is_milestone=is_new_step or words.startswith("/"),
            )

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end; raises `SetUpError` with the runtime's own sentence."""
        super().join(timeout)
        if self._process.wait() != 0:
            assert self._process.stderr is not None
            raise SetUpError(last_line(self._process.stderr.read()))

    def end(self) -> None:
        """Stop it where the rest of the set-up failed; the next start goes on where it stopped."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None and not self.is_alive():
                pipe.close()


def works(command: list[str]) -> bool:
    """Whether a program runs to a good end."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
