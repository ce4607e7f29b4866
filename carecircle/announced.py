"""Announced: what the commands of installed packages are for, read from their sources and never run (I/O).

To list commands by importing them costs seconds: among them are the road network, the console and the box at home.
"""

import ast
import re
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

import click

_WIDTH = 100  # of the sentence in a list, in letters, as click shortens it
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w.-]+)["']""")


def summary_of(point: EntryPoint) -> str | None:
    """The first sentence of a command's help, as click shows it in a list; None where only running would tell."""
    path = _source_of(point.module)
    if path is None:
        return None
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == point.attr and not _is_worded(node):
            text = ast.get_docstring(node)
            return click.Command(point.name, help=text).get_short_help_str(_WIDTH) if text else None
    return None


def lacks(point: EntryPoint) -> bool:
    """Whether a package is missing that the extras of this command ask for, as on a box at home.

    What is asked for on some machines only does not count: elsewhere the command does without it.
    """
    wanted = set(point.extras)
    return point.dist is not None and any(not _is_installed(name) for name in _asked_for(point.dist, wanted))


def _asked_for(distribution: Distribution, extras: set[str]) -> set[str]:
    names = set()
    for line in distribution.requires or []:
        requirement, _semicolon, condition = line.partition(";")
        extra, name = _EXTRA.fullmatch(condition.strip()), _NAME.match(requirement)
        if extra and extra[1] in extras and name:
            names.add(name[0])
    return names


def _is_installed(name: str) -> bool:
    try:
        Distribution.from_name(name)
    except PackageNotFoundError:
        return False
    return True


def _is_worded(node: ast.FunctionDef) -> bool:
    """Whether a decorator brings words of its own, which then stand in place of the docstring."""
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
    return any(word.arg in {"help", "short_help", None} for call in calls for word in call.keywords if _names(call))


def _names(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in {"command", "group"}


def _source_of(module: str) -> Path | None:
    """The file of a module; found without importing the packages that it is in."""
    top, *below = module.split(".")
    spec = find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0], *below).with_suffix(".py")
    return path if path.is_file() else None
