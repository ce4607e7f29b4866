"""Answers: what the commands of people mean, dispatchers' and responders', or why they cannot be carried out (pure)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from carecircle.errors import Conflict, NotFound
from carecircle_alerts.commands import (
    EVERY_TIMER,
    SEARCH_TIMERS,
    Assign,
    Audience,
    Close,
    Command,
    DueKind,
    EndOffers,
    GiveBack,
    Merge,
    MoveAssignment,
    MoveIncident,
    NewRound,
    Own,
    RaiseLevel,
    Record,
    Remind,
    Tell,
    Verify,
    WantHelpers,
)
from carecircle_alerts.incident import (
    ACTIVE_ASSIGNMENTS,
    FALSE_ONES,
    OPEN_OFFERS,
    Assignment,
    AssignmentState,
    Case,
    Family,
    Incident,
    Offer,
    OfferState,
    OutcomeCode,
    State,
    Verification,
)
from carecircle_alerts.ranking import Candidate, WhyNot
from carecircle_alerts.state_names import STATE_NAMES
from carecircle_alerts.texts import KIND_NAMES, clock_time
from carecircle_alerts.waves import make_offer


def acknowledge(case: Case, account_id: int, name: str) -> list[Command]:
    """A dispatcher takes the incident; raises `Conflict` naming who was first."""
    if case.incident.owner_account_id == account_id:
        return []
    _must_be_open(case)
    if case.incident.owner_account_id is not None:
        raise _taken_by(case.incident)
    return [Own(account_id, name)]


def unacknowledge(case: Case, account_id: int, name: str, now: datetime) -> list[Command]:
    """Who has just taken the incident gives it back; the centre is called to it again, as to a new one.

    Raises `Conflict` for anybody else, and after `UNDO_WITHIN`: by then others rely on its being taken.
    """
    _must_be_open(case)
    incident = case.incident
    if incident.owner_account_id is None or incident.acknowledged_at is None:
        return []
    if incident.owner_account_id != account_id:
        raise _taken_by(incident)
    if now - incident.acknowledged_at > UNDO_WITHIN:
        raise Conflict("确认已超过10秒，不能撤销", code="undo_too_late")
    again_at = now + timedelta(seconds=incident.plan.unclaimed_s)
    return [GiveBack(name), Remind(DueKind.UNCLAIMED, again_at)]


def accept(case: Case, offer_id: UUID, now: datetime) -> list[Command]:
    """A responder accepts: compare and set, so that there are never more helpers than wanted."""
    offer = _offer(case, offer_id)
    if offer.state is OfferState.ACCEPTED:
        return []
    _must_be_open(case)
    if offer.state not in OPEN_OFFERS:
        raise Conflict(_why_over(offer, case))
    if case.helpers_missing() == 0:
        raise Conflict("已有其他人接单，感谢您", code="enough_helpers")
    others = tuple(one for one in case.open_offers() if one.id != offer.id)
    return _taken(case, offer, others, is_last=case.helpers_missing() == 1, now=now)


def _taken(case: Case, offer: Offer, others: tuple[Offer, ...], *, is_last: bool, now: datetime) -> list[Command]:
    """Somebody goes; with the last helper that is wanted the search ends, and the others are thanked."""
    plan, incident = case.incident.plan, case.incident
    # Without a travel time they are expected within the circle's limit; nobody outside is told a time then.
    eta_at = now + timedelta(seconds=plan.circle_s if offer.travel_p50_s is None else offer.travel_p50_s)
    helper_id = uuid5(offer.id, "assignment")
    taken: list[Command] = [Assign(helper_id, offer.responder_id, offer.responder_name, offer.id, eta_at, offer.forced)]
    if is_last:
        taken += [
            NewRound(SEARCH_TIMERS),
            EndOffers(tuple(one.id for one in others), OfferState.WITHDRAWN, "已有他人接单"),
            Tell(Audience.WITHDRAWN, "withdrawn"),
        ]
    if incident.state not in {State.ASSIGNED, State.EN_ROUTE, State.ON_SCENE}:
        taken.append(MoveIncident(State.ASSIGNED, f"{offer.responder_name}已接单"))
    return [
        *taken,
        Remind(DueKind.NUDGE, now + timedelta(seconds=plan.nudge_s), helper_id),
        Remind(DueKind.STALLED, now + timedelta(seconds=plan.stalled_s), helper_id),
        Remind(DueKind.OVERDUE, eta_at + timedelta(seconds=plan.overdue_s), helper_id),
        Tell(Audience.FAMILY, "accepted", helper_id),
        Tell(Audience.DEVICE, "accepted"),
    ]


def dispatch(case: Case, candidate: Candidate, reason: str, now: datetime) -> list[Command]:
    """The desk asks somebody itself, whoever the engine would have asked; against an obstacle only for a reason."""
    _must_be_open(case)
    who = candidate.responder
    if any(one.responder_id == who.id for one in case.active()):
        return []
    if candidate.why_not in _NEVER:
        raise Conflict(f"{who.name}{_CANNOT[candidate.why_not]}")
    if candidate.why_not in _FOR_A_REASON and not reason.strip():
        raise Conflict(f"{who.name}{_CANNOT[candidate.why_not]}，仍要派单请填写原因")
    offer = next((one for one in case.open_offers() if one.responder_id == who.id), None)
    if offer is not None:
        return [
            Record("asked_again", f"调度台再次联系{who.name}"),
            Tell(Audience.OFFER, f"again_{offer.id}", offer.id),
        ]
    wave = max((one.wave for one in case.offers), default=0) + 1
    more: list[Command] = [Record("dispatched", reason or f"调度台派单给{who.name}")]
    if case.incident.state in {State.RECEIVED, State.UNCOVERED}:
        more.append(MoveIncident(State.SEARCHING, "调度台人工派单"))
        more.append(Remind(DueKind.NO_ACCEPT, now + timedelta(seconds=case.incident.plan.no_accept_s)))
    if case.helpers_missing() == 0:
        more.append(WantHelpers(len(case.active()) + 1, "调度台增派人员"))
    return [*more, make_offer(case, candidate, wave, now, forced=candidate.why_not is WhyNot.BUSY)]


def assign(case: Case, candidate: Candidate, reason: str, now: datetime) -> list[Command]:
    """The desk has spoken to somebody who goes: an offer that is accepted at once, for a reason that is written down.

    Who is on something else already is sent all the same; that is what the desk is for.
    """
    _must_be_open(case)
    if any(one.responder_id == candidate.responder.id for one in case.active()):
        return []
    if not reason.strip():
        raise Conflict("直接指派需填写原因，例如“已电话确认”")
    if candidate.why_not in _NO_CONSENT:
        raise Conflict(f"{candidate.responder.name}{_CANNOT[candidate.why_not]}")
    wave = max((one.wave for one in case.offers), default=0) + 1
    offer = make_offer(case, candidate, wave, now, forced=candidate.why_not is WhyNot.BUSY)
    missing = case.helpers_missing()
    more: list[Command] = [Record("assigned_by_desk", reason)]
    if missing == 0:
        more.append(WantHelpers(len(case.active()) + 1, "调度台增派人员"))
    standing = tuple(one.id for one in case.open_offers() if one.responder_id == candidate.responder.id)
    if standing:
        more.append(EndOffers(standing, OfferState.WITHDRAWN, "调度台已直接指派"))
    asked = Offer(
        offer.offer_id, candidate.responder.id, candidate.responder.name, wave, OfferState.QUEUED,
        candidate.travel.p50_s if candidate.travel else None, offer.expires_at, offer.forced,
    )  # fmt: skip
    others = tuple(one for one in case.open_offers() if one.id not in standing)
    return [*more, offer, *_taken(case, asked, others, is_last=missing <= 1, now=now)]


def decline(case: Case, offer_id: UUID, reason: str, now: datetime) -> list[Command]:
    """A responder declines; when nobody else is still being asked the next wave goes out at once."""
    offer = _offer(case, offer_id)
    if offer.state not in OPEN_OFFERS:
        return []
    commands: list[Command] = [EndOffers((offer.id,), OfferState.DECLINED, reason or "未说明原因")]
    if len(case.open_offers()) == 1 and case.helpers_missing() > 0 and not case.is_ended():
        commands.append(Remind(DueKind.WAVE, now))
    return commands


def undeliverable(case: Case, offer_id: UUID, reason: str, now: datetime) -> list[Command]:
    """An offer cannot reach its responder; as with a refusal, somebody else is asked."""
    commands = decline(case, offer_id, reason, now)
    return [
        EndOffers(command.offer_ids, OfferState.UNDELIVERABLE, reason) if isinstance(command, EndOffers) else command
        for command in commands
    ]


def start_moving(case: Case, assignment_id: UUID) -> list[Command]:
    """A helper has set out."""
    helper = _helper(case, assignment_id)
    if helper.state is AssignmentState.STALLED:
        raise Conflict("该任务已转给其他人，请联系调度台", code="assignment_passed_on")
    if helper.state is not AssignmentState.ACCEPTED:
        return []
    moved: list[Command] = [MoveAssignment(helper.id, AssignmentState.MOVING, "已出发")]
    if case.incident.state is State.ASSIGNED:
        moved.append(MoveIncident(State.EN_ROUTE, f"{helper.responder_name}已出发"))
    return [*moved, Tell(Audience.DEVICE, "arriving")]


def arrive(case: Case, assignment_id: UUID, now: datetime, said: str = "已到门口") -> list[Command]:
    """A helper is at the door, `said` with what shows it; a stalled one who came all the same is welcome."""
    helper = _helper(case, assignment_id)
    if helper.state in {AssignmentState.ARRIVED, AssignmentState.RELEASED}:
        return []
    _must_be_open(case)
    there: list[Command] = [MoveAssignment(helper.id, AssignmentState.ARRIVED, said)]
    # Who was asked because a helper is late is needed no more; the second of two who must lift together still is.
    if len({one.id for one in case.active()} | {helper.id}) >= case.incident.plan.helpers:
        there += _search_is_over(case, "已有人到达")
    if case.incident.state not in {State.ON_SCENE, State.HANDED_OVER}:
        there += [
            MoveIncident(State.ON_SCENE, f"{helper.responder_name}已到达"),
            Remind(DueKind.CHECK_IN, now + timedelta(seconds=case.incident.plan.check_in_s)),
            Tell(Audience.FAMILY, "arrived"),
        ]
    return there


def hand_over(case: Case, assignment_id: UUID, note: str, now: datetime) -> list[Command]:
    """A helper reports and leaves; the last one hands the incident over to the centre, which closes it."""
    helper = _helper(case, assignment_id)
    if helper.state is AssignmentState.RELEASED:
        return []
    if helper.state is not AssignmentState.ARRIVED:
        raise Conflict("到达后才能交接", code="not_arrived")
    done: list[Command] = [MoveAssignment(helper.id, AssignmentState.RELEASED, note or "已交接")]
    if len(case.active()) == 1 and case.incident.state is State.ON_SCENE:
        done += [
            *_search_is_over(case, "现场已交接"),
            MoveIncident(State.HANDED_OVER, note or f"{helper.responder_name}已交接"),
            Remind(DueKind.CLOSE_REMINDER, now + timedelta(seconds=case.incident.plan.close_reminder_s)),
        ]
    return done


def escalate(case: Case, reason: str) -> list[Command]:
    """A dispatcher asks for more weight."""
    _must_be_open(case)
    return [RaiseLevel(reason), Tell(Audience.DISPATCHER, f"escalated_{case.incident.level + 1}")]


def note(text: str) -> list[Command]:
    """A dispatcher writes something down; also after the end."""
    return [Record("note", text)]


def verify(case: Case, verification: Verification, text: str) -> list[Command]:
    """What the desk has found out by calling back; a denial is written down and ends nothing by itself."""
    _must_be_open(case)
    if verification not in _FOUND_OUT:
        raise Conflict("核实结果只能是属实、误报或无人应答")
    if case.incident.verification is verification:
        return []
    return [Verify(verification, text or _FOUND_OUT[verification])]


def merge(case: Case, into: Case, name: str, reason: str) -> list[Command]:
    """Two incidents of one bed are one: this one ends as part of the other, which stays open with its own clock."""
    _must_be_open(case)
    if into.is_ended():
        raise Conflict("要并入的报警已结束", code="merge_target_ended")
    if into.incident.id == case.incident.id or into.incident.bed_id != case.incident.bed_id:
        raise Conflict("只能合并到同一床位的另一个未结事件", code="merge_other_bed")
    if case.incident.family is Family.HELP and into.incident.family is not Family.HELP:
        raise Conflict("求助事件不能合并到提示或维修事件", code="merge_lesser")
    if case.active():
        raise Conflict("已有人员前往该事件，请把另一个事件合并过来", code="merge_helpers")
    if not reason.strip():
        raise Conflict("合并需填写原因")
    return [*_end_of_search(case, "已合并到同一床位的另一事件"), Merge(into.incident.id, name, reason)]


def joined_by(other: Case, reason: str) -> list[Command]:
    """What the incident that goes on says about the one that was merged into it."""
    return [Record("joined", f"{KIND_NAMES[other.incident.kind]}事件并入：{reason}")]


def close(case: Case, outcome: OutcomeCode, name: str, text: str) -> list[Command]:
    """A named human ends the incident with an outcome; a false call to which nobody had to come is cancelled."""
    _must_be_open(case)
    came = any(one.state in {AssignmentState.ARRIVED, AssignmentState.RELEASED} for one in case.assignments)
    is_false_call = case.incident.family is Family.HELP and outcome in FALSE_ONES and not came
    to = State.CANCELLED_FALSE if is_false_call else State.CLOSED
    return [
        *_end_of_search(case, "事件已结案"),
        *(MoveAssignment(one.id, AssignmentState.RELEASED, "事件已结案") for one in case.active()),
        Close(outcome, name, text, to),
        # Relatives were told of a call for help when it came; of what the desk has looked at they hear from the desk.
        *((Tell(Audience.FAMILY, "closed"),) if case.incident.family is Family.HELP else ()),
    ]


def _search_is_over(case: Case, reason: str) -> list[Command]:
    return [
        NewRound(SEARCH_TIMERS),
        EndOffers(tuple(one.id for one in case.open_offers()), OfferState.WITHDRAWN, reason),
        Tell(Audience.WITHDRAWN, "withdrawn"),
    ]


def _end_of_search(case: Case, reason: str) -> list[Command]:
    return [
        NewRound(EVERY_TIMER),
        EndOffers(tuple(one.id for one in case.open_offers()), OfferState.WITHDRAWN, reason),
        Tell(Audience.WITHDRAWN, "withdrawn"),
    ]


UNDO_WITHIN = timedelta(seconds=10)
"""For a key pressed by mistake; engineering proposal."""
_FOUND_OUT: dict[Verification, str] = {
    Verification.CONFIRMED: "回拨核实：属实",
    Verification.DENIED: "回拨核实：老人称无需帮助",
    Verification.NO_ANSWER: "回拨无人应答",
}
_NO_CONSENT = frozenset({WhyNot.NO_CONSENT, WhyNot.CONSENT_WITHDRAWN})
_NEVER = _NO_CONSENT | {WhyNot.NO_ADDRESS, WhyNot.UNDELIVERABLE}
_FOR_A_REASON = frozenset(WhyNot) - _NEVER - {WhyNot.ASKED}
_CANNOT: dict[WhyNot, str] = {
    WhyNot.NO_CONSENT: "尚未同意接单",
    WhyNot.NO_ADDRESS: "没有可用的联系方式",
    WhyNot.BUSY: "正在处理其他事件",
    WhyNot.NEEDED_ELSEWHERE: "正留给附近更需要的求助",
    WhyNot.OFF_DUTY: "不在岗",
    WhyNot.NOT_ROSTERED: "当前不在排班内",
    WhyNot.CONSENT_WITHDRAWN: "已撤回接单同意",
    WhyNot.PROVIDER_CLOSED: "所属机构已下班",
    WhyNot.PROVIDER_FULL: "所属机构外出人数已满",
    WhyNot.MISSING_SKILL: "不具备预案要求的技能",
    WhyNot.OTHER_ROLE: "不在本预案的派单范围",
    WhyNot.NO_POSITION: "没有位置信息",
    WhyNot.STALE_POSITION: "的位置已过期",
    WhyNot.BED_HAS_NO_POSITION: "不属于签约机构或本辖区，且床位没有位置坐标",
    WhyNot.UNDELIVERABLE: "的消息无法送达，请电话联系",
    WhyNot.DECLINED: "已拒绝过这次派单",
}


def _taken_by(incident: Incident) -> Conflict:
    """Who was first, and when."""
    name, at = incident.acknowledged_by or "", incident.acknowledged_at
    if at is None:
        return Conflict(f"{name}已先接手", code="taken_over", name=name)
    return Conflict(f"{name}已于 {clock_time(at)} 接手", code="taken_over", name=name, at=at.isoformat())


def _must_be_open(case: Case) -> None:
    if not case.is_ended():
        return
    incident, ended = case.incident, STATE_NAMES[case.incident.state]
    if incident.closed_at is None or not incident.closed_by:
        raise Conflict(f"该事件{ended}", code="incident_ended", state=incident.state.value)
    raise Conflict(
        f"该事件{ended}：{incident.closed_by}，{clock_time(incident.closed_at)}",
        code="incident_ended", state=incident.state.value, name=incident.closed_by, at=incident.closed_at.isoformat(),
    )  # fmt: skip


def _offer(case: Case, offer_id: UUID) -> Offer:
    for offer in case.offers:
        if offer.id == offer_id:
            return offer
    raise NotFound("没有这条派单")


def _helper(case: Case, assignment_id: UUID) -> Assignment:
    for helper in case.assignments:
        if helper.id == assignment_id:
            return helper
    raise NotFound("没有这项任务")


def _why_over(offer: Offer, case: Case) -> str:
    winner = next((one.responder_name for one in case.assignments if one.state in ACTIVE_ASSIGNMENTS), None)
    match offer.state:
        case OfferState.WITHDRAWN if winner:
            return f"{winner}已先接单，感谢您"
        case OfferState.EXPIRED:
            return "这条派单已过期"
        case OfferState.DECLINED:
            return "您已拒绝这条派单"
        case _:
            return "这条派单已撤回"
