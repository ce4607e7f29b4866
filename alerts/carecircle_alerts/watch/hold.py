"""Hold: when a condition has lasted long enough to be told, and when it is over (pure).

On-delay, off-delay, stages and re-alarm time as ISA-18.2 and OPC 10000-9 know them, with one addition: time in which
nobody looked does not count. A condition has lasted from the first evidence for it to the last one, as long as no two
of them lie further apart than `gap_s`; silence neither begins, lengthens nor ends it.
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

FOREVER = float("inf")


class Change(StrEnum):
    """What became of a condition with one piece of evidence."""

    RAISED = "raised"
    CLEARED = "cleared"
    WEIGHED = "weighed"
    HELD = "held"
    """It stands, and is held back because its device is in doubt."""


class Stage(Struct, frozen=True):
    """After `after_s` of the condition it is told with this priority (1 is the highest)."""

    after_s: float
    priority: int


class Delays(Struct, frozen=True):
    """How patient a rule is. Seconds of event time.

    `again_s`: how soon the same stage may be told anew, whether the condition stayed or went and came back.
    """

    stages: tuple[Stage, ...]
    off_s: float
    gap_s: float
    again_s: float
    latching: bool = False


class Hold(Struct, frozen=True, array_like=True, gc=False):
    """What is remembered of one condition. Times are Unix seconds; `stage` is 0 while it is not told."""

    begun: float | None = None
    last: float | None = None
    well: float | None = None
    stage: int = 0
    told_at: float | None = None
    told_stage: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it has been told and has not been seen to end."""
        return self.stage > 0


NOTHING = Hold()


def hold(before: Hold, at: float, verdict: bool | None, delays: Delays) -> tuple[Hold, Change | None]:  # noqa: FBT001
    """Take one piece of evidence; `verdict` None is evidence that says nothing, such as a poor signal."""
    if verdict is None or (before.last is not None and at < before.last):
        return before, None
    unseen = before.last is not None and at - before.last > delays.gap_s
    return _stays(before, at, delays, unseen=unseen) if verdict else _goes(before, at, delays, unseen=unseen)


def _stays(before: Hold, at: float, delays: Delays, *, unseen: bool) -> tuple[Hold, Change | None]:
    begun = at if before.begun is None or unseen else before.begun
    lasted_s = at - begun
    reached = sum(stage.after_s <= lasted_s for stage in delays.stages)
    stage = max(before.stage, reached)
    now = replace(before, begun=begun, last=at, well=None, stage=stage)
    if reached == 0:
        return now, None
    rested = before.told_at is None or at - before.told_at >= delays.again_s
    worse = reached > before.told_stage
    if not (worse or rested):
        return now, None
    return replace(now, told_at=at, told_stage=reached), Change.RAISED


def _goes(before: Hold, at: float, delays: Delays, *, unseen: bool) -> tuple[Hold, Change | None]:
    if not before.is_active or delays.latching:
        return replace(before, begun=None, last=at, well=None), None
    well = at if before.well is None or unseen else before.well
    if at - well < delays.off_s:
        return replace(before, begun=None, last=at, well=well), None
    # The memory of having told outlives the condition, or one that comes and goes would be told each time.
    return replace(
        before, begun=None, last=at, well=None, stage=0, told_stage=_forgiven(before, at, delays)
    ), Change.CLEARED


def _forgiven(before: Hold, at: float, delays: Delays) -> int:
    rested = before.told_at is None or at - before.told_at >= delays.again_s
    return 0 if rested else before.told_stage
