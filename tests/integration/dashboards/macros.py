"""Grafana's expansion of a query, as far as our panels use it: the browser's variables, then the server's macros.

What is not known here is an error, so that a new macro cannot slip through untried.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

_VARIABLE = re.compile(r"\$\{(\w+):(\w+)\}")
# Arguments end at the first closing bracket, whatever is inside.
_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class UnexpandableError(Exception):
    """Grafana, or this small part of it, would not take the query."""


def expand(statement: str, variables: Mapping[str, Sequence[str]], start: datetime, end: datetime) -> str:
    """The SQL that reaches the database, for a data source with TimescaleDB switched on."""

    def variable(match: re.Match[str]) -> str:
        name, form = match.groups()
        if form != "sqlstring" or name not in variables:
            raise UnexpandableError(f"variable {match.group()}")
        return ",".join(_sqlstring(value) for value in variables[name])

    def macro(match: re.Match[str]) -> str:
        name, arguments = match.group(1), [part.strip() for part in match.group(2).split(",")]
        match name, arguments:
            case "__timeFilter", [column]:
                return f"{column} BETWEEN '{_literal(start)}' AND '{_literal(end)}'"
            case "__timeGroupAlias", [column, interval]:
                return f"time_bucket('{_seconds(interval)}.000s',{column}) AS \"time\""
            case _:
                raise UnexpandableError(f"macro {match.group()}")

    expanded = _MACRO.sub(macro, _VARIABLE.sub(variable, statement))
    if "$" in expanded:
        raise UnexpandableError(f"left over: {expanded[expanded.index('$') :][:40]}")
    return expanded


def _sqlstring(value: str) -> str:
    return "'" + value.replace("'", "''").replace('"', '\\"') + "'"


def _literal(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def _seconds(interval: str) -> int:
    match = re.fullmatch(r"'?(\d+)([smhd])'?", interval)
    if match is None:
        raise UnexpandableError(f"interval {interval}")
    return int(match.group(1)) * _SECONDS[match.group(2)]
