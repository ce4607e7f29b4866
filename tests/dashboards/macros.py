"""Grafana's expansion of a query: the browser's variables, then interval and time by text, then the server's macros.

What is not known here is an error, as it is there. Times are UTC; the data source has TimescaleDB switched on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# As the browser finds them; a name that it does not know is left as it stands.
_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}")
# Arguments end at the first closing bracket, whatever is inside.
_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
# Below the first number (ms) the interval becomes the second.
_ROUNDED = (
    (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1500, 1000), (3500, 2000),
    (7500, 5000), (12_500, 10_000), (17_500, 15_000), (25_000, 20_000), (45_000, 30_000), (90_000, 60_000),
    (210_000, 120_000), (450_000, 300_000), (750_000, 600_000), (1_050_000, 900_000), (1_500_000, 1_200_000),
    (2_700_000, 1_800_000), (5_400_000, 3_600_000), (9_000_000, 7_200_000), (16_200_000, 10_800_000),
    (32_400_000, 21_600_000), (86_400_000, 43_200_000), (604_800_000, 86_400_000), (1_814_400_000, 604_800_000),
    (3_628_800_000, 2_592_000_000),
)  # fmt: skip
_YEAR_MS = 31_536_000_000


class UnexpandableError(Exception):
    """Grafana would not take the query, or would take it in a way that nobody should rely on."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen of a variable. `raw_all` is the variable's own word for "all", which is put in as it stands."""

    values: Sequence[str]
    is_multi: bool = True
    raw_all: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """How a series is made whole after the query: every `every_s`, with `value`, or the value before it."""

    every_s: float
    value: float | None = None
    is_previous: bool = False


@dataclass(slots=True)
class Expanded:
    """The SQL that reaches the database, and what is done to its rows afterwards."""

    sql: str
    fill: Fill | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page adds to a statement: time shown, width in points, the panel's least interval in ms."""

    start: datetime
    end: datetime
    points: int = 1000
    least_ms: float = 0
    user: str = "somebody"
    variables: Mapping[str, Chosen] = field(default_factory=dict)

    @property
    def interval_ms(self) -> float:
        """Range over points, rounded; the panel's own least is not rounded."""
        rounded = round_interval((self.end - self.start).total_seconds() * 1000 / self.points)
        return max(rounded, self.least_ms)


def expand(statement: str, asked: Asked) -> Expanded:
    """The way of a statement from the page to the database; raises `UnexpandableError`."""
    text = _VARIABLE.sub(lambda match: _variable(match, asked), statement)
    text = text.replace("$__interval_ms", f"{asked.interval_ms:.0f}").replace("$__interval", hms(asked.interval_ms))
    text = text.replace("$__unixEpochFrom()", str(_unix(asked.start))).replace(
        "$__unixEpochTo()", str(_unix(asked.end))
    )
    expanded = Expanded(text)
    expanded.sql = _MACRO.sub(lambda match: _macro(match, text, asked, expanded), text)
    # Looked for without the values of variables, which may hold anything.
    bare = _MACRO.sub(
        "", _VARIABLE.sub(lambda match: "" if _variable(match, asked) != match.group() else match.group(), statement)
    )
    if "$" in bare.replace("$__interval_ms", "").replace("$__interval", ""):
        raise UnexpandableError(f"left over: {bare[bare.index('$') :][:40]}")
    return expanded


def _variable(match: re.Match[str], asked: Asked) -> str:
    name = match.group(1) or match.group(2) or match.group(4)
    form = match.group(3) or match.group(6)
    if name == "__user" and match.group(5) == "login":
        return _formatted(name, Chosen([asked.user], is_multi=False), form)
    if name not in asked.variables:
        if match.group(4) or match.group(2):
            raise UnexpandableError(f"variable {match.group()}")
        return match.group()  # a macro, or an error of the next step
    return _formatted(name, asked.variables[name], form)


def _formatted(name: str, chosen: Chosen, form: str | None) -> str:
    if chosen.raw_all is not None:
        return chosen.raw_all
    match form:
        case "sqlstring":
            return ",".join("'" + value.replace("'", "''").replace('"', '\\"') + "'" for value in chosen.values)
        case None if chosen.is_multi:
            return ",".join("'" + value.replace("'", "''") + "'" for value in chosen.values)
        case None:
            return chosen.values[0].replace("'", "''")
        case _:
            raise UnexpandableError(f"{name}:{form} is not escaped")


