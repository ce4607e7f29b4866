"""Views: the JSON of the audit log, and how its pages are asked for (pure)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from carecircle_console.errors import BadRequest
from carecircle_console.wire import Time, Wire

Kind = Literal[
    "incident", "people", "rule", "plan", "road", "register", "consent", "session", "shift", "handover", "bed_test",
    "shelf", "health", "audit",
]  # fmt: skip

# Which kind of thing each source of the log is about; a source is a query `audit_…`.
SOURCES: dict[str, Kind] = {
    "audit": "audit",
    "bed_test_planned": "bed_test",
    "bed_test_settled": "bed_test",
    "consent": "consent",
    "handover_taken": "handover",
    "handover_written": "handover",
    "health": "health",
    "incident": "incident",
    "people": "people",
    "plan": "plan",
    "register": "register",
    "road_closed": "road",
    "road_opened": "road",
    "rule": "rule",
    "session": "session",
    "shelf": "shelf",
    "shift_began": "shift",
    "shift_ended": "shift",
}
_LONGEST_KEY = len(str(UUID(int=0)))
# Behind every key: keys are digits, or a UUID's digits and letters.
_AFTER_ALL = "~"


class AuditEntry(Wire):
    """Somebody did something. `change` is a stable word, `object_id` of the kind `object_kind`, `detail` names nobody.

    `actor` is `account:…`, `responder:…`, a service of the platform, or empty where only a name was kept.
    """

    id: str
    at: Time
    kind: Kind
    change: str
    actor: str
    by_name: str
    object_kind: str
    object_id: str
    bed_id: str | None
    area_code: str
    reason: str
    detail: dict[str, object]


class AuditPage(Wire):
    """Entries, newest first; `next` is the cursor of the page behind, null where there is none."""

    entries: tuple[AuditEntry, ...]
    next: str | None


Place = tuple[datetime, str, str]


def cursor_of(place: Place) -> str:
    """A place in the log as a cursor: time, source and key, which no two entries share."""
    at, source, key = place
    return f"{at.isoformat()}~{source}~{key}"


def place_of(cursor: str) -> Place:
    """The place that a cursor means; raises `BadRequest` for one that we did not make."""
    at, _, rest = cursor.partition("~")
    source, _, key = rest.partition("~")
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        raise BadRequest("翻页标记无效，请重新查询") from None
    if when.tzinfo is None or source not in SOURCES or not 0 < len(key) <= _LONGEST_KEY or not key.isascii():
        raise BadRequest("翻页标记无效，请重新查询")
    return when, source, key


def bound_of(source: str, place: Place) -> tuple[datetime, str]:
    """Up to where a source lies behind a place: entries of an earlier time, or of the same time and a smaller key.

    Of entries at the same moment those of the source that is later in the alphabet come first.
    """
    at, last, key = place
    if source == last:
        return at, key
    return at, _AFTER_ALL if source < last else ""
