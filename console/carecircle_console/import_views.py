"""Views: the JSON of imports (pure)."""

from typing import Literal

from carecircle_alerts.imports.book import ImportKind
from carecircle_alerts.imports.report import Report
from carecircle_console.wire import Time, Wire


class ImportProblem(Wire):
    """What is wrong in a row, in which column; `facts` are what goes into the sentence in another language."""

    column: str
    code: str
    message: str
    facts: dict[str, str]


class ImportLine(Wire):
    """What one row of the file does; `line` counts as the sheet does, with the header as 1."""

    line: int
    object_id: str
    action: Literal["error", "create", "change", "unchanged"]
    problems: tuple[ImportProblem, ...]
    changed: tuple[str, ...]


class ImportReport(Wire):
    """What a file does. `fingerprint` goes back with the commit; `import_id` is there once it is written."""

    kind: ImportKind
    fingerprint: str
    import_id: int | None
    errors: int
    creates: int
    changes: int
    unchanged: int
    ignored_columns: tuple[str, ...]
    lines: tuple[ImportLine, ...]


class PastImport(Wire):
    """An import that was written."""

    id: int
    at: Time
    kind: ImportKind
    by_name: str
    reason: str
    created: int
    changed: int
    undone_at: Time | None
    undone_by: str | None
    can_undo: bool


def report_view(kind: ImportKind, report: Report, import_id: int | None) -> ImportReport:
    """A report as pages read it; errors first, then as the sheet has them."""
    lines = sorted(report.lines, key=lambda one: (one.action != "error", one.line))
    return ImportReport(
        kind=kind,
        fingerprint=report.fingerprint,
        import_id=import_id,
        errors=report.count("error"),
        creates=report.count("create"),
        changes=report.count("change"),
        unchanged=report.count("unchanged"),
        ignored_columns=report.ignored,
        lines=tuple(
            ImportLine(
                line=one.line,
                object_id=one.object_id,
                action=one.action,
                problems=tuple(
                    ImportProblem(column=p.column, code=p.code, message=p.message, facts=dict(p.facts))
                    for p in one.problems
                ),
                changed=one.changed,
            )
            for one in lines
        ),
    )
