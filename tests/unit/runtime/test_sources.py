"""The mirror comes from the machine's own configuration, in whichever format that is written."""

import pytest

from carecircle.errors import Misconfigured
from carecircle.runtime import sources
from carecircle.runtime.sources import Archive, indexed_archives, listed_archives

DEB822 = """Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""
TARGETS = """https://packages.example/tool|stable|Tool|Tool
http://mirror.example/debian|bookworm|Debian|Debian
http://mirror.example/debian|bookworm-updates|Debian|Debian
http://mirror.example/debian-security|bookworm-security|Debian|Debian-Security
http://mirror.example/debian|bookworm-backports|Debian Backports|Debian Backports
"""
MAIN = Archive("http://mirror.example/debian", security=False)
SECURITY = Archive("http://mirror.example/debian-security", security=True)


def test_package_lists_name_the_archives_and_strangers_are_left_out() -> None:
    assert indexed_archives(TARGETS) == [MAIN, SECURITY]


def test_source_files_in_the_newer_format() -> None:
    assert listed_archives([DEB822]) == [MAIN, SECURITY]


def test_source_files_in_the_older_format() -> None:
    text = (
        "deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian trixie main contrib\n"
        "deb http://mirror.example/debian-security trixie-security main\n"
        "deb-src http://other.example/debian trixie main\n"
    )
    assert listed_archives([text]) == [MAIN, SECURITY]


@pytest.mark.parametrize(
    "text",
    [
        DEB822.replace("Types: deb deb-src", "Enabled: no\nTypes: deb").split("\n\n")[0],
        "deb cdrom:[Debian]/ trixie main\n",
        "deb http://mirror.example/ubuntu noble main\n",
        "deb http://mirror.example/debian bookworm-backports main\n",
        "",
    ],
)
def test_what_is_switched_off_or_not_debian_is_no_archive(text: str) -> None:
    assert listed_archives([text]) == []


def test_without_any_debian_archive_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARECIRCLE_DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(sources, "_index_targets", lambda: "")
    monkeypatch.setattr(sources, "_source_files", lambda: ["deb http://mirror.example/ubuntu noble main\n"])
    with pytest.raises(Misconfigured, match=r"CARECIRCLE_DEBIAN_MIRROR .* CARECIRCLE_MQTT_URL"):
        sources.machine_archives()


def test_the_mirror_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARECIRCLE_DEBIAN_MIRROR", "http://mirror.example/debian")
    assert sources.machine_archives() == [MAIN]
