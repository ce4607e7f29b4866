"""Listing commands: each is announced with the words that it would say itself, and only where it can run."""

from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path

import click
import pytest

from carecircle.announced import lacks, summary_of

_POINTS = sorted(entry_points(group="carecircle.commands"), key=lambda point: point.name)


@pytest.mark.parametrize("point", _POINTS, ids=lambda point: point.name)
def test_a_command_is_announced_with_its_own_words(point: EntryPoint) -> None:
    command = point.load()
    assert isinstance(command, click.Command)
    assert summary_of(point) == command.get_short_help_str(100)


@pytest.mark.parametrize("point", _POINTS, ids=lambda point: point.name)
def test_everything_can_run_where_all_is_installed(point: EntryPoint) -> None:
    assert not lacks(point)


def test_what_its_extra_asks_for_and_is_not_there_is_missed(tmp_path: Path) -> None:
    points = _announced(tmp_path, "a-package-that-nobody-has>=1; extra == 'server'", "click>=8; extra == 'gateway'")
    assert {name: lacks(point) for name, point in points.items()} == {"engine": True, "box": False, "plain": False}


def test_a_package_for_some_machines_only_is_not_missed_on_others(tmp_path: Path) -> None:
    points = _announced(tmp_path, "a-package-that-nobody-has; (sys_platform == 'x') and extra == 'server'")
    assert not lacks(points["engine"])


@pytest.mark.parametrize(
    "source",
    [
        '@click.command(help="Other words.")\ndef word():\n    """Words."""\n',
        '@click.group(short_help="Other words.")\ndef word():\n    """Words."""\n',
        '@click.command(**words)\ndef word():\n    """Words."""\n',
        "@click.command()\ndef word():\n    pass\n",
        "word = make()\n",
    ],
)
def test_what_cannot_be_read_for_sure_is_left_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    assert _summary(tmp_path, monkeypatch, source) is None


def test_other_decorators_may_have_help_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = '@click.command("word")\n@click.option("--x", help="x")\ndef word():\n    """Words.\n\n    More."""\n'
    assert _summary(tmp_path, monkeypatch, source) == "Words."


def _summary(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> str | None:
    package = folder / "package_of_words"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('a package is not run to be listed')")
    (package / "words.py").write_text(source)
    monkeypatch.syspath_prepend(str(folder))
    return summary_of(EntryPoint("word", "package_of_words.words:word", "carecircle.commands"))


def _announced(folder: Path, *required: str) -> dict[str, EntryPoint]:
    about = folder / "boxed-1.dist-info"
    about.mkdir()
    lines = [f"Requires-Dist: {line}" for line in required]
    (about / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", "Name: boxed", "Version: 1", *lines, ""]))
    (about / "entry_points.txt").write_text(
        "[carecircle.commands]\nengine = boxed:engine [server]\nbox = boxed:box [gateway]\nplain = boxed:plain\n"
    )
    return {point.name: point for point in Distribution.at(about).entry_points}
