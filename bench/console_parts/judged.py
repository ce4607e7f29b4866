"""What others judge the pages by: size of the scripts, axe, Lighthouse (I/O)."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.console_parts.stack import Stack
from tests.browser.accessibility import AXE, LANGUAGES, speak, violations

ROLES = {"dispatcher": (1440, 900), "responder": (390, 844), "family": (390, 844)}
# Runs on Node 20; fetched for this measurement alone.
LIGHTHOUSE = "lighthouse@12.8.2"
# The map comes when the rest is there, and is not counted.
_MAP = re.compile(r"/(maplibre|MapPane|pmtiles|map|engine)[^/]*\.js$", re.IGNORECASE)
_SCRIPTS = "performance.getEntriesByType('resource').filter((one) => new URL(one.name).pathname.endsWith('.js'))"


def sizes(stack: Stack) -> dict[str, dict[str, float]]:
    """Kilobytes (1,024 bytes, gzip) of script that a role's page fetches until it is there."""
    found = {}
    for role, (width, height) in ROLES.items():
        page = stack.page(role, width=width, height=height)
        page.wait_for_load_state("load")
        page.wait_for_timeout(3000)
        scripts = page.evaluate(f"() => {_SCRIPTS}.map((one) => [one.name, one.encodedBodySize])")
        found[role] = round(sum(size for name, size in scripts if not _MAP.search(name)) / 1024, 1)
        page.context.close()
    return {"js_kb": found}


def axe(stack: Stack) -> dict[str, int | None]:
    """Violations over all roles and languages; null where axe is not installed."""
    if not AXE.is_file():
        print("axe: null, not installed (npm ci in console/web)")
        return {"axe_violations": None}
    count = 0
    for role in (None, "administrator", *ROLES):
        width, height = ROLES.get(role or "", (1440, 900))
        for language in LANGUAGES:
            page = stack.browser.new_context(viewport={"width": width, "height": height}).new_page()
            page.goto(stack.url)
            if role is not None:
                page.context.close()
                page = stack.page(role, width=width, height=height)
            speak(page, language)
            page.wait_for_timeout(1500)
            for one in violations(page):
                print(f"axe: {role or 'login'}, {language}: {one}")
                count += 1
            page.context.close()
    return {"axe_violations": count}


def lighthouse(stack: Stack) -> dict[str, dict[str, int | None]]:
    """Lighthouse's marks for the way in; null where it cannot be had."""
    nothing: dict[str, dict[str, int | None]] = {"lighthouse": {"accessibility": None, "performance": None}}
    npx, chromium = shutil.which("npx"), shutil.which("chromium")
    if npx is None or chromium is None:
        print("lighthouse: null, no npx or no Chromium here")
        return nothing
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            npx, "--yes", LIGHTHOUSE, stack.url, "--quiet", "--output=json", f"--output-path={report}",
            "--only-categories=accessibility,performance", "--chrome-flags=--headless=new --no-sandbox",
        ]  # fmt: skip
        try:
            ended = subprocess.run(
                command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True, timeout=300,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            print("lighthouse: null, took longer than 5 minutes")
            return nothing
        if not report.is_file():
            print(f"lighthouse: null, {ended.stderr.strip().splitlines()[-1:] or 'no report'}")
            return nothing
        marks = json.loads(report.read_text("utf-8"))["categories"]
    return {"lighthouse": {name: round(100 * (marks[name]["score"] or 0)) for name in nothing["lighthouse"]}}
