"""Said codes: every code that the back end can write, read out of its sources, for tests that each has a word."""

import ast
import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

import carecircle_alerts
from carecircle_alerts.commands import Audience
from carecircle_alerts.incident import AssignmentState, OfferState, State, Verification
from carecircle_alerts.watch import capabilities
from carecircle_console import errors

ALERTS = Path(carecircle_alerts.__file__).parent

# Steps that are put together of a word and a state: how the sources write them, and all that can come of it.
COMPOSED = {
    "to.value.lower()": {one.lower() for one in State},
    "f'offer_{state.value.lower()}'": {f"offer_{one.lower()}" for one in OfferState},
    "f'helper_{to.value.lower()}'": {f"helper_{one.lower()}" for one in AssignmentState},
    "f'verification_{verification.value}'": {f"verification_{one}" for one in Verification},
    # Receipts of offers have steps of their own.
    "f\"{state.value.lower()}_{fate['audience']}\"": {
        f"{state}_{one}" for state in ("delivered", "read") for one in Audience if one is not Audience.OFFER
    },
}
# The one place that writes down what a `Record` says.
HANDED_ON = {"step"}


def calls() -> Iterator[tuple[Path, ast.expr]]:
    """The first argument of everything that becomes a row of the audit trail."""
    for path in sorted(ALERTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"Record", "_entry"}:
                    yield path, node.args[0]


def steps() -> set[str]:
    """Every step that the sources can write."""
    found: set[str] = set()
    for path, said in calls():
        text = ast.unparse(said)
        if isinstance(said, ast.Constant):
            found.add(str(said.value))
        elif text not in HANDED_ON:
            assert text in COMPOSED, f"{path.name}: say in COMPOSED which steps {text} can be"
            found |= COMPOSED[text]
    for path in ALERTS.rglob("*.sql"):
        for inserted in path.read_text("utf-8").split("insert into incident_event")[1:]:
            found |= {
                f"{word}{one}" for word in re.findall(r"'(\w+_)' \|\| \w+\.audience", inserted) for one in Audience
            }
    return found


def whys(module: str) -> set[str]:
    """The words between which a module chooses to say why somebody is asked."""
    said: list[ast.expr | None] = []
    for node in ast.walk(ast.parse((ALERTS / module).read_text("utf-8"))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "why":
            said.append(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("_why"):
            said += [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
    ends = [end for one in said if isinstance(one, ast.IfExp) for end in (one.body, one.orelse)]
    return {end.value for end in ends if isinstance(end, ast.Constant) and isinstance(end.value, str)}


def bases() -> set[str]:
    """What a travel time can rest on."""
    sources = [path.read_text("utf-8") for folder in ("travel", "coverage") for path in (ALERTS / folder).rglob("*.py")]
    return {word for text in sources for word in re.findall(r'\b(?:basis|BASIS) = "(\w+)"', text)}


def promises() -> set[str]:
    """The promises that the check looks after."""
    (query,) = re.findall(
        r"-- name: broken_promises\n(.*?)-- name:", (ALERTS / "promises.sql").read_text("utf-8"), re.DOTALL
    )
    return set(re.findall(r"select '(\w+)'", query))


def services() -> set[str]:
    """Who leaves a pulse."""
    sources = [path.read_text("utf-8") for path in ALERTS.rglob("*.py")]
    return {word for text in sources for word in re.findall(r'"pulse", service="(\w+)"', text)}


def actors() -> set[str]:
    """Who writes the audit trail, beside people."""
    sources = [path.read_text("utf-8") for path in ALERTS.rglob("*.py")]
    return {word for text in sources for word in re.findall(r'^ACTOR = "(\w+)"', text, re.MULTILINE)}


def lacks() -> set[str]:
    """Why a capability does not hold."""
    words = re.findall(r'(?:return|else|=) \(?"([a-z_]+)"', inspect.getsource(capabilities))
    return {*words, *re.findall(r'"(\w+)" if', inspect.getsource(capabilities))} - {"no", "yes", "partly", "call"}


def refusals() -> set[str]:
    """The codes that a refusal can have."""
    sources = [path.read_text("utf-8") for path in ALERTS.rglob("*.py")]
    specific = {word for text in sources for word in re.findall(r'Conflict\([^"]*"[^"]*"[^"]*code="(\w+)"', text)}
    general = {code for _kind, _status, code, _sentence in errors._KINDS} | {
        code for code, _ in errors._STATUSES.values()
    }
    return specific | general | {"internal", "http_error"}


def literals(model: type[BaseModel], field: str) -> set[str]:
    """The words that a field of the interface may have."""
    found = get_args(model.model_fields[field].annotation)
    return {word for one in found for word in (get_args(one) or (one,)) if isinstance(word, str)}


def enum(*kinds: type[StrEnum]) -> list[str]:
    return [one.value for kind in kinds for one in kind]


def told() -> set[str]:
    """The steps at which people are told of an incident, without what keeps two of one step apart."""
    sources = "\n".join(path.read_text("utf-8") for path in ALERTS.rglob("*.py"))
    return set(re.findall(r'Tell\(\s*Audience\.\w+, f?"([a-z_]*[a-z])', sources)) | {"offer", "opened", "received"}


def events() -> set[str]:
    """The events of devices that a rule knows."""
    sources = "\n".join(path.read_text("utf-8") for path in (ALERTS / "rules").glob("*.py"))
    return set(re.findall(r"event:([a-z_]+)", sources)) | {*capabilities._BY_EVENT, "mains_lost", "mains_restored"}
