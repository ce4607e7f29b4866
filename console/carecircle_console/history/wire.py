"""Wire models of history: the latest values and series for charts (pure)."""

from typing import Literal

from carecircle_console.wire import Time, Wire


class LatestValue(Wire):
    """The newest value of one quantity, as history has it; a statement (in bed, door open) is 0 or 1.

    `age_s` is how long ago it was measured, in seconds, at the time of the answer.
    `clock_offset_ms` is null where the device's clock was believed; otherwise it was wild and this was added to it.
    """

    metric: str
    label: str
    unit: str
    value: float
    measured_at: Time
    received_at: Time
    age_s: float
    device: str
    quality: float | None
    clock_offset_ms: int | None


class Latest(Wire):
    """All quantities that were ever measured lately enough for their rows to be kept."""

    bed_id: str
    values: tuple[LatestValue, ...]


class Point(Wire):
    """A bucket that begins at `at`, with `n` readings; or one reading, where `n` is 1.

    `mean` of a statement is the share of readings that said yes; it has neither `min` nor `max`.
    """

    at: Time
    n: int
    min: float | None
    max: float | None
    mean: float


class Series(Wire):
    """One quantity over time. A bucket without readings is left out: nothing is drawn where nothing was measured.

    `step_s` is the length of a bucket in seconds, null where the points are single readings. `source` is `row` for
    single readings, otherwise the coarsest rollup in use; finer ones and rows fill in what is newer.
    """

    metric: str
    label: str
    unit: str
    is_statement: bool
    step_s: int | None
    source: Literal["row", "minute", "hour", "day"]
    points: tuple[Point, ...]


class History(Wire):
    """Series of a bed over the window asked for; the first and the last bucket may reach over its edges."""

    bed_id: str
    start: Time
    end: Time
    series: tuple[Series, ...]
