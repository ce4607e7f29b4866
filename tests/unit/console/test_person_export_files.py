"""The files of an export: masking, lines, names of columns, the archive."""

import io
import json
import zipfile
from datetime import UTC, datetime
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle.persons.catalogue import CATALOGUE
from carecircle.persons.vocabulary import Person
from carecircle_console.persons.archive import Archive
from carecircle_console.persons.labels import label_of
from carecircle_console.persons.lines import csv_lines, json_lines
from carecircle_console.persons.masking import NAME, NUMBER, Mask
from carecircle_console.persons.readme import Tongue, readme
from carecircle_console.persons.statements import sheets_of

AT = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "number",
    ["13912345678", "139-1234-5678", "+86 139 1234 5678", "0971-6123456", "6123456", "63010219500101123X", "a@b.cn"],
)
def test_whatever_could_be_a_number_of_somebody_is_covered(number: str) -> None:
    assert Mask([], [])(f"请打{number}，谢谢") == f"请打{NUMBER}，谢谢"


@pytest.mark.parametrize("text", ["2026-11-27 10:05 心率 135", "血压 160/95", "体温 38.5", "3 楼 201 室"])
def test_values_and_days_stay(text: str) -> None:
    assert Mask(["王阿姨"], [])(text) == text


def test_longer_names_are_covered_before_shorter_ones_within_them() -> None:
    assert (
        Mask(["王丽", "王丽华", "李"], ["王大爷", None])("王丽华和王丽看望王大爷，李在")
        == f"{NAME}和{NAME}看望王大爷，李在"
    )


@given(st.text("甲乙丙丁 ,"), st.lists(st.text("甲乙丙丁", min_size=2), max_size=4))
def test_no_name_of_others_is_left(text: str, names: list[str]) -> None:
    covered = Mask(names, [])(text + "".join(names))
    assert not any(name in covered for name in names)


@given(st.text(max_size=30))
def test_no_cell_is_computed_and_lines_are_exact(text: str) -> None:
    cell = csv_lines([[text, 1]]).decode()
    assert not cell.lstrip('"').startswith(("=", "+", "-", "@", "\t"))
    assert json.loads(json_lines(["a", "b"], [[text, AT]]))["a"] == text


@pytest.mark.parametrize("person", Person)
def test_every_column_has_a_name_for_people(person: Person) -> None:
    for sheet in sheets_of(person):
        for column in sheet.columns:
            assert label_of(sheet.table, column.name)


@pytest.mark.parametrize("person", Person)
def test_the_readmes_name_every_file_and_all_that_was_left_out(person: Person) -> None:
    sheets = sheets_of(person)
    for tongue in get_args(Tongue):
        text = readme(tongue, person, "x", AT, sheets, 1)
        assert all(f"-{sheet.table.name}.csv" in text for sheet in sheets)
        left_out = [name for table in CATALOGUE for names in table.withheld(person).values() for name in names]
        assert all(name in text for name in left_out)


def test_secrets_are_in_no_export() -> None:
    shown = {column.name for person in Person for sheet in sheets_of(person) for column in sheet.columns}
    assert shown.isdisjoint({"password_hash", "token_sha256", "sealed_secret", "code_hash", "generation", "mind"})


def test_an_archive_is_taken_out_bit_by_bit() -> None:
    archive, got, noise = Archive(AT), [], Random(1)
    archive.begin("一.csv")
    for _ in range(2000):
        archive.write(noise.randbytes(200))
        got.append(archive.take())
    archive.end(rows=2000)
    archive.add("二.jpg", b"\xff\xd8" * 100, pressed=False)
    got.append(archive.close())
    assert sum(bool(part) for part in got) > 5
    assert max(map(len, got)) < 100_000
    with zipfile.ZipFile(io.BytesIO(b"".join(got))) as read:
        assert read.testzip() is None
        assert read.namelist() == ["一.csv", "二.jpg"]
    assert [one["bytes"] for one in archive.contents] == [read.getinfo("一.csv").file_size, 200]
