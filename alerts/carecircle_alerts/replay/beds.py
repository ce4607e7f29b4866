"""Beds: replays one bed after the other over stored history, under two sets of settings at once (I/O)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from carecircle_alerts.replay.history import messages_of
from carecircle_alerts.replay.report import Raised, Report, counted
from carecircle_alerts.replay.run import replay
from carecircle_alerts.rules.settings import Override, overrides_for, rule_set_of
from carecircle_alerts.store import Connection, fetch
from carecircle_alerts.watch.roster import BedFacts

_WARM_UP = timedelta(days=7)
"""Before the span that is counted, so that baselines and habits are known when it begins."""


async def replay_beds(
    connection: Connection,
    *,
    area: str,
    bed: str | None,
    days: float,
    until: datetime,
    change: Sequence[Override] = (),
    on_bed: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """What today's rules and the changed ones would have raised for the beds of an area, or for one bed.

    `on_bed` is told how many beds are done, of how many.
    """
    rows = [
        row
        for row in await fetch(connection, "beds")
        if row["division_code"].startswith(area) and bed in {None, row["id"]}
    ]
    overrides = [
        Override(row["rule"], row["scope"], row["settings"]) for row in await fetch(connection, "rule_settings")
    ]
    begin = until - timedelta(days=days)
    today, changed = Raised(), Raised()
    for number, row in enumerate(rows):
        facts = BedFacts(row["county"], row["circle"], row["division_code"], row["altitude_m"], tuple(row["devices"]))
        messages = await messages_of(connection, row["id"], begin - _WARM_UP, until)
        span = (min(messages[0][0].received, begin.timestamp()) if messages else begin.timestamp(), until.timestamp())
        rules = rule_set_of(overrides_for(facts.division_code, row["id"], overrides))
        said = replay(facts, messages, rules, *span) if messages else []
        today += counted({row["id"]: said}, begin.timestamp())
        if change:
            rules = rule_set_of(overrides_for(facts.division_code, row["id"], [*overrides, *change]))
            said = replay(facts, messages, rules, *span) if messages else []
        changed += counted({row["id"]: said}, begin.timestamp())
        on_bed(number + 1, len(rows))
    return Report(len(rows), days, today, changed)
