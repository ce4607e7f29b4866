"""A figure: title, definition, unit and thresholds, said once (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """Colours by meaning, as the console uses them."""

    GOOD = "green"
    WATCH = "orange"
    BAD = "red"
    PLAIN = "text"


Steps = tuple[tuple[float | None, Colour], ...]
PLAIN: Steps = ((None, Colour.PLAIN),)
NONE_IS_GOOD: Steps = ((None, Colour.GOOD), (1.0, Colour.WATCH))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its title, its definition, its unit as Grafana names it, and where it turns worth a look.

    `steps` are (from this value on, colour) in ascending order; the first has no value.
    """

    title: str
    definition: str
    unit: str = "short"
    steps: Steps = PLAIN
    decimals: int | None = None
