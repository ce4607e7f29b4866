"""Beds: replays one bed after the other over stored history, under two sets of settings at once (I/O)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from carecircle_alerts.reading import read_beds, read_overrides
from carecircle_alerts.replay.history import messages_of
from carecircle_alerts.replay.report import Raised, Report, counted
from carecircle_alerts.replay.run import replay
from carecircle_alerts.rules.settings import Override, overrides_for, rule_set_of
from carecircle_alerts.store import Connection

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
    beds = {
        name: facts
        for name, facts in (await read_beds(connection)).items()
        if facts.division_code.startswith(area) and bed in {None, name}
    }
    _version, overrides = await read_overrides(connection)
    begin = until - timedelta(days=days)
    today, changed = Raised(), Raised()
    for number, (name, facts) in enumerate(beds.items()):
        messages = await messages_of(connection, name, begin - _WARM_UP, until)
        span = (min(messages[0][0].received, begin.timestamp()) if messages else begin.timestamp(), until.timestamp())
        rules = rule_set_of(overrides_for(facts.division_code, name, overrides))
        said = replay(facts, messages, rules, *span) if messages else []
        today += counted({name: said}, begin.timestamp())
        if change:
            rules = rule_set_of(overrides_for(facts.division_code, name, [*overrides, *change]))
            said = replay(facts, messages, rules, *span) if messages else []
        changed += counted({name: said}, begin.timestamp())
        on_bed(number + 1, len(beds))
    return Report(len(beds), days, today, changed)