def _macro(match: re.Match[str], whole: str, asked: Asked, expanded: Expanded) -> str:  # noqa: C901, PLR0911, PLR0912
    name, arguments = match.group(1), [part.strip() for part in match.group(2).split(",")]
    if name in {"__timeGroup", "__unixEpochGroup"} and _is_followed_by_comma(whole, match.group()):
        name += "Alias"
    match name, arguments:
        case "__time", [column] if column:
            return f'{column} AS "time"'
        case "__timeEpoch", [column] if column:
            return f'extract(epoch from {column}) as "time"'
        case "__timeFilter", [column] if column:
            return f"{column} BETWEEN '{_literal(asked.start)}' AND '{_literal(asked.end)}'"
        case "__timeFrom", [""]:
            return f"'{_literal(asked.start)}'"
        case "__timeTo", [""]:
            return f"'{_literal(asked.end)}'"
        case "__timeGroup" | "__timeGroupAlias", [column, interval, *fill] if len(fill) <= 1:
            seconds = _seconds(interval)
            _note_fill(expanded, seconds, fill)
            bucket = f"time_bucket('{seconds:.3f}s',{column})"
            return f'{bucket} AS "time"' if name.endswith("Alias") else bucket
        case "__unixEpochFilter", [column] if column:
            return f"{column} >= {_unix(asked.start)} AND {column} <= {_unix(asked.end)}"
        case "__unixEpochNanoFilter", [column] if column:
            return f"{column} >= {_nano(asked.start)} AND {column} <= {_nano(asked.end)}"
        case "__unixEpochNanoFrom", [""]:
            return str(_nano(asked.start))
        case "__unixEpochNanoTo", [""]:
            return str(_nano(asked.end))
        case "__unixEpochGroup" | "__unixEpochGroupAlias", [column, interval, *fill] if len(fill) <= 1:
            seconds = _seconds(interval)
            _note_fill(expanded, seconds, fill)
            bucket = f"floor(({column})/{seconds:g})*{seconds:g}"
            return f'{bucket} AS "time"' if name.endswith("Alias") else bucket
        case _:
            raise UnexpandableError(f"macro {match.group()}")


def _is_followed_by_comma(whole: str, call: str) -> bool:
    """Of the first place where this very call stands: that is all the server looks at."""
    after = whole.index(call) + len(call)
    return whole[after : after + 1] == ","


def _note_fill(expanded: Expanded, seconds: float, fill: Sequence[str]) -> None:
    for word in fill:
        if word.upper() == "NULL":
            expanded.fill = Fill(seconds)
        elif word == "previous":
            expanded.fill = Fill(seconds, is_previous=True)
        else:
            try:
                expanded.fill = Fill(seconds, float(word))
            except ValueError:
                raise UnexpandableError(f"fill {word}") from None


def resample(
    rows: Sequence[tuple[datetime, str, float | None]], fill: Fill, start: datetime, end: datetime
) -> list[tuple[datetime, str, float | None]]:
    """Every series at every step from the step that holds `start` to `end`; rows are (time, series, value)."""
    by_key = {(at, series): value for at, series, value in rows}
    step = timedelta(seconds=fill.every_s)
    first = datetime.fromtimestamp(start.timestamp() // fill.every_s * fill.every_s, UTC)
    whole: list[tuple[datetime, str, float | None]] = []
    before: dict[str, float | None] = {}
    at = first
    while at <= end:
        for series in sorted({series for _, series, _ in rows}):
            value = by_key.get((at, series), before.get(series) if fill.is_previous else fill.value)
            before[series] = value
            whole.append((at, series, value))
        at += step
    return whole


def round_interval(ms: float) -> float:
    """To a step that people read."""
    return next((rounded for below, rounded in _ROUNDED if ms < below), _YEAR_MS)


def hms(ms: float) -> str:
    """As the page writes an interval: the largest unit, whole: 90 s are 1m."""
    seconds = ms / 1000
    for unit, length in (("y", 31_536_000), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        if seconds >= length:
            return f"{int(seconds // length)}{unit}"
    return f"{int(ms)}ms"


def _seconds(interval: str) -> float:
    match = _INTERVAL.fullmatch(interval.strip("'\""))
    if match is None:
        raise UnexpandableError(f"interval {interval}")
    return float(match.group(1)) * _MS[match.group(2)] / 1000


def _literal(at: datetime) -> str:
    whole = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{at.microsecond:06d}".rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def _unix(at: datetime) -> int:
    return int(at.timestamp())


def _nano(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000
