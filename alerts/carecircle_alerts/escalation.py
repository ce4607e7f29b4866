"""Escalation: what has to happen when a timer of an incident is due; nobody's silence lets it rest (pure).

Each answer leaves another timer behind as long as the incident is open; tests hold that for every path.
"""

from datetime import datetime, timedelta
from uuid import UUID

from carecircle_alerts.commands import (
    Audience,
    Command,
    Disown,
    DueKind,
    MoveAssignment,
    NewDeadline,
    RaiseLevel,
    Record,
    Remind,
    Tell,
    Verify,
    WantHelpers,
)
from carecircle_alerts.incident import AssignmentState, Case, State, Verification
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Candidate
from carecircle_alerts.waves import ask_again, next_wave, nobody_accepted, search_anew, somebody_free

# Kinds whose decision needs to know who could be asked.
NEEDS_RANKING = frozenset({DueKind.WAVE, DueKind.RECHECK, DueKind.FREED})
_NOT_YET_HERE = frozenset({AssignmentState.ACCEPTED, AssignmentState.MOVING})


def decide(  # noqa: C901, PLR0911, PLR0912 - one line a timer reads best
    case: Case, kind: DueKind, subject: UUID | None, candidates: list[Candidate], now: datetime
) -> list[Command]:
    """What a timer that is due asks for; an empty list when the case has moved on."""
    if case.is_ended():
        return []
    match kind:
        case DueKind.VERIFY:
            return _nobody_answers(case)
        case DueKind.WAVE:
            return next_wave(case, candidates, now)
        case DueKind.NO_ACCEPT:
            return nobody_accepted(case, now)
        case DueKind.RECHECK:
            return ask_again(case, candidates, now)
        case DueKind.FREED:
            return somebody_free(case, candidates, now)
        case DueKind.UNCLAIMED:
            return _nobody_claims(case, now)
        case DueKind.SUPERVISOR:
            return _call_supervisors(case, now)
        case DueKind.NUDGE | DueKind.STALLED:
            return _not_moving(case, kind, subject, now)
        case DueKind.OVERDUE:
            return _overdue(case, subject, now)
        case DueKind.BREACH:
            return _breach(case)
        case DueKind.CHECK_IN:
            return _check_in(case, now)
        case DueKind.CLOSE_REMINDER:
            return _remind_to_close(case, now)


def opening(case: Case, now: datetime) -> list[Command]:
    """The timers and messages that a new incident starts with: the search begins at once, verification beside it."""
    plan = case.incident.plan
    unclaimed = Remind(DueKind.UNCLAIMED, now + timedelta(seconds=plan.unclaimed_s))
    if not plan.asks:
        return [unclaimed, Remind(DueKind.BREACH, max(now, case.incident.deadline_at))]
    return [
        Remind(DueKind.WAVE, now),
        Remind(DueKind.NO_ACCEPT, now + timedelta(seconds=plan.no_accept_s)),
        unclaimed,
        Remind(DueKind.BREACH, max(now, case.incident.deadline_at)),
        *_verification(case, now),
        Tell(Audience.FAMILY, "opened"),
    ]


def verified_at_first(plan: Plan, priority: int) -> Verification:
    """What is known of whether a new danger is real: of the gravest, that somebody is asked to call back."""
    return Verification.PENDING if plan.asks and priority == 1 else Verification.NONE


def _verification(case: Case, now: datetime) -> list[Command]:
    """Somebody calls back beside the search, which waits for no answer."""
    if verified_at_first(case.incident.plan, case.incident.priority) is not Verification.PENDING:
        return []
    return [
        Verify(Verification.PENDING, "请回拨老人核实情况，派单同时进行"),
        Remind(DueKind.VERIFY, now + timedelta(seconds=case.incident.plan.verify_s)),
    ]


def _nobody_answers(case: Case) -> list[Command]:
    if case.incident.verification is not Verification.PENDING:
        return []
    return [Verify(Verification.NO_ANSWER, f"{case.incident.plan.verify_s}秒内未能核实，按真实求助处理")]


def nobody_is_there(now: datetime) -> list[Command]:
    """An open incident has neither a timer nor an owner who is there: the centre is called to it again."""
    return [Disown("负责人已离线，且没有待办计时，重新请照护中心确认"), Remind(DueKind.UNCLAIMED, now)]


