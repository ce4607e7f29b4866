"""Further: whether people are being told of a danger just now, and whether the next have to be (pure).

While the database is away nobody can accept, so that silence and a yes look alike. Who was asked first is given the
time of the question; then the next people are asked, who may turn out not to be needed, and the centre hears of it
again. That ends with the word that the call is committed, with the call in the database, or after some rounds.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from carecircle_alerts.lifeline.ledger import TRIES_FOR, Open
from carecircle_alerts.lifeline.records import Telling
from carecircle_alerts.plan import plan_for

QUESTION = timedelta(seconds=plan_for("").offer_valid_s)
"""How long one question is good for."""
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
    goes_on = rounds > 0 or any(call.begun.spares_centre for call in earlier)
    is_young = now - earlier[0].begun.begun_at <= TRIES_FOR
    return is_young and goes_on and rounds < MOST_ROUNDS and not joins(earlier, now)


def spared(tellings: Sequence[Telling], heard: AbstractSet[str]) -> list[Telling]:
    """The same without those of the centre who have just heard of this danger by a call that is closed by now.

    Somebody who presses again and again while the platform is slow rings the centre once a question; it is told once
    more when that is over, unless the call is confirmed by then.
    """
    return [one for one in tellings if one.asking or one.recipient_id not in heard]


def _quiet_until(earlier: Sequence[Open]) -> datetime | None:
    ends = [
        max((one.asking.expires_at for one in tellings if one.asking), default=at + QUESTION)
        for call in earlier
        for at, tellings in call.rounds()
        if tellings
    ]
    if not ends and earlier:  # nobody could be told: the press itself says when
        ends = [max(call.begun.received_at for call in earlier) + QUESTION]
    return max(ends, default=None)
