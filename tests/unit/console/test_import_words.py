"""Words of imports: everything that can be wrong with a file, a row or a form has a sentence in each catalogue."""

import re
from pathlib import Path

import pytest

import carecircle_alerts
from carecircle_alerts.imports import home_columns, responders

ALERTS = Path(carecircle_alerts.__file__).parent
WORDS = Path(__file__).parents[3] / "console/web/src/pages/administrator/words"
SOURCES = (*(ALERTS / "imports").glob("*.py"), ALERTS / "register/checks.py", ALERTS / "register/home_form.py")


def problems() -> dict[str, set[str]]:
    """The code of each refusal with the facts that it brings."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    found: dict[str, set[str]] = {}
    for code, rest in re.findall(
        r'(?:Wrong\(\s*|(?:Problem|Invalid)\([^,()]+, )"(\w+)"((?:[^()]|\([^()]*\))*)\)', text
    ):
        found.setdefault(code, set()).update(re.findall(r", (\w+)=", rest))
    malformed = re.findall(r'_matching\(\w+, "(\w+)"', text)
    return found | {f"{field}_malformed": set() for field in malformed} | {"phone_malformed": set()}


@pytest.mark.parametrize("language", ["zh-CN", "en", "bo"])
def test_every_problem_has_a_sentence_that_uses_only_what_it_is_told(language: str) -> None:
    known = dict(
        re.findall(r"^  '([^']+)': '(.*)',$", (WORDS / f"imports.{language}.ts").read_text("utf-8"), re.MULTILINE)
    )
    told = problems()
    assert {"number_damaged", "position_far", "relative_told", "file_too_long", "id_unavailable", "needed"} <= set(told)
    for code, facts in told.items():
        sentence = known.get(f"problem.{code}")
        assert sentence, f"{language} has no sentence for {code}"
        assert set(re.findall(r"\{(\w+)\}", sentence)) <= facts, code


@pytest.mark.parametrize("language", ["zh-CN", "en", "bo"])
def test_every_column_has_a_word(language: str) -> None:
    text = (WORDS / f"imports.{language}.ts").read_text("utf-8")
    columns = {f"importColumn.{name}" for name in (*home_columns.BED, *responders.NAMES)}
    wanted = columns | {f"importRelative.{name}" for name in home_columns.OF_RELATIVE}
    assert not {one for one in wanted if f"'{one}':" not in text}
