"""docs/settings.md: every setting of every process, written from the settings classes (I/O in `main`).

`python -m carecircle.settings_reference` writes it anew; a test fails while the file differs from the classes.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from carecircle.settings import ProcessSettings

_DEFAULT_PATH = Path("docs/settings.md")
_HEAD = """\
# Settings

A process is told what it needs by environment variables, or by files of the same name in lower case in `/run/secrets`
(as Docker and Kubernetes mount them); the environment wins. Secrets are marked: give them as files. What is required
and missing stops the process with one sentence that names the setting.

This file is written by `python -m carecircle.settings_reference`.
"""


def settings_classes() -> list[type[ProcessSettings]]:
    """The settings classes of all installed commands, in the order of their names; shared bases are left out."""
    for point in entry_points(group="carecircle.commands"):
        point.load()
    ours = {found for found in _descendants(ProcessSettings) if found.__module__.startswith("carecircle")}
    bases = {base for found in ours for base in found.__mro__[1:]}
    return sorted(ours - bases, key=lambda found: found.__name__)


def render_settings() -> str:
    """The text of docs/settings.md."""
    parts = [_HEAD]
    for settings in settings_classes():
        parts.append(f"\n## {settings.__name__.removesuffix('Settings')}\n\n{(settings.__doc__ or '').strip()}\n\n")
        parts.append("| setting | default | meaning |\n|---|---|---|\n")
        parts.extend(
            f"| `CARECIRCLE_{name.upper()}` | {_default(field)} | {_meaning(field)} |\n"
            for name, field in settings.model_fields.items()
        )
    return "".join(parts)


def _descendants(parent: type[ProcessSettings]) -> Iterator[type[ProcessSettings]]:
    for child in parent.__subclasses__():
        yield child
        yield from _descendants(child)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, tuple):
        value = ",".join(map(str, value))
    return f"`{value}`" if not isinstance(value, dict) else "see the class"


def _meaning(field: FieldInfo) -> str:
    words = [(field.description or "").replace("|", "\\|")]
    if get_origin(field.annotation) is Literal:
        words.append(f"one of {', '.join(map(str, get_args(field.annotation)))}")
    if field.annotation is SecretStr or (
        get_origin(field.annotation) in {UnionType, Union} and SecretStr in get_args(field.annotation)
    ):
        words.append("**secret**")
    return "; ".join(words)


def main() -> None:
    """Write the file named on the command line, docs/settings.md without one."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else _DEFAULT_PATH
    path.write_text(render_settings(), encoding="utf-8")


if __name__ == "__main__":
    main()
