"""Waves: the search for a helper, who is asked next and what happens when nobody is found (pure)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from carecircle_alerts.certainty import top_up
from carecircle_alerts.commands import (
    SEARCH_TIMERS,
    Audience,
    Command,
    DueKind,
    EndOffers,
    MakeOffer,
    MoveIncident,
    NewRound,
    RaiseLevel,
    Record,
    Remind,
    Tell,
)
from carecircle_alerts.incident import Case, OfferState, State
from carecircle_alerts.people.words import why_nobody
from carecircle_alerts.ranking import Candidate
from carecircle_alerts.tracks import Chosen, choose, next_wave_at, track_of

NO_POSITION = "床位没有位置坐标，无法估算路程；已联系签约机构和本辖区人员，请调度台核对地址"


def next_wave(case: Case, candidates: list[Candidate], now: datetime) -> list[Command]:
    """Ask the next responders: nearest first, the circle growing with each wave, nobody asked twice in a row."""
    incident, plan = case.incident, case.incident.plan
    if case.helpers_missing() == 0:
        return []
    wave = max((offer.wave for offer in case.offers), default=0) + 1
    chosen = choose(case, candidates, now)
    more, likely = top_up(case, candidates, [one.candidate for one in chosen], now)
    chosen += [Chosen(one, track_of(case, one)) for one in more]
    commands: list[Command] = []
    if incident.state is State.RECEIVED:
        commands.append(MoveIncident(State.SEARCHING, "开始寻找最近的人员"))
        commands += _what_is_odd(case, chosen)
    commands += [replace(make_offer(case, one.candidate, wave, now, one.track), likely=likely) for one in chosen]
    if not chosen and not case.open_offers():
        return [*commands, *uncovered(case, why_nobody(candidates), now)]
    if len(case.offers) + len(chosen) < plan.most_asked:
        commands.append(Remind(DueKind.WAVE, next_wave_at(case, now)))
    return commands


def _what_is_odd(case: Case, chosen: list[Chosen]) -> list[Command]:
    """What a person should know before the first answer: a bed without a place, a circle without people."""
    if not case.incident.bed_is_placed:
        return [
            Record("bed_without_position", NO_POSITION),
            RaiseLevel(NO_POSITION),
            Tell(Audience.DISPATCHER, "unplaced"),
        ]
    if chosen and not any(one.candidate.in_circle for one in chosen):
        return [Record("circle_empty", "服务圈内没有可派的人员，已直接联系圈外最近的人员")]
    return []


def make_offer(
    case: Case, candidate: Candidate, wave: int, now: datetime, track: str | None = None, *, forced: bool = False
) -> MakeOffer:
    """Ask one person; the id follows from incident, wave and person, so that no repetition asks twice."""
    made = offer_id(case.incident.id, wave, candidate.responder.id)
    expires_at = now + timedelta(seconds=case.incident.plan.offer_valid_s)
    return MakeOffer(made, candidate, wave, expires_at, forced, track=track)


def nobody_accepted(case: Case, now: datetime) -> list[Command]:
    """The time for accepting is over."""
    missing = case.helpers_missing()
    if missing and case.active():
        return _one_short(case, missing, now)
    if case.active() or case.incident.state not in {State.RECEIVED, State.SEARCHING}:
        return []
    return uncovered(case, f"{case.incident.plan.no_accept_s}秒内无人接单", now)


def ask_again(case: Case, candidates: list[Candidate], now: datetime) -> list[Command]:
    """Look round again after the search came up empty: those who did not answer are asked once more."""
    if case.helpers_missing() == 0:
        return []
    expired = tuple(offer.id for offer in case.open_offers() if offer.expires_at <= now)
    chosen = _choose_again(case, candidates)
    wave = max((offer.wave for offer in case.offers), default=0) + 1
    commands: list[Command] = []
    if expired:
        commands.append(EndOffers(expired, OfferState.EXPIRED, "超时未答复"))
    commands += [make_offer(case, candidate, wave, now) for candidate in chosen]
    if case.active():
        return [*commands, Remind(DueKind.RECHECK, now + timedelta(seconds=case.incident.plan.recheck_s))]
    return [*commands, *uncovered(case, "仍无人前往", now)]


def _one_short(case: Case, missing: int, now: datetime) -> list[Command]:
    """Somebody goes, and more are wanted than have accepted: the centre is told, and the search looks round again."""
    reason = f"已有{len(case.active())}人接单，仍缺{missing}人"
    return [
        RaiseLevel(reason),
        Tell(Audience.DISPATCHER, f"short_{int(now.timestamp())}"),
        Remind(DueKind.RECHECK, now + timedelta(seconds=case.incident.plan.recheck_s)),
    ]


def somebody_free(case: Case, candidates: list[Candidate], now: datetime) -> list[Command]:
    """Somebody nearby has become free: an incident that asks nobody asks them at once; its other timers go on."""
    if case.helpers_missing() == 0 or any(offer.expires_at > now for offer in case.open_offers()):
        return []
    return [one for one in next_wave(case, candidates, now) if isinstance(one, MakeOffer)]


def _choose_again(case: Case, candidates: list[Candidate]) -> list[Candidate]:
    able = [candidate for candidate in candidates if candidate.rank is not None]
    return able[: case.incident.plan.wave_size]


def uncovered(case: Case, reason: str, now: datetime) -> list[Command]:
    """Nobody is found: the centre must act, and the search looks round again soon."""
    plan = case.incident.plan
    commands: list[Command] = []
    if case.incident.state in {State.RECEIVED, State.SEARCHING}:
        commands.append(MoveIncident(State.UNCOVERED, reason))
    return [
        *commands,
        RaiseLevel(reason),
        Tell(Audience.DISPATCHER, f"uncovered_{int(now.timestamp())}"),
        Remind(DueKind.RECHECK, now + timedelta(seconds=plan.recheck_s)),
    ]


def search_anew(case: Case, reason: str, now: datetime) -> list[Command]:
    """Begin another search in a new epoch."""
    plan = case.incident.plan
    return [
        NewRound(SEARCH_TIMERS | {DueKind.CLOSE_REMINDER}),
        MoveIncident(State.SEARCHING, reason),
        Remind(DueKind.WAVE, now),
        Remind(DueKind.NO_ACCEPT, now + timedelta(seconds=plan.no_accept_s)),
    ]


def offer_id(incident_id: UUID, wave: int, responder_id: str) -> UUID:
    """The id of an offer, the same for everybody who would make it."""
    return uuid5(incident_id, f"{wave}/{responder_id}")
