"""Save: carries out the commands of decisions; state, audit, timers and messages in one transaction (I/O)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from carecircle.errors import Conflict
from carecircle.topics import Kind as TopicKind
from carecircle.topics import Topic
from carecircle_alerts.commands import (
    Assign,
    Audience,
    Close,
    Command,
    Disown,
    DueKind,
    EndOffers,
    GiveBack,
    MakeOffer,
    Merge,
    MoveAssignment,
    MoveIncident,
    NewDeadline,
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
    ALLOWED,
    ASSIGNMENT_STEPS,
    OFFER_STEPS,
    AssignmentState,
    Case,
    OfferState,
    State,
    Verification,
)
from carecircle_alerts.notes import (
    NO_RECEIPT_S,
    Entry,
    Notes,
    Timer,
    ToFamily,
    tell_families,
    tell_offers,
    write_down,
    write_offers,
)
from carecircle_alerts.people.waking import wake_for_release
from carecircle_alerts.state_names import HELPER_NAMES, OFFER_NAMES, STATE_NAMES
from carecircle_alerts.store import Connection, fetch, read_case, run, together
from carecircle_alerts.texts import dispatcher_content, family_content, offer_content, say
from carecircle_alerts.travel import UNKNOWN

# Everybody who becomes free can help one incident; a few more may be nearer to it than those who waited longest.
_WOKEN_AT_MOST = 10


@dataclass(slots=True)
class Saving:
    """One transaction on one incident. The caller holds the incident's lock and commits."""

    connection: Connection
    case: Case
    actor: str
    name: str | None
    now: datetime
    epoch: int
    state: State
    verification: Verification
    notes: Notes

    @classmethod
    def of(cls, connection: Connection, case: Case, actor: str, now: datetime, name: str | None = None) -> "Saving":
        """Begin with the case as it was read; `name` is how the timeline shows a human actor."""
        about = case.incident
        return cls(connection, case, actor, name, now, about.epoch, about.state, about.verification, Notes(about.id))

    async def run(self, commands: list[Command]) -> None:
        """Carry out the commands in order; raises `Conflict` for a step that the state does not allow.

        Messages are queued last, from the state that the other commands have left behind.
        """
        await save_all(self.connection, [(self, commands)])

    async def tell_all(self, commands: Sequence[Command]) -> None:
        """Queue the messages, once everything else is written down."""
        telling = [command for command in commands if isinstance(command, Tell)]
        if freed := _freed(commands):
            await self._do("wake_those_alone", most=min(2 * freed, _WOKEN_AT_MOST))
        if released := _released(commands):
            who = [one.responder_id for one in self.case.assignments if one.id in released]
            await wake_for_release(self.connection, who, self.now)
        # Only who has just accepted is not in the case as it was read.
        if telling and any(isinstance(command, Assign) for command in commands):
            self.case = await read_case(self.connection, self.case.incident.id)
        for command in telling:
            await self._tell(command)

    async def carry_out(self, command: Command) -> None:  # noqa: C901, PLR0912, PLR0915 - one short case a command
        """Do one thing, and note what is written down together with others."""
        match command:
            case MoveIncident(to, reason):
                await self._move(to, reason)
            case RaiseLevel(reason):
                await self._do("raise_level")
                await self._entry("escalated", reason)
            case Own(account_id, name):
                await self._do("own_incident", account_id=account_id, name=name)
                await self._entry("acknowledged", f"{name}已确认")
            case GiveBack(name):
                await self._give_back(name)
            case Disown(reason):
                await self._do("disown_incident")
                await self._entry("owner_gone", reason)
            case Verify(verification, reason):
                if verification is not self.verification:  # a new one begins with what is known of it
                    self.verification = self.notes.verification = verification
                await self._entry(f"verification_{verification.value}", reason)
            case NewDeadline(at):
                await self._do("new_deadline", at=at)
            case WantHelpers(count, reason):
                await self._do("want_helpers", count=count)
                await self._entry("helpers_wanted", reason, count=count)
            case MakeOffer():
                await self._make_offer(command)
            case EndOffers(offer_ids, state, reason):
                await self._end_offers(offer_ids, state, reason)
            case Assign():
                await self._assign(command)
            case MoveAssignment(assignment_id, to, reason):
                await self._move_assignment(assignment_id, to, reason)
            case NewRound(drop):
                self.epoch += 1
                await self._do("next_epoch")
                await self._drop_timers({kind.value for kind in drop})
                await self._do("carry_timers", epoch=self.epoch)
                self.notes.carry_timers(self.epoch)
            case Remind(kind, at, subject):
                # One search has one next wave: a refusal brings it forward and does not start a second series.
                is_alone = kind is DueKind.WAVE
                if is_alone:
                    self.notes.drop_timers({kind.value})
                self.notes.timers.append(Timer(self.case.incident.id, at, self.epoch, kind.value, subject, is_alone))
            case Record(step, reason):
                await self._entry(step, reason)
            case Close(outcome, by, note, to):
                self._must_allow(to)
                await self._do("close_incident", by=by, outcome=outcome.value, state=to.value)
                await self._entry(to.value.lower(), note or outcome.value, outcome=outcome.value, by=by)
            case Merge(into, by, reason):
                self._must_allow(State.MERGED)
                await self._do("merge_incident", into=into, by=by)
                await self._entry("merged", reason, into=str(into), by=by)
            case Tell():
                raise AssertionError("messages are queued last")

    async def _give_back(self, name: str) -> None:
        # The next call to the centre comes with this command; one from before would make two series of them.
        await self._drop_timers({DueKind.UNCLAIMED.value})
        await self._do("give_back_incident")
        await self._entry("unacknowledged", f"{name}撤销确认")

    def _must_allow(self, to: State) -> None:
        if to not in ALLOWED[self.state]:
            raise Conflict(
                f"事件现为“{STATE_NAMES[self.state]}”，不能改为“{STATE_NAMES[to]}”",
                code="step_not_allowed", state=self.state.value, to=to.value,
            )  # fmt: skip
        self.state = to

    async def _move(self, to: State, reason: str) -> None:
        self._must_allow(to)
        await self._do("move_incident", state=to.value)
        await self._entry(to.value.lower(), reason)

    async def _end_offers(self, offer_ids: tuple[UUID, ...], state: OfferState, reason: str) -> None:
        for offer in self.case.offers:
            if offer.id in offer_ids and state not in OFFER_STEPS[offer.state]:
                raise Conflict(
                    f"派单现为“{OFFER_NAMES[offer.state]}”，不能改为“{OFFER_NAMES[state]}”",
                    code="offer_step_not_allowed", state=offer.state.value, to=state.value,
                )  # fmt: skip
        await self._do("end_offers", ids=list(offer_ids), state=state.value, reason=reason)
        for offer_id in offer_ids:
            await self._entry(f"offer_{state.value.lower()}", reason, offer=str(offer_id))

    async def _move_assignment(self, assignment_id: UUID, to: AssignmentState, reason: str) -> None:
        for helper in self.case.assignments:
            if helper.id == assignment_id and to not in ASSIGNMENT_STEPS[helper.state]:
                raise Conflict(
                    f"任务现为“{HELPER_NAMES[helper.state]}”，不能改为“{HELPER_NAMES[to]}”",
                    code="helper_step_not_allowed", state=helper.state.value, to=to.value,
                )  # fmt: skip
        await self._do("move_assignment", id=assignment_id, state=to.value)
        await self._entry(f"helper_{to.value.lower()}", reason, assignment=str(assignment_id))

    async def _make_offer(self, command: MakeOffer) -> None:
        candidate, travel = command.candidate, command.candidate.travel
        who = candidate.responder
        self.notes.offers.append(
            (
                self.case.incident.id, command.offer_id, who.id, command.wave, candidate.rank or 0,
                travel.p50_s if travel else None, travel.p90_s if travel else None,
                travel.basis if travel else UNKNOWN,
                travel.version if travel else "", travel.distance_m if travel else None, command.expires_at,
                command.forced, command.track,
            )
        )  # fmt: skip
        no_receipt_s = self.case.incident.plan.no_receipt_s
        self.notes.offered.append((command.offer_id, _text(offer_content(self.case, travel)), no_receipt_s))
        await self._entry(
            "offered",
            candidate.why,
            offer=str(command.offer_id),
            responder=who.id,
            name=who.name,
            wave=command.wave,
            track=command.track,
            travel_p50_s=travel.p50_s if travel else None,
            basis=travel.basis if travel else UNKNOWN,
            place_from=who.known_by,
            position_age_s=who.position_age_s,
            **({} if command.likely is None else {"likely": round(command.likely, 3)}),
        )

    async def _assign(self, command: Assign) -> None:
        await write_offers(self.connection, self.now, [self.notes])
        accepted = await fetch(self.connection, "accept_offer", id=command.offer_id, now=self.now)
        if not accepted:
            raise Conflict("这条派单已结束", code="offer_over")
        assigned = await fetch(
            self.connection,
            "assign",
            id=command.assignment_id,
            incident_id=self.case.incident.id,
            responder_id=command.responder_id,
            offer_id=command.offer_id,
            eta_at=command.eta_at,
            forced=command.forced,
            now=self.now,
        )
        if not assigned:
            raise Conflict("您还有未完成的任务，完成后才能接单", code="has_assignment")
        await self._entry(
            "accepted",
            f"{command.responder_name}接单",
            assignment=str(command.assignment_id),
            responder=command.responder_id,
            name=command.responder_name,
            eta_at=command.eta_at.isoformat(),
        )

    async def _tell(self, command: Tell) -> None:
        incident, step = self.case.incident, command.step
        match command.audience:
            case Audience.FAMILY:
                keyed = f"{step}_{command.about}" if command.about else f"{step}_{self.epoch}"
                content = family_content(self.case, step)
                self.notes.to_family.append(
                    ToFamily(incident.id, incident.bed_id, self.now, keyed, content, incident.priority == 1)
                )
            case Audience.DISPATCHER:
                await self._do(
                    "tell_dispatcher", bed_id=incident.bed_id, step=step, no_receipt_s=NO_RECEIPT_S,
                    content=Jsonb(dispatcher_content(self.case, step)), supervisors_too=command.supervisors_too,
                )  # fmt: skip
            case Audience.WITHDRAWN:
                await self._do("tell_withdrawn", step=step, content=Jsonb(say("withdrawn")), no_receipt_s=NO_RECEIPT_S)
            case Audience.OFFER:
                await self._tell_offer(self._offer_of(command.about), step, say("nudge"))
            case Audience.DEVICE:
                await self._tell_device(step)

    async def _tell_offer(self, offer_id: UUID | None, step: str, content: dict[str, object]) -> None:
        if offer_id is not None:
            told = [(offer_id, _text(content), self.case.incident.plan.no_receipt_s)]
            await tell_offers(self.connection, self.now, told, step)

    async def _tell_device(self, stage: str) -> None:
        incident = self.case.incident
        topic = Topic(incident.county, incident.bed_id, incident.device, TopicKind.COMMAND)
        event = [incident.event_boot, incident.event_seq] if incident.event_boot is not None else None
        reassure = {"incident": str(incident.id), "event": event, "stage": stage}
        step = f"{stage}_{self.epoch}"
        await self._do(
            "tell_device", bed_id=incident.bed_id, step=step, address=str(topic), content=Jsonb({"reassure": reassure})
        )

    def _offer_of(self, about: UUID | None) -> UUID | None:
        for offer in self.case.offers:
            if offer.id == about:
                return about
        helper = next((one for one in self.case.assignments if one.id == about), None)
        asked = [one for one in self.case.offers if helper and one.responder_id == helper.responder_id]
        return asked[-1].id if asked else None

    async def _entry(self, step: str, reason: str, **detail: object) -> None:
        if self.name is not None:
            detail["by"] = self.name
        self.notes.entries.append(Entry(self.case.incident.id, self.now, self.epoch, step, self.actor, reason, detail))

    async def _drop_timers(self, kinds: set[str]) -> None:
        self.notes.drop_timers(kinds)
        await self._do("drop_timers", kinds=sorted(kinds))

    async def _do(self, query: str, **parameters: object) -> None:
        await run(self.connection, query, incident_id=self.case.incident.id, now=self.now, **parameters)


async def save_all(connection: Connection, decided: Sequence[tuple[Saving, Sequence[Command]]]) -> None:
    """Carry out the decisions about several incidents as `Saving.run` does, each kind of row in one statement."""
    async with together(connection):
        for saving, commands in decided:
            for command in commands:
                if not isinstance(command, Tell):
                    await saving.carry_out(command)
        if decided:
            await write_down(connection, decided[0][0].now, [saving.notes for saving, _commands in decided])
        for saving, commands in decided:
            await saving.tell_all(commands)
        await tell_families(connection, [saving.notes for saving, _commands in decided])


def _text(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False)


def _freed(commands: Sequence[Command]) -> int:
    """How many people these commands set free for others."""
    # Who declines one may take another; who has not answered at all is not asked about the next at once.
    ended = {OfferState.WITHDRAWN, OfferState.DECLINED}
    withdrawn = [one for one in commands if isinstance(one, EndOffers) and one.state in ended]
    return sum(len(one.offer_ids) for one in withdrawn) + len(_released(commands))


def _released(commands: Sequence[Command]) -> list[UUID]:
    """Assignments from which somebody comes back."""
    return [
        one.assignment_id for one in commands if isinstance(one, MoveAssignment) and one.to is AssignmentState.RELEASED
    ]
