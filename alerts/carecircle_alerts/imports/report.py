"""Report: what a file would do, line by line, and the fingerprint that holds it to that (pure)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Action = Literal["error", "create", "change", "unchanged"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row: in which column, as a code with the facts of its sentence, and in Chinese."""

    column: str
    code: str
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of the file does. `after` is what will stand in the register; None where it cannot."""

    line: int
    object_id: str
    action: Action
    problems: tuple[Problem, ...] = ()
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = field(default=None)

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns whose value becomes another."""
        if self.before is None or self.after is None:
            return ()
        return tuple(name for name, value in self.after.items() if self.before[name] != value)


@dataclass(frozen=True, slots=True)
class Report:
    """What the whole file does."""

    lines: tuple[Line, ...]
    ignored: tuple[str, ...]
    fingerprint: str

    def count(self, action: Action) -> int:
        """How many lines do this."""
        return sum(line.action == action for line in self.lines)


def fingerprint_of(kind: str, area: str, content: bytes, lines: tuple[Line, ...]) -> str:
    """A name of file, area, and everything in the register that the report rests on; another when any of it changes."""
    told = [
        [one.line, one.object_id, one.action, [problem.code for problem in one.problems], one.before, one.after]
        for one in lines
    ]
    text = json.dumps([kind, area, hashlib.sha256(content).hexdigest(), told], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
