"""Views: end-to-end tests of beds, step by step with their times (pure)."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from carecircle_console.wire import Time, Wire

Step = Literal[
    "announced", "home_told", "home_ready", "invited", "pressed", "received", "decided", "told", "came", "confirmed",
    "settled",
]  # fmt: skip
# In the order of the way: home, gateway, broker, engine, decision, channel, household.
_STEPS: tuple[tuple[Step, str], ...] = (
    ("announced", "planned_at"),
    ("home_told", "home_told_at"),
    ("home_ready", "ready_at"),
    ("invited", "invited_at"),
    ("pressed", "pressed_at"),
    ("received", "received_at"),
    ("decided", "decided_at"),
    ("told", "told_at"),
    ("came", "came_at"),
    ("confirmed", "confirmed_at"),
    ("settled", "settled_at"),
)


class TestStep(Wire):
    """One step of the way, and when it was taken."""

    __test__ = False

    step: Step
    at: Time


class WouldBeAsked(Wire):
    """One person whom the platform would have asked; seconds of travel and on what they rest."""

    id: str
    name: str
    travel_p50_s: int | None
    basis: str | None


class BedTestShown(Wire):
    """One test. `confirm_by`: until then the household can say that a held press was the test; then it is a call.

    `outcome` is a word for why it ended as it did; `incident_id` is there where the press became a call.
    """

    id: UUID
    bed_id: str
    area_name: str
    state: Literal["ANNOUNCED", "OPEN", "PRESSED", "PASSED", "REAL", "MISSED", "FAILED", "CANCELLED"]
    by_name: str = Field(description="who asked for it; empty: the schedule")
    reason: str
    opens_at: Time
    closes_at: Time
    confirm_by: Time | None
    channel: str | None
    considered: int | None
    would_ask: tuple[WouldBeAsked, ...]
    confirmed_by: str | None
    incident_id: UUID | None
    outcome: str
    steps: tuple[TestStep, ...]


class Announce(Wire):
    """A test for now, or for a time to come; the window is ten minutes."""

    opens_at: AwareDatetime | None = None
    reason: str = Field("", max_length=200)


class Announced(Wire):
    """The test that was announced."""

    id: UUID


def bed_test_shown(row: Mapping[str, Any]) -> BedTestShown:
    """A row of `shown_bed_tests` as the page gets it."""
    decision = row["decision"] or {}
    steps = tuple(TestStep(step=step, at=row[column]) for step, column in _STEPS if row[column] is not None)
    known = {name: row[name] for name in BedTestShown.model_fields if name in row}
    return BedTestShown(
        **known, considered=decision.get("considered"),
        would_ask=tuple(WouldBeAsked.model_validate(one) for one in decision.get("asked", ())), steps=steps,
    )  # fmt: skip