def pressed_again(case: Case, now: datetime) -> list[Command]:
    """What a new press on an open incident asks for: if the helper has already left, somebody must come again."""
    again: list[Command] = [Record("pressed_again", "同一事件再次呼叫")]
    if case.incident.verification is not Verification.CONFIRMED:
        again.append(Verify(Verification.CONFIRMED, "再次呼叫"))
    if case.incident.state is State.HANDED_OVER:
        deadline_at = now + timedelta(seconds=case.incident.plan.arrive_within_s)
        again += search_anew(case, "人员离开后再次呼叫，重新派单", now)
        again += [NewDeadline(deadline_at), Remind(DueKind.BREACH, deadline_at)]
    return again


def _nobody_claims(case: Case, now: datetime) -> list[Command]:
    if case.incident.owner_account_id is not None:
        return []
    return [
        RaiseLevel("照护中心尚无人确认，已提醒全部调度员"),
        Tell(Audience.DISPATCHER, f"unclaimed_{int(now.timestamp())}", supervisors_too=False),
        Remind(DueKind.SUPERVISOR, now + timedelta(seconds=case.incident.plan.supervisor_after_s)),
    ]


def _call_supervisors(case: Case, now: datetime) -> list[Command]:
    """Every dispatcher was called and none has taken it: from here on the supervisors are called with them."""
    if case.incident.owner_account_id is not None:
        return []
    level = case.incident.level + 1
    pause_s = case.incident.plan.supervisor_after_s * (2 if level > 2 else 1)  # noqa: PLR2004 - later ones are slower
    return [
        RaiseLevel("调度员均未确认，已通知主管"),
        Tell(Audience.DISPATCHER, f"supervisor_{int(now.timestamp())}"),
        Remind(DueKind.SUPERVISOR, now + timedelta(seconds=pause_s)),
    ]


def _not_moving(case: Case, kind: DueKind, subject: UUID | None, now: datetime) -> list[Command]:
    helper = next((one for one in case.assignments if one.id == subject), None)
    if helper is None or helper.state is not AssignmentState.ACCEPTED:
        return []
    if kind is DueKind.NUDGE:
        return [Record("nudged", f"{helper.responder_name}接单后尚未出发"), Tell(Audience.OFFER, "nudge", helper.id)]
    reason = f"{helper.responder_name}接单{case.incident.plan.stalled_s}秒仍未出发"
    stalled: list[Command] = [
        MoveAssignment(helper.id, AssignmentState.STALLED, reason),
        Tell(Audience.DISPATCHER, f"stalled_{helper.id}"),
    ]
    if len(case.active()) > 1:
        return stalled
    return [*stalled, *search_anew(case, reason, now)]


def _overdue(case: Case, subject: UUID | None, now: datetime) -> list[Command]:
    helper = next((one for one in case.assignments if one.id == subject), None)
    if helper is None or helper.state not in _NOT_YET_HERE:
        return []
    plan = case.incident.plan
    reason = f"{helper.responder_name}超过预计时间未到"
    wanted = min(len(case.active()) + 1, 20)
    return [
        WantHelpers(wanted, reason),
        Tell(Audience.DISPATCHER, f"overdue_{helper.id}"),
        Remind(DueKind.WAVE, now),
        Remind(DueKind.OVERDUE, now + timedelta(seconds=plan.overdue_s), helper.id),
    ]


def _breach(case: Case) -> list[Command]:
    if any(one.state is AssignmentState.ARRIVED for one in case.assignments) or case.incident.state in {
        State.ON_SCENE,
        State.HANDED_OVER,
    }:
        return []
    minutes = case.incident.plan.arrive_within_s // 60
    reason = f"呼叫后{minutes}分钟仍无人到达，请考虑拨打120"
    if not case.incident.plan.asks and not case.active():
        reason = f"{minutes}分钟内未处理完毕"
    return [RaiseLevel(reason), Record("breach", reason), Tell(Audience.DISPATCHER, "breach")]


def _check_in(case: Case, now: datetime) -> list[Command]:
    if case.incident.state is not State.ON_SCENE:
        return []
    after = now + timedelta(seconds=case.incident.plan.check_in_s)
    return [
        Record("check_in", "现场处置时间较长，请询问情况"),
        Tell(Audience.DISPATCHER, f"check_in_{int(now.timestamp())}"),
        Remind(DueKind.CHECK_IN, after),
    ]


def _remind_to_close(case: Case, now: datetime) -> list[Command]:
    if case.incident.state is not State.HANDED_OVER:
        return []
    after = now + timedelta(seconds=case.incident.plan.close_reminder_s)
    return [
        Record("close_reminder", "已交接，尚未结案"),
        Tell(Audience.DISPATCHER, f"close_{int(now.timestamp())}"),
        Remind(DueKind.CLOSE_REMINDER, after),
    ]
