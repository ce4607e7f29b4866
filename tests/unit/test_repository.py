"""What holds for every file of the repository."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
_LIST = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
_TRACKED = subprocess.run(_LIST, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
PYTHON = [name for name in _TRACKED if name.endswith(".py") and (ROOT / name).is_file()]
CODE = [name for name in PYTHON if not name.startswith(("tests/", "bench/"))]


def test_there_is_something_to_look_at() -> None:
    assert len(CODE) > 30


def test_no_file_is_too_long() -> None:
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in PYTHON}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("name", CODE)
def test_a_module_says_its_place_first(name: str) -> None:
    doc = ast.get_docstring(ast.parse((ROOT / name).read_text(encoding="utf-8")))
    assert doc, "a module opens with one sentence: its place in the data's way"


def test_no_name_says_nothing() -> None:
    empty = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)")
    assert [name for name in CODE if empty.search(Path(name).stem)] == []


def test_no_two_migrations_have_one_number() -> None:
    numbers = [int(file.name[:4]) for file in sorted((ROOT / "carecircle/db/migrations").glob("*.sql"))]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
