"""Documents that are written from code or metadata, and must not fall behind it."""

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

from carecircle.contract import render_schemas
from carecircle.payloads import SCHEMAS
from carecircle.settings_reference import render_settings, settings_classes
from tests.unit.deploy.compose_file import ROOT
from tests.unit.deploy.test_deploy_compose import SETTINGS

LICENCES = (ROOT / "docs/licences.md").read_text()
# What a classifier means in SPDX; where it says too little, the licence is the one in the package's own text.
CLASSIFIERS = {
    "Apache Software License": {"Apache-2.0"},
    "MIT License": {"MIT"},
    "BSD License": {"BSD-2-Clause", "BSD-3-Clause"},
    "Mozilla Public License 2.0 (MPL 2.0)": {"MPL-2.0"},
    "Python Software Foundation License": {"PSF-2.0"},
    "The Unlicense (Unlicense)": {"Unlicense"},
}

# Declare nothing; their text is of this licence.
BY_TEXT = {"verlib2": "BSD-2-Clause"}


def pinned() -> dict[str, str]:
    """The part of the product that each pinned package first belongs to."""
    parts: dict[str, str] = {}
    for file, part in (("gateway", "home box"), ("server", "platform"), ("dev", "development")):
        text = (ROOT / f"requirements/{file}.txt").read_text()
        for name in re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==", text, re.MULTILINE):
            parts.setdefault(name, part)
    return parts


def listed() -> dict[str, tuple[str, str]]:
    table = re.findall(r"^\| ([\w.-]+) \| ([^|]+?) \| (home box|platform|development) \|$", LICENCES, re.MULTILINE)
    return {name: (licence, part) for name, licence, part in table}


def test_every_pinned_package_is_listed_with_its_part_and_no_other() -> None:
    assert {name: part for name, (_, part) in listed().items()} == pinned()


@pytest.mark.parametrize("name", sorted(listed()))
def test_the_licence_is_the_one_that_the_package_declares(name: str) -> None:
    licence = listed()[name][0]
    try:
        declared = metadata(name)
    except PackageNotFoundError:
        assert name in {"colorama", "tzdata"}, "only what Windows needs is not installed here"
        return
    if name in BY_TEXT:
        assert licence == BY_TEXT[name]
        assert "License" not in declared
        return
    if "License-Expression" in declared:
        assert licence == declared["License-Expression"]
        return
    classifiers = [line for line in declared.get_all("Classifier") or [] if line.startswith("License :: ")]
    last_words = [line.rpartition(" :: ")[2] for line in classifiers]
    meant = [CLASSIFIERS[word] for word in last_words if word != "OSI Approved"] or [{declared["License"]}]
    assert len(meant) == len(licence.split(" OR "))
    older = set(declared.get_all("License") or [])
    # A package whose classifier does not fit its text may still name its licence in the older field.
    assert all(set(licence.split(" OR ")) & (options | older) for options in meant)


def test_no_package_of_the_product_forbids_its_use_in_a_closed_network() -> None:
    """Copyleft that reaches users over a network would bind every bureau; the LGPL binds only the library itself."""
    for name, (licence, part) in listed().items():
        assert part == "development" or not re.search(r"\b(AGPL|SSPL|GPL)-", licence), name


def test_the_settings_page_is_what_the_classes_say() -> None:
    assert (ROOT / "docs/settings.md").read_text() == render_settings(), "run `python -m carecircle.settings_reference`"


def test_every_process_of_the_compose_file_is_on_the_settings_page() -> None:
    assert set(SETTINGS.values()) <= set(settings_classes())


def test_every_setting_says_what_it_is_for() -> None:
    for settings in settings_classes():
        for name, field in settings.model_fields.items():
            assert field.description, f"{settings.__name__}.{name}"


def test_the_published_schemas_are_those_of_the_models() -> None:
    folder = ROOT / "docs/contract"
    written = {path.name: path.read_text() for path in folder.glob("*.json")}
    assert written == render_schemas(), "run `python -m carecircle.contract`"
    assert {Path(name).stem for name in written} == set(SCHEMAS)


def test_the_schemas_name_every_field_that_the_models_read() -> None:
    for name, text in render_schemas().items():
        assert set(json.loads(text)["properties"]) == set(SCHEMAS[Path(name).stem].model_fields)
