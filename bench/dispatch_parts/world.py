"""A world on a simulated clock: the project's own decisions, carried out on plain values (pure, seeded).

`escalation.decide`, `waves`, `answers`, `rank_responders` and the joint `share` decide; this file only keeps the rows
that they would have in the database, and plays the people: whether they accept, when, and when they arrive.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid5

from carecircle.errors import Conflict
from carecircle_alerts import answers
from carecircle_alerts.commands import (
    SEARCH_TIMERS,
    Assign,
    Command,
    DueKind,
    EndOffers,
    MakeOffer,
    MoveAssignment,
    MoveIncident,
    NewDeadline,
    NewRound,
    Remind,
    WantHelpers,
)
from carecircle_alerts.escalation import NEEDS_RANKING, decide, opening
from carecircle_alerts.incident import (
    OPEN_OFFERS,
    Assignment,
    AssignmentState,
    Bed,
    Case,
    Incident,
    Kind,
    Offer,
    OfferState,
    State,
    Verification,
)
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Candidate, Responder, rank_responders
from carecircle_alerts.sharing import Asked, Other, is_free, may_ask, share
from carecircle_alerts.travel import Place, TravelTime

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_SPACE = UUID("6f0c9f43-5f5b-4a52-9f0e-2f1a0d7a7d11")
_UNCOMMITTED = frozenset({State.RECEIVED, State.SEARCHING, State.UNCOVERED})
_PLACE = Place(42.5, 1.5)  # where nothing asks for it: travel times are given
_BED = Bed(_PLACE, "city", None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody does with an offer: accept or decline after so many seconds, or never anything (None)."""

    accepts: bool
    after_s: float | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call for help, so many seconds after the start, and everybody's way to it by their id."""

    name: str
    at_s: float
    plan: Plan
    ways: Mapping[str, TravelTime]
    priority: int = 1


