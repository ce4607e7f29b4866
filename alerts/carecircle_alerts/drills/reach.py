"""Reach: what drills and accepted offers say of reaching a person (pure).

All limits are engineering proposals: results count for 62 days (two rounds of the monthly drill), and one that went
wrong proves nothing, because phones are switched off; two in a row do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

VALID_FOR = timedelta(days=62)
BAD_IN_A_ROW = 2
"""`next_contact` in the database knows this number as well."""


class Outcome(StrEnum):
    """What came of one drill through one contact."""

    CONFIRMED = "CONFIRMED"
    """The person has said so."""
    DELIVERED = "DELIVERED"
    """It came, as far as the channel knows, and the person said nothing."""
    NO_ANSWER = "NO_ANSWER"
    """Neither channel nor person has shown that it came."""
    FAILED = "FAILED"
    """The channel has refused it."""


class Reach(StrEnum):
    """How well somebody is reached."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    UNREACHABLE = "unreachable"
    UNTESTED = "untested"


class Evidence(StrEnum):
    """What that is known from."""

    CONFIRMED = "drill_confirmed"
    ACCEPTED = "offer_accepted"
    DELIVERED = "drill_delivered"
    FAILED_ONCE = "drill_failed_once"
    ALL_FAILED = "every_contact_failed"
    NOTHING = "no_result"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one drill, and when it was known."""

    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True)
class Reachability:
    """The verdict on a person. `at` is when the newest evidence for it is from, `valid_until` when it is too old."""

    state: Reach
    evidence: Evidence
    at: datetime | None = None

    @property
    def valid_until(self) -> datetime | None:
        """From when on the evidence says nothing any more; None where there is none."""
        return self.at + VALID_FOR if self.at else None

    def age(self, now: datetime) -> timedelta | None:
        """How old the evidence is; None where there is none."""
        return now - self.at if self.at else None


def reachability(
    results: Mapping[int, Sequence[Result]], now: datetime, accepted_at: datetime | None = None
) -> Reachability:
    """Judge a person by the results of all contacts in use (by id, an empty list where there are none yet).

    `accepted_at` is when the person last accepted an offer: somebody who comes when called is reached, whatever drills
    say that are older. Results of the future and those older than `VALID_FOR` count for nothing. The order of results
    does not matter. Unreachable is only whose every contact has failed twice in a row since anything worked.
    """
    by_contact = [_fresh(one, now) for one in results.values()]
    latest = [one[-1] for one in by_contact if one]
    accepted = accepted_at if accepted_at is not None and now - VALID_FOR < accepted_at <= now else None
    if accepted is not None and all(one.at <= accepted for one in latest):
        return Reachability(Reach.GOOD, Evidence.ACCEPTED, accepted)
    confirmed = [one.at for one in latest if one.outcome is Outcome.CONFIRMED]
    if confirmed:
        return Reachability(Reach.GOOD, Evidence.CONFIRMED, max(confirmed))
    if not latest:
        return Reachability(Reach.UNTESTED, Evidence.NOTHING)
    newest = max(one.at for one in latest)
    since = [[one for one in rows if accepted is None or one.at > accepted] for rows in by_contact]
    if all(_bad_at_the_end(one) >= BAD_IN_A_ROW for one in since):
        return Reachability(Reach.UNREACHABLE, Evidence.ALL_FAILED, newest)
    delivered = [one.at for one in latest if one.outcome is Outcome.DELIVERED]
    if delivered:
        return Reachability(Reach.DOUBTFUL, Evidence.DELIVERED, max(delivered))
    return Reachability(Reach.DOUBTFUL, Evidence.FAILED_ONCE, newest)


def bad_in_a_row(results: Iterable[Result], now: datetime) -> int:
    """How many of a contact's last drills went wrong, one after the other."""
    return _bad_at_the_end(_fresh(results, now))


def _fresh(results: Iterable[Result], now: datetime) -> list[Result]:
    # Of two at the same moment the better one is the later: nobody is worse off for a tie.
    return sorted(
        (one for one in results if now - VALID_FOR < one.at <= now), key=lambda one: (one.at, -_BADNESS[one.outcome])
    )


_BADNESS = {Outcome.CONFIRMED: 0, Outcome.DELIVERED: 1, Outcome.NO_ANSWER: 2, Outcome.FAILED: 3}


def _bad_at_the_end(results: Sequence[Result]) -> int:
    bad = 0
    for one in reversed(results):
        if one.outcome in {Outcome.CONFIRMED, Outcome.DELIVERED}:
            break
        bad += 1
    return bad
