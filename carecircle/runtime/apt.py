"""Fetching: the runtime's packages through a private apt, verified by the distribution's signatures (I/O).

The machine's own package database, lists and configuration are read and never changed. The mirror and the proxy are the
ones that the machine is set up with, so nothing here names a host.
"""

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from carecircle.errors import Misconfigured, Unavailable
from carecircle.runtime.cache import WAY_OUT
from carecircle.runtime.packages import ARCHITECTURES, PACKAGES, SUITE
from carecircle.runtime.progress import Progress, Report
from carecircle.runtime.sources import Archive, machine_archives

_KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)
_PASSED_ON = re.compile(r"^Acquire::(?:http|https|Proxy)(?:::|\s).*", re.MULTILINE)
_PRINTED_URI = re.compile(r"^'[^']+' (\S+) (\d+) SHA256:([0-9a-f]{64})", re.MULTILINE)
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class PrivateApt:
    """An apt whose every folder lies under `home`; it knows one suite and an empty list of installed packages."""

    home: Path

    @property
    def archives(self) -> Path:
        """Where downloaded packages are kept until the runtime is complete, so that an interrupted download resumes."""
        return self.home / "archives"

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run apt-get with the private configuration; raises `Unavailable` with apt's own last error line."""
        done = subprocess.run(
            ["apt-get", *arguments], cwd=cwd, env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise _failed(done.stderr)
        return done.stdout

    def start(self, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
        """Start apt-get; its complaints are on its standard error."""
        return subprocess.Popen(
            ["apt-get", *arguments],
            cwd=cwd,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "APT_CONFIG": str(self.home / "apt.conf"), "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class PlannedArchive:
    """A package as the signed index describes it."""

    size_bytes: int
    sha256: str


def prepare_apt(home: Path) -> PrivateApt:
    """Write the private configuration under `home`.

    Raises `Misconfigured` where this machine cannot take part: no apt-get, another processor, no Debian mirror
    known, no keys to verify with.
    """
    architecture = _architecture()
    keyring = _keyring()
    archives = machine_archives()
    for folder in ("etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "lists/partial", "cache/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("archives", "plan"):
        (home / folder).mkdir(exist_ok=True)
    (home / "status").write_text("")
    (home / "etc/sources.list").write_text(source_lines(archives, keyring))
    passed_on = _PASSED_ON.findall(_machine_configuration())
    (home / "apt.conf").write_text(apt_configuration(home, architecture, passed_on))
    return PrivateApt(home)


def source_lines(archives: Sequence[Archive], keyring: Path) -> str:
    """The private sources.list: the main suite, and its security updates where the machine has a mirror of them."""
    return "".join(
        f"deb [signed-by={keyring}] {archive.uri} {SUITE}{'-security' if archive.security else ''} main\n"
        for archive in archives
    )


def apt_configuration(home: Path, architecture: str, passed_on: Sequence[str]) -> str:
    """The private apt.conf; `passed_on` are the machine's own proxy and certificate settings."""
    return "\n".join(
        [
            'Dir "/";',
            f'Dir::Etc "{home}/etc";',
            f'Dir::Etc::parts "{home}/etc/apt.conf.d";',
            'Dir::Etc::netrc "/etc/apt/auth.conf";',
            'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
            f'Dir::State "{home}";',
            f'Dir::State::lists "{home}/lists";',
            f'Dir::State::status "{home}/status";',
            f'Dir::Cache "{home}/cache";',
            f'Dir::Log "{home}";',
            f'APT::Architecture "{architecture}";',
            f'APT::Architectures {{ "{architecture}"; }};',
            'APT::Sandbox::User "";',  # as root, apt would step down to a user who cannot read a private cache folder
            'APT::Get::AllowUnauthenticated "false";',
            'APT::Update::Error-Mode "any";',
            'Acquire::AllowInsecureRepositories "false";',
            'Acquire::Languages "none";',
            'Acquire::Retries "3";',
            'Acquire::http::Timeout "20";',
            'Acquire::https::Timeout "20";',
            *passed_on,
            "",
        ]
    )


def fetch_packages(apt: PrivateApt, report: Report) -> list[Path]:
    """Download all packages of the runtime; returns the archives. What an earlier try downloaded is not fetched again.

    Raises `Unavailable` without network, on a full disk, or where a signature or a checksum does not hold.
    """
    report(Progress("reading the package index"))
    apt.run("update", "-q")
    # Asked for in an empty folder: apt leaves out of its plan what is there already.
    wanted = planned_archives(apt.run("download", "--print-uris", *PACKAGES, cwd=apt.home / "plan"))
    if len(wanted) != len(PACKAGES):
        raise Unavailable(f"this machine's mirror lacks packages of the runtime: use another mirror, {WAY_OUT}")
    for present in apt.archives.glob("*.deb"):
        if not _is_as_planned(present, wanted):  # apt would look at the size alone
            present.unlink()
    total = sum(plan.size_bytes for plan in wanted.values())
    download = apt.start("download", "-q", *PACKAGES, cwd=apt.archives)
    try:
        while download.poll() is None:
            report(Progress("downloading", _present(apt.archives), total))
            time.sleep(_POLL_S)
    finally:  # whoever interrupts us means apt-get too
        download.terminate()
        _, complaints = download.communicate()
    if download.returncode != 0:
        raise _failed(complaints)
    report(Progress("downloading", total, total))
    return [apt.archives / name for name in sorted(wanted)]


def planned_archives(printed: str) -> dict[str, PlannedArchive]:
    """What `apt-get download --print-uris` says, by file name; the checksums are those of the signed index."""
    return {name: PlannedArchive(int(size), sha256) for name, size, sha256 in _PRINTED_URI.findall(printed)}


def _is_as_planned(path: Path, wanted: Mapping[str, PlannedArchive]) -> bool:
    plan = wanted.get(path.name)
    if plan is None or path.stat().st_size != plan.size_bytes:
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == plan.sha256


def _present(folder: Path) -> int:
    present = 0
    for path in folder.rglob("*"):
        try:
            present += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # apt renames a file when it is complete
            continue
    return present


def _failed(complaints: str) -> Unavailable:
    lines = [line for line in complaints.splitlines() if line.startswith("E:")] or complaints.splitlines()
    reason = lines[0].removeprefix("E:").strip() if lines else "apt-get failed"
    return Unavailable(
        f"the database and broker packages could not be fetched ({reason}): check network and disk space and start "
        f"again (what is there is kept), {WAY_OUT}"
    )


def _machine_configuration() -> str:
    return subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout


def _architecture() -> str:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Misconfigured(
            "this machine has no apt-get to fetch PostgreSQL with TimescaleDB and Mosquitto: use docker compose up, "
            f"{WAY_OUT}"
        )
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=False
    ).stdout.strip()
    if architecture not in ARCHITECTURES:
        raise Misconfigured(
            f"there is no private runtime for the processor type {architecture or 'of this machine'} "
            f"(only {', '.join(sorted(ARCHITECTURES))}): use docker compose up, {WAY_OUT}"
        )
    return architecture


def _keyring() -> Path:
    if chosen := os.environ.get("CARECIRCLE_DEBIAN_KEYRING"):
        return Path(chosen)
    for candidate in _KEYRINGS:
        if Path(candidate).is_file():
            return Path(candidate)
    raise Misconfigured(
        "the keys that sign Debian packages are not on this machine: run apt-get install debian-archive-keyring, "
        f"set CARECIRCLE_DEBIAN_KEYRING to the file, {WAY_OUT}"
    )
