"""The phones' pages as they were built: small enough for a slow line, complete without one, and installable."""

import gzip
import json
import re
import struct
from pathlib import Path

import pytest

from carecircle_console.static import PAGES

# What a phone fetches before its page works, gzip; the goal of the pages.
MOST_BYTES = 80 * 1024


def needs(name: str, found: set[str]) -> set[str]:
    """A script and all that it imports at once."""
    if name not in found:
        found.add(name)
        text = (PAGES / name).read_text("utf-8")
        for imported in re.findall(r'(?:from|import)\s*["\']\./([\w.-]+\.js)["\']', text):
            needs(f"assets/{imported}", found)
    return found


def entry() -> str:
    (name,) = re.findall(r'<script type="module"[^>]* src="/([^"]+)"', (PAGES / "index.html").read_text("utf-8"))
    return str(name)


def shell() -> list[str]:
    (found,) = re.findall(r'(\["/",.*?\])', (PAGES / "sw.js").read_text("utf-8"))
    names: list[str] = json.loads(found)
    return names


@pytest.mark.parametrize("page", ["Responder", "AnswerPage", "Family"])
def test_a_phones_page_is_small(page: str) -> None:
    (part,) = PAGES.glob(f"assets/{page}-*.js")
    found = needs(f"assets/{part.name}", needs(entry(), set()))
    assert not [name for name in found if "Dispatcher" in name or "maplibre" in name]
    size = sum(len(gzip.compress((PAGES / name).read_bytes())) for name in found)
    assert len(found) > 2, "the scripts are not read as they are built any more"
    assert size <= MOST_BYTES, f"{page} needs {size / 1024:.1f} KiB"


def test_the_shell_is_complete_and_has_nothing_of_the_desks() -> None:
    kept = shell()
    assert all((PAGES / name.lstrip("/")).is_file() for name in kept if name != "/")
    for page in ("Responder", "AnswerPage", "Family"):
        (part,) = PAGES.glob(f"assets/{page}-*.js")
        for name in needs(f"assets/{part.name}", needs(entry(), set())):
            assert f"/{name}" in kept, f"{page} would not start without a line"
    assert not [name for name in kept if "Dispatcher" in name or "Administrator" in name]
    assert "__VERSION__" not in (PAGES / "sw.js").read_text("utf-8")


@pytest.mark.parametrize("who", ["responder", "family"])
def test_a_manifest_names_icons_that_are_there_and_as_large_as_it_says(who: str) -> None:
    manifest = json.loads((PAGES / f"manifests/{who}.webmanifest").read_text("utf-8"))
    assert re.search(r"[\u4e00-\u9fff]", manifest["name"])
    assert manifest["start_url"] == f"/{who}"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        content = (PAGES / Path(icon["src"].lstrip("/"))).read_bytes()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", content[16:24])
            assert f"{width}x{height}" == icon["sizes"]
