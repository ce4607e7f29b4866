"""Views: the JSON of alarms, their reasons, what is put aside, rules, and trials of rules on history (pure)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_console.jobs import Job
from carecircle_console.wire import Time, Wire

_CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$"


class Alarm(Wire):
    """What a rule has found. `why` has codes and figures for programs, `text` says the same in Chinese.

    `held_back` says why nobody was told yet: `shelved`, `flood` or `late`; `doubtful` repeats what was told already of
    a device that may count double; `history` was found in readings that came late and is never told. `correction` is
    what such readings say of an alarm: confirmed, disproved, delayed (the device went on recording, only the way was
    cut) or missed.
    """

    id: int
    bed_id: str
    kind: Kind
    device: str
    priority: Literal[1, 2, 3]
    raised_at: Time
    noted_at: Time
    cleared_at: Time | None
    why: dict[str, Any]
    text: str
    held_back: str | None
    incident_id: UUID | None
    rules_version: int
    correction: Literal["confirmed", "disproved", "delayed", "missed"] | None
    corrected_at: Time | None
    correction_text: str | None


class Shelf(Wire):
    """An alarm that somebody has put aside; it returns by itself."""

    bed_id: str
    kind: Kind
    reason: str
    by_name: str
    begins_at: Time
    until: Time


class BedAlarms(Wire):
    """The alarms of a bed, those that stand first, and what is put aside there."""

    alarms: tuple[Alarm, ...]
    shelves: tuple[Shelf, ...]


class ToShelve(Wire):
    """What to put aside, for how many minutes, and why."""

    kind: Kind
    minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RuleView(Wire):
    """One rule: its family, its settings with their defaults as a JSON schema, and the name that people call it by."""

    rule: str
    name: str
    family: str
    settings: dict[str, Any]


class RuleSetting(Wire):
    """Who has set what for everybody (scope empty), an area (its division code) or a bed (its id), and why."""

    version: int
    scope: str
    rule: str
    settings: dict[str, Any]
    reason: str
    by_name: str
    at: Time


class RuleChange(Wire):
    """Settings to lay over those of the wider scope; none of them takes away what was laid before."""

    scope: Annotated[str, Field(max_length=64)]
    settings: dict[str, Any]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RuleVersion(Wire):
    """The version of the rule book after a change."""

    version: int


class TriedChange(Wire):
    """One change that is only tried."""

    rule: Annotated[str, Field(max_length=64)]
    scope: Annotated[str, Field(max_length=64)] = ""
    settings: dict[str, Any]


class ToTry(Wire):
    """Replay the history of an area, or of one bed, under today's rules and under a change."""

    days: Annotated[float, Field(gt=0, le=90)] = 30.0
    area: Annotated[str, Field(pattern=_CODE)] = ""
    bed: Annotated[str | None, Field(max_length=64)] = None
    change: Annotated[tuple[TriedChange, ...], Field(max_length=50)] = ()


class Trial(Job):
    """A replay: how far it is, and what came of it. `report` is there once it is `done`."""

    bed: str | None
    days: float
