"""The expander itself: it does what Grafana documents, and refuses what it does not know."""

from datetime import UTC, datetime

import pytest

from tests.integration.dashboards.macros import UnexpandableError, expand

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)


def test_time_filter_and_group() -> None:
    assert expand("where $__timeFilter(pressed_at)", {}, START, END) == (
        "where pressed_at BETWEEN '2026-11-01T00:00:00.000000Z' AND '2026-11-02T12:30:00.000000Z'"
    )
    assert (
        expand("select $__timeGroupAlias(at, '5m')", {}, START, END) == "select time_bucket('300.000s',at) AS \"time\""
    )


def test_variables_are_quoted_before_macros_are_expanded() -> None:
    assert expand("in (${v:sqlstring})", {"v": ["a", "o'b"]}, START, END) == "in ('a','o''b')"
    assert expand("array[${v:sqlstring}]", {"v": []}, START, END) == "array[]"


@pytest.mark.parametrize(
    "statement",
    [
        "$__timeFiltre(x)",
        "$__timeGroup(x, '5m')",
        "${v:csv}",
        "${unknown:sqlstring}",
        "$v",
        "$__timeGroupAlias(x, '5y')",
    ],
)
def test_what_is_not_known_is_an_error(statement: str) -> None:
    with pytest.raises(UnexpandableError):
        expand(statement, {"v": ["a"]}, START, END)
