"""Message states: the steps that a message may take, and what follows from a channel's answer (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from carecircle_alerts.notify.channel import Failed, Result, Sent, Unknown

_LONGEST_PAUSE_S = 60
_GIVE_UP_AFTER_ENDED = 5


class MessageState(StrEnum):
    """Where a message stands between the decision to tell somebody and their having read it."""

    PENDING = "PENDING"
    LEASED = "LEASED"
    PROVIDER_OK = "PROVIDER_OK"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED_TEMP = "FAILED_TEMP"
    FAILED_PERM = "FAILED_PERM"
    UNKNOWN = "UNKNOWN"


_M = MessageState
# A receipt may come at any time after the channel was asked, also before its answer was written down.
_RECEIPTS = frozenset({_M.DELIVERED, _M.READ, _M.FAILED_PERM})
STEPS: dict[MessageState, frozenset[MessageState]] = {
    _M.PENDING: frozenset({_M.LEASED, _M.FAILED_PERM}),
    # A lease that ran out is taken again; the row may also go on to the person's next address on the same channel.
    _M.LEASED: frozenset({_M.LEASED, _M.PENDING, _M.PROVIDER_OK, _M.FAILED_TEMP, _M.UNKNOWN}) | _RECEIPTS,
    _M.FAILED_TEMP: frozenset({_M.LEASED, _M.PENDING}) | _RECEIPTS,
    _M.PROVIDER_OK: frozenset({_M.PENDING}) | _RECEIPTS,
    _M.UNKNOWN: frozenset({_M.PENDING}) | _RECEIPTS,
    _M.FAILED_PERM: frozenset({_M.PENDING}),
    _M.DELIVERED: frozenset({_M.READ}),
    _M.READ: frozenset(),
}
# In these a message is taken up by itself: by a worker when it is due, or when its lease ends.
MOVES_BY_ITSELF = frozenset({_M.PENDING, _M.LEASED, _M.FAILED_TEMP})


@dataclass(frozen=True, slots=True)
class Held:
    """The channel was not asked: its quota for this callee, or its budget, is used up until then."""

    free_at: datetime


@dataclass(frozen=True, slots=True)
class Obsolete:
    """The channel was not asked: what the message says is not true any more."""


Fate = Result | Held | Obsolete


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a message: its state, when it is tried again, and why."""

    state: MessageState
    due_at: datetime
    reason: str | None


def tries_next(fate: Fate) -> bool:
    """Whether the person's next contact is to be tried at once."""
    match fate:
        case Failed(again=again, after_s=after_s):
            return not again or after_s is not None
        case Unknown() | Held():
            return True
        case Sent() | Obsolete():
            return False


def settle(fate: Fate, attempts: int, now: datetime, *, has_ended: bool, has_next: bool) -> Settled:
    """The state that a leased message goes to; nothing is left in a state that nobody comes back to.

    `has_next` says that the person's next contact is being tried. Where there is none, what may have come and what has
    to wait for a quota is tried again here: better told twice than never.
    """
    is_tired = has_ended and attempts >= _GIVE_UP_AFTER_ENDED
    again_at = now + pause(attempts)
    match fate:
        case Sent():
            return Settled(_M.PROVIDER_OK, now, None)
        case Obsolete():
            return Settled(_M.FAILED_PERM, now, "not asked any more")
        case Held(free_at):
            ends = has_next or is_tired
            return Settled(_M.FAILED_PERM if ends else _M.FAILED_TEMP, now if ends else free_at, "quota used up")
        case Unknown(reason):
            ends = has_next or is_tired
            return Settled(_M.UNKNOWN if ends else _M.FAILED_TEMP, now if ends else again_at, reason)
        case Failed(reason, again, after_s=after_s):
            ends = is_tired or not again or (after_s is not None and has_next)
            again_at = max(again_at, now + timedelta(seconds=after_s or 0))
            return Settled(_M.FAILED_PERM if ends else _M.FAILED_TEMP, now if ends else again_at, reason)


def pause(attempts: int) -> timedelta:
    """How long to wait before the next try: 1, 2, 4 … at most 60 s (engineering proposal)."""
    return timedelta(seconds=min(2 ** max(0, min(attempts, 20) - 1), _LONGEST_PAUSE_S))


def after_receipt(state: MessageState, told: MessageState) -> MessageState | None:
    """The state after a receipt; None when it says nothing new: receipts come twice, late and out of order."""
    return told if told in STEPS[state] and told in _RECEIPTS else None
