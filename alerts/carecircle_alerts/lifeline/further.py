"""Further: whether people are being told of a danger just now, and whether the next have to be (pure).

While the database is away nobody can accept, so that silence and a yes look alike. Who was asked first is given the
time of the question; then the next people are asked, who may turn out not to be needed, and the centre hears of it
again. That ends with the word that the call is committed, with the call in the database, or after some rounds.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from carecircle_alerts.lifeline.ledger import TRIES_FOR, Open
from carecircle_alerts.plan import plan_for

MOST_ROUNDS = 3
"""Rounds of one danger; an engineering proposal: after it the centre knows of it three times."""


def joins(earlier: Sequence[Open], now: datetime) -> bool:
    """Whether people are being told of this danger at this moment, so that another press of it says nothing new.

    Once the last question is past its time somebody has to be asked again.
    """
    until = _quiet_until(earlier)
    return until is not None and now < until


def needs_more(earlier: Sequence[Open], now: datetime) -> bool:
    """Whether the next people have to be told of a danger whose open calls these are."""
    if not earlier or any(call.is_committed or call.known_settled >= 0 for call in earlier):
        return False
    rounds = sum(bool(tellings) for call in earlier for _at, tellings in call.rounds())
    is_young = now - earlier[0].begun.begun_at <= TRIES_FOR
    return is_young and 0 < rounds < MOST_ROUNDS and not joins(earlier, now)


def _quiet_until(earlier: Sequence[Open]) -> datetime | None:
    valid = timedelta(seconds=plan_for("").offer_valid_s)
    ends = [
        max((one.asking.expires_at for one in tellings if one.asking), default=at + valid)
        for call in earlier
        for at, tellings in call.rounds()
        if tellings
    ]
    if not ends and earlier:  # nobody could be told: the press itself says when
        ends = [max(call.begun.received_at for call in earlier) + valid]
    return max(ends, default=None)
