"""Judging: whether a press is the announced test of its bed or a call for help; in doubt it is a call (pure).

A press is held, and opens nothing, only while all of this is so: the home has marked it with the number of the test,
the test is of this very bed and waits for a press, the press was made inside the window by a clock that is believed,
it came at once, and nothing else calls from that bed. What is held is a call as well unless the household says within
`CONFIRM_WITHIN` that it was the test, and it cannot be said any more once something speaks against it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# All engineering proposals that the care centre has to confirm.
CONFIRM_WITHIN = timedelta(seconds=60)
"""So long a press is held at most: what a resident who means it waits when nobody says anything."""
COMES_WITHIN = timedelta(seconds=20)
"""From the press to the platform; what takes longer the lifeline may have told people of."""
_CLOCKS = timedelta(seconds=5)
"""Between two clocks that are both kept right."""


class TestState(StrEnum):
    """Where a bed test stands."""

    __test__ = False  # it is no test of ours, whatever pytest makes of its name

    ANNOUNCED = "ANNOUNCED"
    """Planned, or waiting for the home box to say that it is ready."""
    OPEN = "OPEN"
    """The home box marks the next press."""
    PRESSED = "PRESSED"
    """A press is held until the household says what it was."""
    PASSED = "PASSED"
    """The household has said that it was the test."""
    REAL = "REAL"
    """It became a call for help."""
    MISSED = "MISSED"
    """Nobody pressed."""
    FAILED = "FAILED"
    """The home box never answered."""
    CANCELLED = "CANCELLED"
    """Somebody called it off before anybody pressed."""


WAITS_FOR_PRESS = frozenset({TestState.ANNOUNCED, TestState.OPEN})
OVER_UNPRESSED = frozenset({TestState.MISSED, TestState.FAILED, TestState.CANCELLED})


class Why(StrEnum):
    """Why a marked press is a call all the same."""

    UNKNOWN_TEST = "unknown_test"
    TEST_IS_OVER = "test_is_over"
    PRESSED_AGAIN = "pressed_again"
    OUTSIDE_WINDOW = "outside_window"
    CLOCK_DOUBTED = "clock_doubted"
    CAME_SLOWLY = "came_slowly"
    OTHER_CALL = "other_call"
    NOT_CONFIRMED = "not_confirmed"
    SAID_TO_BE_REAL = "said_to_be_real"


@dataclass(frozen=True, slots=True)
class Press:
    """One marked press. `is_timed`: its device's clock is believed. `key` is (device, boot, seq)."""

    bed_id: str
    key: tuple[str, int, int]
    pressed_at: datetime
    is_timed: bool = True


@dataclass(frozen=True, slots=True)
class BedTest:
    """What judging has to know of a test; `key` and `confirm_by` are those of the press that it holds or held."""

    bed_id: str
    state: TestState
    opens_at: datetime
    closes_at: datetime
    key: tuple[str, int, int] | None = None
    confirm_by: datetime | None = None
    is_doubted: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """The press is held as the test until `confirm_by`; `again` says that it is the one that is held already."""

    confirm_by: datetime | None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Real:
    """The press is a call for help."""

    why: Why


def judge_press(test: BedTest | None, press: Press, now: datetime, *, is_calling: bool) -> Held | Real:  # noqa: PLR0911
    """What a marked press is; `is_calling` says that a call for help of this bed is open. In doubt it is real."""
    if test is None or test.bed_id != press.bed_id:
        return Real(Why.UNKNOWN_TEST)
    if test.key == press.key and test.state in {TestState.PRESSED, TestState.PASSED}:
        return Held(test.confirm_by, again=True)
    if test.state is TestState.PRESSED:
        return Real(Why.PRESSED_AGAIN)
    if test.state not in WAITS_FOR_PRESS:
        return Real(Why.TEST_IS_OVER)
    if not press.is_timed:
        return Real(Why.CLOCK_DOUBTED)
    if not test.opens_at - _CLOCKS <= press.pressed_at <= test.closes_at or now > test.closes_at + COMES_WITHIN:
        return Real(Why.OUTSIDE_WINDOW)
    if not -_CLOCKS <= now - press.pressed_at <= COMES_WITHIN:
        return Real(Why.CAME_SLOWLY)
    if is_calling:
        return Real(Why.OTHER_CALL)
    return Held(now + CONFIRM_WITHIN)


def may_confirm(test: BedTest, now: datetime) -> bool:
    """Whether the household can still say that it was the test."""
    return (
        test.state is TestState.PRESSED
        and not test.is_doubted
        and test.confirm_by is not None
        and now <= test.confirm_by
    )


def becomes_real(test: BedTest, now: datetime, *, is_in_incident: bool) -> Why | None:
    """Why a held press is a call from now on; None while the household still has time, or where none is held.

    `is_in_incident`: this very press is part of an incident already, because the lifeline brought it.
    """
    if test.state is not TestState.PRESSED:
        return None
    if test.is_doubted or is_in_incident:
        return Why.OTHER_CALL
    if test.confirm_by is None or now > test.confirm_by:
        return Why.NOT_CONFIRMED
    return None
