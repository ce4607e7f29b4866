"""Mirrors: where this machine takes its Debian packages from, so that the private runtime comes the same way (I/O)."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from carecircle.errors import Misconfigured
from carecircle.runtime.cache import WAY_OUT

_FORMAT = "$(REPO_URI)|$(RELEASE)|$(ORIGIN)|$(LABEL)"
_ONE_LINE = re.compile(r"^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+\S", re.MULTILINE)
_USABLE = ("http://", "https://", "mirror+", "file:", "copy:")
_DEBIAN_SUITES = frozenset(
    (
        "stable",
        "oldstable",
        "oldoldstable",
        "testing",
        "unstable",
        "sid",
        "bullseye",
        "bookworm",
        "trixie",
        "forky",
        "duke",
    )
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A package archive: its address, and whether it holds the security updates."""

    uri: str
    security: bool


def machine_archives() -> list[Archive]:
    """The Debian archive of this machine, and its archive of security updates where it has one.

    CARECIRCLE_DEBIAN_MIRROR overrides it, for machines that run another distribution with apt. Raises `Misconfigured`
    where no Debian archive is known.
    """
    if chosen := os.environ.get("CARECIRCLE_DEBIAN_MIRROR"):
        return [Archive(chosen, security=False)]
    found = indexed_archives(_index_targets()) or listed_archives(_source_files())
    if not any(not archive.security for archive in found):
        raise Misconfigured(
            "this machine's apt knows no Debian archive: set CARECIRCLE_DEBIAN_MIRROR to the address of one, "
            f"use docker compose up, {WAY_OUT}"
        )
    return found


def indexed_archives(targets: str) -> list[Archive]:
    """Archives out of `apt-get indextargets` lines (address|release|origin|label): at most one of each sort."""
    pairs = []
    for line in targets.splitlines():
        uri, release, origin, label = [*line.split("|"), "", "", ""][:4]
        if origin == "Debian" and label in {"Debian", "Debian-Security"}:
            pairs.append((uri, release if label == "Debian" else f"{release.split('-')[0]}-security"))
    return _one_of_each(pairs)


def listed_archives(texts: list[str]) -> list[Archive]:
    """Archives out of the texts of apt's source files, in either format, for machines without package lists."""
    pairs = []
    for text in texts:
        pairs += _ONE_LINE.findall(text)
        for stanza in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
            if fields.get("Enabled", "yes").lower() != "no" and "deb" in fields.get("Types", "").split():
                pairs += [(uri, suite) for uri in fields["URIs"].split() for suite in fields["Suites"].split()]
    return _one_of_each(pairs)


def _one_of_each(pairs: list[tuple[str, str]]) -> list[Archive]:
    first: dict[bool, str] = {}
    for uri, suite in pairs:
        name, _, part = suite.replace("/", "-").partition("-")
        if name not in _DEBIAN_SUITES or not uri.startswith(_USABLE) or part not in {"", "updates", "security"}:
            continue
        first.setdefault(part == "security", uri)
    return [Archive(uri, security) for security, uri in sorted(first.items())]


def _index_targets() -> str:
    return subprocess.run(
        ["apt-get", "indextargets", "--format", _FORMAT, "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def _source_files() -> list[str]:
    folder = Path("/etc/apt")
    paths = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]
    paths += sorted(folder.glob("sources.list.d/*.sources"))
    return [_without_comments(path.read_text(errors="replace")) for path in paths if path.is_file()]


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
