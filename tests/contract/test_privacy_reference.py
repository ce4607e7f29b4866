"""docs/privacy.md says what the catalogue of persons says."""

from pathlib import Path

from carecircle.persons.reference import WRITTEN, reference


def test_the_page_is_what_the_catalogue_says() -> None:
    written = (Path(__file__).parents[2] / WRITTEN).read_text(encoding="utf-8")
    assert written == reference(), "the catalogue has changed: python -m carecircle.persons.reference"
