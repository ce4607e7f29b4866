"""Unpacking: turns Debian packages into a folder of programs that run from anywhere without being installed (I/O).

Every program is moved aside and replaced by a small script that starts it under the runtime's own dynamic loader and
libraries. So neither the machine's C library nor its version matters, and the folder can be moved.
"""

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from carecircle.errors import Unavailable
from carecircle.runtime.cache import WAY_OUT
from carecircle.runtime.packages import CHECKED_PROGRAMS, POSTGRES_MAJOR, PROGRAM_FOLDERS, UNWANTED
from carecircle.runtime.progress import Progress, Report

_ELF = b"\x7fELF"
_LOADERS = ("usr/lib64/ld-linux-*.so.*", "usr/lib/ld-linux-*.so.*", "usr/lib/*-linux-gnu/ld-linux-*.so.*")
_WRAPPER = """#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
root=$here/{up}
exec "$root/{loader}" --argv0 "$here/{name}" --library-path "$root/{libraries}" "$here/.program/{name}" "$@"
"""


def unpack(archives: Sequence[Path], folder: Path, report: Report) -> None:
    """Unpack and wrap everything into `folder`, which must be empty: `root` is the tree, `bin` its programs.

    Raises `Unavailable` where a package cannot be unpacked or the result cannot run here.
    """
    root = folder / "root"
    root.mkdir()
    total = sum(archive.stat().st_size for archive in archives)
    done = 0
    for archive in archives:
        report(Progress("unpacking", done, total))
        _extract(archive, root)
        done += archive.stat().st_size
    report(Progress("unpacking", total, total))
    _wrap_programs(folder, root)
    _check(folder, root)


def _extract(archive: Path, root: Path) -> None:
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        writer = subprocess.run(
            ["tar", "-x", "-C", str(root), "--no-same-owner", *(f"--exclude={path}" for path in UNWANTED)],
            stdin=reader.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
        _, complaints = reader.communicate()
    if reader.returncode != 0 or writer.returncode != 0:
        reason = (writer.stderr or complaints.decode(errors="replace")).strip().splitlines()
        raise Unavailable(
            f"{archive.name} could not be unpacked ({reason[0] if reason else 'no reason given'}): make room in the "
            f"cache folder and start again, {WAY_OUT}"
        )


def _wrap_programs(folder: Path, root: Path) -> None:
    (folder / "bin").mkdir()
    loader = _first(root, _LOADERS).relative_to(root)
    libraries = _first(root, ("usr/lib/*-linux-gnu",)).relative_to(root)
    for name in PROGRAM_FOLDERS:
        for program in sorted((root / name).iterdir()):
            if _is_program(program):
                _wrap(program, root, loader, libraries)
                (folder / "bin" / program.name).symlink_to(Path("..", "root", name, program.name))


def _wrap(program: Path, root: Path, loader: Path, libraries: Path) -> None:
    aside = program.parent / ".program"
    aside.mkdir(exist_ok=True)
    program.rename(aside / program.name)
    up = os.path.relpath(root, program.parent)
    program.write_text(_WRAPPER.format(up=up, loader=loader, libraries=libraries, name=program.name))
    program.chmod(0o755)


def _is_program(path: Path) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as handle:
        return handle.read(len(_ELF)) == _ELF


def _first(root: Path, patterns: Iterable[str]) -> Path:
    for pattern in patterns:
        for match in sorted(root.glob(pattern)):
            return match
    raise Unavailable(
        f"the packages hold no {next(iter(patterns))}: remove the cache folder and start again, {WAY_OUT}"
    )


def _check(folder: Path, root: Path) -> None:
    """Ask the loader about each program: a missing library must show now, not at the first incident."""
    for name in CHECKED_PROGRAMS:
        program = (folder / "bin" / name).resolve()
        listed = _run(
            [
                str(_first(root, _LOADERS)),
                "--library-path",
                str(_first(root, ("usr/lib/*-linux-gnu",))),
                "--list",
                str(program.parent / ".program" / name),
            ]
        )
        if "not found" in listed:
            missing = next(line.strip() for line in listed.splitlines() if "not found" in line)
            raise Unavailable(f"the private runtime lacks a library ({missing}): use docker compose up, {WAY_OUT}")
    version = _run([str(folder / "bin" / "postgres"), "--version"])
    if f" {POSTGRES_MAJOR}." not in version:
        raise Unavailable(f"the private runtime does not run on this machine: use docker compose up, {WAY_OUT}")


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:  # a cache folder on a file system that forbids programs
        raise Unavailable(
            f"programs may not be started from the cache folder ({error.strerror}): set CARECIRCLE_CACHE to a folder "
            f"where they may, {WAY_OUT}"
        ) from error
    return done.stdout + done.stderr
