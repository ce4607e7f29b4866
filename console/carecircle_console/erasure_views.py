"""Views: the JSON of erasing a person: the dry run, requests, and what was done (pure)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from carecircle_alerts.register.erasures import COUNTED_TO, AskedBy, SubjectKind
from carecircle_console.people_views import Reason
from carecircle_console.wire import Time, Wire

Act = Literal["delete", "empty", "strike", "keep"]
State = Literal["requested", "cooling", "due", "running", "done", "withdrawn"]


class ErasureLine(Wire):
    """What becomes, or became, of one table.

    delete: rows go; empty: columns are emptied; strike: names are taken out of text; keep: rows stay, `why` is the
    reason. `is_more`: there are more than `amount`.
    """

    topic: str
    target: str
    act: Act
    why: str
    amount: int
    is_more: bool


class ErasurePreview(Wire):
    """The dry run. `obstacle` is why it cannot be done now, or null."""

    subject_kind: SubjectKind
    subject_id: str
    obstacle: str | None
    lines: tuple[ErasureLine, ...]


class Erasure(Wire):
    """A request. `subject_name` is a placeholder once the person is erased; it is at `steps_done` of `steps`.

    `failing_since`: its next step is refused since then, `failed_times` times, the last time at `failed_at` with
    SQLSTATE `failed_code`; the step is of the table `failed_target`, empty where it could not even begin. Null while
    it goes on.
    """

    id: int
    origin: Literal["request", "ledger"]
    state: State
    subject_kind: SubjectKind
    subject_id: str
    subject_name: str | None
    bed_id: str | None
    area_code: str
    area_name: str | None
    asked_by: AskedBy | Literal["ledger"]
    asked_on: date
    ends_service: bool
    reason: str
    requested_at: Time
    requested_name: str
    confirmed_at: Time | None
    confirmed_name: str | None
    not_before: Time | None
    withdrawn_at: Time | None
    withdrawn_name: str | None
    withdrawn_reason: str
    begun_at: Time | None
    finished_at: Time | None
    is_mine: bool
    steps_done: int
    steps: int
    failing_since: Time | None
    failed_at: Time | None
    failed_times: int
    failed_target: str | None
    failed_topic: str | None
    failed_code: str | None


class ErasedPerson(Wire):
    """Whom an erasure is about, by number."""

    kind: SubjectKind
    person_id: str


class ErasureDetail(Wire):
    """A request with its dry run before it begins, and what was done once it has: after the end its certificate."""

    erasure: Erasure
    obstacle: str | None
    persons: tuple[ErasedPerson, ...]
    lines: tuple[ErasureLine, ...]


class ErasureWish(Wire):
    """Who is to be erased, who asked for it, and on which day that was received."""

    subject_kind: SubjectKind
    subject_id: Annotated[str, Field(min_length=1, max_length=64)]
    asked_by: AskedBy
    asked_on: date
    ends_service: bool = False
    reason: Reason


def lines_of(rows: Iterable[Mapping[str, object]]) -> tuple[ErasureLine, ...]:
    """Rows of the dry run or the journal; those that concern nothing are left out."""
    return tuple(
        ErasureLine.model_validate(
            {name: row[name] for name in ("topic", "target", "act", "why")}
            | {"amount": min(int(str(row["amount"])), COUNTED_TO), "is_more": int(str(row["amount"])) > COUNTED_TO}
        )
        for row in rows
        if row["amount"]
    )


def done_lines(rows: Iterable[Mapping[str, object]]) -> tuple[ErasureLine, ...]:
    """Rows of the journal, counted to the end."""
    return tuple(
        ErasureLine.model_validate(
            {name: row[name] for name in ("topic", "target", "act", "why", "amount")} | {"is_more": False}
        )
        for row in rows
        if row["amount"]
    )
