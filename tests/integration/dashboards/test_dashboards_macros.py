"""The expander itself: it does what Grafana does, and refuses what Grafana refuses or nobody should rely on."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.dashboards.macros import Asked, Chosen, Fill, UnexpandableError, expand, hms, resample, round_interval

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 2, 12, 30, 0, 250_000, tzinfo=UTC)
FROM, TO = "'2026-11-01T00:00:00Z'", "'2026-11-02T12:30:00.25Z'"
UNIX = (1793491200, 1793622600)


def sql(statement: str, **variables: Chosen) -> str:
    return expand(statement, Asked(START, END, variables=variables)).sql


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("$__time(at)", 'at AS "time"'),
        ("$__timeEpoch(at)", 'extract(epoch from at) as "time"'),
        ("where $__timeFilter(pressed_at)", f"where pressed_at BETWEEN {FROM} AND {TO}"),
        ("$__timeFrom()::timestamptz", f"{FROM}::timestamptz"),
        ("$__timeTo()", TO),
        ("$__timeGroup(at, '5m') x", "time_bucket('300.000s',at) x"),
        ("$__timeGroup(at, 5m) x", "time_bucket('300.000s',at) x"),
        ("$__timeGroupAlias(at, '1h')", "time_bucket('3600.000s',at) AS \"time\""),
        ("$__unixEpochFilter(at)", f"at >= {UNIX[0]} AND at <= {UNIX[1]}"),
        ("$__unixEpochNanoFilter(at)", f"at >= {UNIX[0]}000000000 AND at <= {UNIX[1]}250000000"),
        ("$__unixEpochFrom() $__unixEpochTo()", f"{UNIX[0]} {UNIX[1]}"),
        ("$__unixEpochGroup(at,'5m') x", "floor((at)/300)*300 x"),
        ("$__unixEpochGroupAlias(at,'5m')", 'floor((at)/300)*300 AS "time"'),
    ],
)
def test_every_macro(statement: str, expected: str) -> None:
    assert sql(statement) == expected


def test_a_group_with_a_comma_behind_its_first_place_is_named_everywhere() -> None:
    assert sql("select $__timeGroup(at,'1m'), n group by $__timeGroup(at,'1m')") == (
        "select time_bucket('60.000s',at) AS \"time\", n group by time_bucket('60.000s',at) AS \"time\""
    )
    assert sql("order by $__timeGroup(at,'1m') desc, $__timeGroup(at,'1m'), n").count("AS") == 0


def test_arguments_end_at_the_first_bracket() -> None:
    assert sql("$__timeFilter(coalesce(a, b))".replace(", b", "")) == f"coalesce(a BETWEEN {FROM} AND {TO})"
    with pytest.raises(UnexpandableError):
        sql("$__timeFilter(coalesce(a, b))")


@pytest.mark.parametrize(
    ("word", "fill"), [("NULL", Fill(3600)), ("previous", Fill(3600, is_previous=True)), ("0", Fill(3600, 0.0))]
)
def test_fill_is_done_after_the_query(word: str, fill: Fill) -> None:
    expanded = expand(f"$__timeGroupAlias(at, '1h', {word})", Asked(START, END))
    assert (expanded.sql, expanded.fill) == ("time_bucket('3600.000s',at) AS \"time\"", fill)
    hours = [START + timedelta(hours=number) for number in range(4)]
    rows = [(hours[1], "a", 5.0), (hours[3], "a", 7.0)]
    between = {"NULL": None, "previous": 5.0, "0": 0.0}[word]
    first = None if word == "previous" else between
    assert resample(rows, fill, START + timedelta(minutes=20), hours[3]) == [
        (hours[0], "a", first), (hours[1], "a", 5.0), (hours[2], "a", between), (hours[3], "a", 7.0)
    ]  # fmt: skip


def test_variables_are_put_in_before_macros_and_each_form_has_its_quotes() -> None:
    several, one = Chosen(["a", "o'b", 'c"d']), Chosen(["o'b"], is_multi=False)
    assert sql("in (${v:sqlstring})", v=several) == """in ('a','o''b','c\\"d')"""
    assert sql("in ($v)", v=several) == """in ('a','o''b','c"d')"""
    assert sql("$v and [[v]] and ${v:sqlstring}", v=one) == "o''b and o''b and 'o''b'"
    assert sql("array[${v:sqlstring}]", v=Chosen([])) == "array[]"
    assert sql("${v:sqlstring}", v=Chosen(["a", "b"], raw_all="''")) == "''", "a word of its own is not quoted"
    assert sql("$__timeFilter($v)", v=Chosen(["at"], is_multi=False)) == f"at BETWEEN {FROM} AND {TO}"
    assert sql("${__user.login:sqlstring}") == "'somebody'"


@pytest.mark.parametrize(
    ("ms", "rounded", "text"),
    [(86_400, 60_000, "1m"), (7, 1, "1ms"), (100_000, 120_000, "2m"), (2_592_000, 1_800_000, "30m"),
     (90_000_000, 86_400_000, "1d"), (4e9, 31_536_000_000, "1y")],
)  # fmt: skip
def test_intervals_are_rounded_to_what_people_read(ms: float, rounded: float, text: str) -> None:
    assert round_interval(ms) == rounded
    assert hms(rounded) == text


def test_the_panels_least_interval_is_not_rounded_but_its_text_is() -> None:
    asked = Asked(START, START + timedelta(seconds=60), least_ms=90_000)
    assert expand("$__interval $__interval_ms", asked).sql == "1m 90000"
    assert expand("$__interval $__interval_ms", Asked(START, START + timedelta(days=30))).sql == "30m 1800000"


@pytest.mark.parametrize(
    "statement",
    ["$__timeFiltre(x)", "$__timeGroup(x)", "$__timeGroup(x, '5y') y", "$__timeGroupAlias(x, '5m', nothing)",
     "${v:csv}", "${v:raw}", "${unknown:sqlstring}", "$unknown", "$__timeFilter()", "[[unknown]]"],
)  # fmt: skip
def test_what_is_not_known_or_not_escaped_is_an_error(statement: str) -> None:
    with pytest.raises(UnexpandableError):
        sql(statement, v=Chosen(["a"]))