@dataclass(slots=True)
class World:
    """People, calls, and what becomes of them."""

    people: Mapping[str, Responder]
    answer: Callable[[str, str], Answer]
    jointly: bool = True
    arrival_s: Callable[[TravelTime], float] = lambda way: float(way.p50_s)
    cases: dict[str, Case] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    arrived_s: dict[str, float] = field(default_factory=dict)
    accepted_s: dict[str, float] = field(default_factory=dict)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)
    _now_s: float = 0.0
    _on_the_way: set[str] = field(default_factory=set)
    _freed: set[str] = field(default_factory=set)

    def run(self, calls: Sequence[Call], until_s: float) -> None:
        """Let the calls come and time pass; afterwards `accepted_s` and `arrived_s` count from each press."""
        for call in calls:
            self.calls[call.name] = call
            self._at(call.at_s, lambda call=call: self._open(call))  # type: ignore[misc]
        while self._events and self._events[0][0] <= until_s:
            self._now_s, _order, happens = heapq.heappop(self._events)
            happens()

    def _at(self, when_s: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when_s, next(self._number), happens))

    @property
    def _now(self) -> datetime:
        return START + timedelta(seconds=self._now_s)

    def _open(self, call: Call) -> None:
        now = self._now
        incident = Incident(
            id=uuid5(_SPACE, call.name), bed_id=call.name, kind=Kind.SOS, priority=call.priority, state=State.RECEIVED,
            level=0, epoch=0, helpers_wanted=1, late=False, plan=call.plan, device="button", event_boot=1, event_seq=1,
            pressed_at=now, opened_at=now, deadline_at=now + timedelta(seconds=call.plan.arrive_within_s),
            owner_account_id=1, acknowledged_by="x", verification=Verification.NONE, county="630102", area_name="",
            resident_name="", bed=_BED,
        )  # fmt: skip
        self.cases[call.name] = Case(incident, (), ())
        self._carry_out(call.name, opening(self.cases[call.name], now))

    def _due(self, name: str, kind: DueKind, epoch: int, subject: UUID | None) -> None:
        case = self.cases[name]
        if kind is DueKind.FREED:
            self._freed.discard(name)
        # A new round drops the timers of the search and carries over the others.
        is_over = kind in SEARCH_TIMERS and epoch != case.incident.epoch
        if is_over or case.is_ended():
            return
        candidates = self._candidates(name) if kind in NEEDS_RANKING else []
        self._carry_out(name, decide(case, kind, subject, candidates, self._now))

    def _candidates(self, name: str) -> list[Candidate]:
        case, call = self.cases[name], self.calls[name]
        asked = {offer.responder_id: offer.state.value for offer in case.offers}
        busy = self._on_the_way | {
            offer.responder_id
            for other, one in self.cases.items()
            if other != name
            for offer in one.open_offers()
            if offer.expires_at > self._now
        }
        people = [
            self.people[who]._replace(busy=who in busy, asked=asked.get(who)) for who in sorted(call.ways)
        ]  # fmt: skip
        ranked = rank_responders(_BED, people, call.ways, call.plan.circle_s, call.priority)
        others = self._others(name)
        if not self.jointly or len(others) < call.plan.joint_above or all(one.rank is None for one in ranked):
            return ranked
        free = [one for one in people if is_free(one)]
        times = {
            other.id: {one.id: self.calls[other.id].ways[one.id] for one in may_ask(other, free)} for other in others
        }
        shared = share([(case, ranked)], (), others, times, self._now)
        self._wake(shared.kept_for, after_s=1.0)
        return shared.left[0]

    def _others(self, name: str) -> list[Other]:
        return [
            Other(
                other, case.incident.priority, case.incident.deadline_at, case.incident.plan, _PLACE, "city", None,
                tuple(
                    Asked(one.responder_id, one.state, one.travel_p50_s, self._p90(other, one), one.expires_at)
                    for one in case.offers
                ),
            )
            for other, case in self.cases.items()
            if other != name and case.incident.state in _UNCOMMITTED
        ]  # fmt: skip

    def _p90(self, name: str, offer: Offer) -> int:
        return self.calls[name].ways[offer.responder_id].p90_s

    def _wake(self, names: Sequence[str], after_s: float) -> None:
        for name in names:
            case = self.cases[name]
            if name not in self._freed and not any(one.expires_at > self._now for one in case.open_offers()):
                self._freed.add(name)
                self._timer(name, Remind(DueKind.FREED, self._now + timedelta(seconds=after_s)))

    def _timer(self, name: str, command: Remind) -> None:
        epoch, when_s = self.cases[name].incident.epoch, (command.at - START).total_seconds()
        self._at(when_s, lambda: self._due(name, command.kind, epoch, command.subject))

    def _carry_out(self, name: str, commands: Sequence[Command]) -> None:
        freed = 0
        for command in commands:
            freed += self._one(name, command)
        if freed:
            self._wake(self._alone(but=name)[: min(2 * freed, 10)], after_s=0.0)

    def _alone(self, but: str, unasked: str | None = None) -> list[str]:
        """Calls that have nobody and ask nobody, gravest first; with `unasked`, only those that have not asked them."""
        alone = [
            one
            for one, case in self.cases.items()
            if one != but and case.incident.state in _UNCOMMITTED
            and not any(offer.expires_at > self._now for offer in case.open_offers())
            and not any(offer.responder_id == unasked for offer in case.offers)
        ]  # fmt: skip
        return sorted(
            alone, key=lambda one: (self.cases[one].incident.priority, self.cases[one].incident.deadline_at, one)
        )

    def _runs_out(self, name: str, offer_id: UUID, who: str) -> None:
        """The time to answer an offer is over: whoever has said nothing is free, and two others look round."""
        is_open = any(one.id == offer_id and one.state in OPEN_OFFERS for one in self.cases[name].offers)
        if is_open and who not in self._on_the_way:
            self._wake(self._alone(but=name, unasked=who)[:2], after_s=0.0)

    def _one(self, name: str, command: Command) -> int:
        case = self.cases[name]
        match command:
            case MoveIncident(to, _reason):
                self._incident(name, state=to)
            case NewDeadline(at):
                self._incident(name, deadline_at=at)
            case WantHelpers(wanted, _reason):
                self._incident(name, helpers_wanted=wanted)
            case NewRound():
                self._incident(name, epoch=case.incident.epoch + 1)
            case Remind():
                self._timer(name, command)
            case MakeOffer():
                self._ask(name, command)
            case EndOffers(ids, state, _reason):
                ended = tuple(replace(one, state=state) if one.id in ids else one for one in case.offers)
                self.cases[name] = replace(case, offers=ended)
                return len(ids) if state in {OfferState.WITHDRAWN, OfferState.DECLINED} else 0
            case Assign():
                self._assign(name, command)
            case MoveAssignment(assignment_id, to, _reason):
                moved = tuple(
                    replace(one, state=to) if one.id == assignment_id else one for one in case.assignments
                )  # fmt: skip
                self.cases[name] = replace(case, assignments=moved)
            case _:  # told, noted, escalated: nothing that a search depends on
                return 0
        return 0

    def _incident(self, name: str, **changes: object) -> None:
        case = self.cases[name]
        self.cases[name] = replace(case, incident=replace(case.incident, **changes))  # type: ignore[arg-type]

    def _ask(self, name: str, command: MakeOffer) -> None:
        case, who, way = self.cases[name], command.candidate.responder, command.candidate.travel
        assert way is not None, "everybody here has a way"
        offer = Offer(
            command.offer_id, who.id, who.name, command.wave, OfferState.SENT, way.p50_s, command.expires_at,
            track=command.track, created_at=self._now,
        )  # fmt: skip
        self.cases[name] = replace(case, offers=(*case.offers, offer))
        self._at((offer.expires_at - START).total_seconds(), lambda: self._runs_out(name, offer.id, who.id))
        answer = self.answer(who.id, name)
        if answer.after_s is not None:
            says = answer.accepts
            self._at(self._now_s + answer.after_s, lambda: self._answered(name, offer.id, who.id, accepts=says))

    def _answered(self, name: str, offer_id: UUID, who: str, *, accepts: bool) -> None:
        case = self.cases[name]
        is_open = any(one.id == offer_id and one.state in OPEN_OFFERS for one in case.offers)
        if not is_open or (accepts and who in self._on_the_way):
            return
        try:
            commands = (
                answers.accept(case, offer_id, self._now) if accepts else answers.decline(case, offer_id, "", self._now)
            )
        except Conflict:
            return
        self._carry_out(name, commands)

    def _assign(self, name: str, command: Assign) -> None:
        case = self.cases[name]
        helper = Assignment(
            command.assignment_id, command.responder_id, command.responder_name, AssignmentState.ACCEPTED,
            command.eta_at,
        )  # fmt: skip
        accepted = tuple(
            replace(one, state=OfferState.ACCEPTED) if one.id == command.offer_id else one for one in case.offers
        )
        self.cases[name] = replace(case, offers=accepted, assignments=(*case.assignments, helper))
        self._on_the_way.add(command.responder_id)
        pressed_s = self.calls[name].at_s
        self.accepted_s.setdefault(name, self._now_s - pressed_s)
        way = self.calls[name].ways[command.responder_id]
        self._at(self._now_s, lambda: self._sets_out(name, helper.id))
        self._at(self._now_s + self.arrival_s(way), lambda: self._arrives(name, helper.id))

    def _sets_out(self, name: str, helper_id: UUID) -> None:
        self._carry_out(name, answers.start_moving(self.cases[name], helper_id))

    def _arrives(self, name: str, helper_id: UUID) -> None:
        self.arrived_s.setdefault(name, self._now_s - self.calls[name].at_s)
        self._carry_out(name, answers.arrive(self.cases[name], helper_id, self._now))
