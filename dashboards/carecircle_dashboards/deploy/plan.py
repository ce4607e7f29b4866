"""The plan of a deployment: what would be made, changed or left, and how it differs (pure).

A dashboard has one channel. What Grafana has read from files cannot be saved over through its interface; the plan says
so instead of failing half-way.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Document = Mapping[str, object]
_OF_THE_SERVER = frozenset({"id", "version"})
_SECRET = "secureJsonData"  # noqa: S105 - the name of a field


class Doing(StrEnum):
    """What is done to one thing."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Found:
    """A thing as the server has it. `is_provisioned`: it comes from files; `version` is given back on a change."""

    document: Document
    version: int = 0
    is_provisioned: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing: `kind` is folder, data source or dashboard; `why` is said to people."""

    kind: str
    uid: str
    doing: Doing
    why: str = ""
    diff: str = ""
    document: Document = field(default_factory=dict)
    version: int = 0


def plan_folder(uid: str, title: str, found: Found | None) -> Step:
    """A folder that is there keeps the title that people gave it."""
    document = {"uid": uid, "title": title}
    if found is None:
        return Step("folder", uid, Doing.CREATE, document=document)
    return Step("folder", uid, Doing.KEEP)


def plan_source(wanted: Document, found: Found | None, *, set_password: bool) -> Step:
    """The server never tells a password, so that it is set when something else differs, or when it is asked for."""
    uid = str(wanted["uid"])
    if found is None:
        return Step("data source", uid, Doing.CREATE, document=wanted)
    shown = {key: value for key, value in wanted.items() if key != _SECRET}
    present = {key: found.document.get(key) for key in shown}
    difference = text_difference(present, shown, uid)
    if not difference and not set_password:
        return Step("data source", uid, Doing.KEEP)
    if found.is_provisioned:
        return Step("data source", uid, Doing.REFUSE, "comes from Grafana's provisioning files; change it there")
    why = "" if difference else "its password is set anew"
    return Step("data source", uid, Doing.UPDATE, why, difference, wanted, found.version)


def plan_dashboard(wanted: Document, folder: str, found: Found | None) -> Step:
    """Compared without what the server adds by itself."""
    uid = str(wanted["uid"])
    if found is None:
        return Step("dashboard", uid, Doing.CREATE, document=wanted)
    difference = text_difference(_own(found.document), _own(wanted), uid)
    if not difference and (found.folder == folder or found.is_provisioned):
        return Step("dashboard", uid, Doing.KEEP)
    if found.is_provisioned:
        why = "comes from Grafana's provisioning files and is older or newer than this: a page has one channel"
        return Step("dashboard", uid, Doing.REFUSE, why, difference)
    why = "" if difference else f"moves from folder {found.folder or '-'}"
    return Step("dashboard", uid, Doing.UPDATE, why, difference, wanted, found.version)


def text_difference(before: Document, after: Document, name: str) -> str:
    """Line by line, in an order that does not depend on the server; empty where both say the same."""
    old, new = (_lines(document) for document in (before, after))
    return "".join(difflib.unified_diff(old, new, f"{name} (server)", f"{name} (code)", n=2))


def summary(steps: Sequence[Step]) -> dict[Doing, int]:
    """How many of each."""
    return {doing: sum(step.doing is doing for step in steps) for doing in Doing}


def _own(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in _OF_THE_SERVER}


def _lines(document: Document) -> list[str]:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").splitlines(keepends=True)
