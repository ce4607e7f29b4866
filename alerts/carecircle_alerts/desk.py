"""Desk: the only way in which people change an incident; the console calls it, in its own transactions (I/O)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Forbidden, NotFound
from carecircle_alerts import answers
from carecircle_alerts.commands import Command
from carecircle_alerts.incident import Case, OutcomeCode, Verification
from carecircle_alerts.nearby import Picture, rank_for
from carecircle_alerts.people import changes
from carecircle_alerts.people.changes import By
from carecircle_alerts.ranking import Candidate
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, read_case
from carecircle_alerts.travel import TravelTimes
from carecircle_alerts.travel.straight_line import StraightLine


@dataclass(frozen=True, slots=True)
class Actor:
    """A named human, as the audit trail will know them. `id` is the account's or the responder's."""

    kind: Literal["account", "responder"]
    id: str
    name: str

    def __str__(self) -> str:
        """How the audit trail writes it."""
        return f"{self.kind}:{self.id}"


class Desk:
    """Commands of people. Repeating one by the same person is no error; who was first wins, and others are told who.

    Raises `Conflict`, `NotFound` or `Forbidden` with a sentence in Chinese. Whether the person may see this incident
    at all is the caller's to check.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[Connection],
        clock: Clock | None = None,
        travel: TravelTimes | None = None,
    ) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()
        self._travel = travel or StraightLine()

    async def acknowledge(self, incident_id: UUID, actor: Actor) -> None:
        """Take an incident: from now on this person owns it."""
        account_id = account_of(actor)
        await self._change(incident_id, actor, lambda case, _now: answers.acknowledge(case, account_id, actor.name))

    async def unacknowledge(self, incident_id: UUID, actor: Actor) -> None:
        """Take that back, within ten seconds."""
        account_id = account_of(actor)
        await self._change(
            incident_id, actor, lambda case, now: answers.unacknowledge(case, account_id, actor.name, now)
        )

    async def dispatch(self, incident_id: UUID, responder_id: str, reason: str, actor: Actor) -> None:
        """Ask a responder of the desk's own choice, wherever they are."""
        await self._choose(incident_id, responder_id, reason, actor, answers.dispatch)

    async def assign(self, incident_id: UUID, responder_id: str, reason: str, actor: Actor) -> None:
        """Send a responder who has said yes on the phone; raises `Conflict` without a reason."""
        await self._choose(incident_id, responder_id, reason, actor, answers.assign)

    async def verify(self, incident_id: UUID, verification: str, text: str, actor: Actor) -> None:
        """Write down what calling back has shown: `confirmed`, `denied` or `no_answer`."""
        account_of(actor)
        try:
            found_out = Verification(verification)
        except ValueError as error:
            raise Conflict(f"没有这个核实结果：{verification}") from error
        await self._change(incident_id, actor, lambda case, _now: answers.verify(case, found_out, text))

    async def merge(self, incident_id: UUID, into_id: UUID, reason: str, actor: Actor) -> None:
        """Make an incident part of another open one of the same bed."""
        account_of(actor)
        async with self._pool.connection() as connection:
            now = self._clock.now()
            # Two incidents are locked in the order of their ids, whichever way round they are merged.
            cases = {one: await load_case(connection, one) for one in sorted({incident_id, into_id})}
            case, into = cases[incident_id], cases[into_id]
            commands = answers.merge(case, into, actor.name, reason)
            await Saving.of(connection, case, str(actor), now, actor.name).run(commands)
            await Saving.of(connection, into, str(actor), now, actor.name).run(answers.joined_by(case, reason))

    async def escalate(self, incident_id: UUID, reason: str, actor: Actor) -> None:
        """Raise the level by one and call the supervisors."""
        account_of(actor)
        await self._change(incident_id, actor, lambda case, _now: answers.escalate(case, reason))

    async def note(self, incident_id: UUID, text: str, actor: Actor) -> None:
        """Write something into the timeline."""
        await self._change(incident_id, actor, lambda _case, _now: answers.note(text))

    async def close(self, incident_id: UUID, outcome_code: str, note: str, actor: Actor) -> None:
        """End an incident, with an outcome."""
        account_of(actor)
        try:
            outcome = OutcomeCode(outcome_code)
        except ValueError as error:
            raise Conflict(f"没有这个结案代码：{outcome_code}") from error
        if outcome is OutcomeCode.CLEARED:
            raise Conflict("“自行恢复”由系统记录，请选择其他结案代码")
        await self._change(incident_id, actor, lambda case, _now: answers.close(case, outcome, actor.name, note))

    async def accept_offer(self, offer_id: UUID, actor: Actor) -> None:
        """A responder accepts an offer."""
        incident_id = await self._incident_of("incident_of_offer", offer_id)
        await self._change(incident_id, actor, lambda case, now: answers.accept(case, offer_id, now))

    async def decline_offer(self, offer_id: UUID, reason: str, actor: Actor) -> None:
        """A responder declines an offer."""
        incident_id = await self._incident_of("incident_of_offer", offer_id)
        await self._change(incident_id, actor, lambda case, now: answers.decline(case, offer_id, reason, now))

    async def start_moving(self, assignment_id: UUID, actor: Actor) -> None:
        """A helper has set out."""
        incident_id = await self._incident_of("incident_of_assignment", assignment_id)
        await self._change(incident_id, actor, lambda case, _now: answers.start_moving(case, assignment_id))

    async def arrive(self, assignment_id: UUID, actor: Actor) -> None:
        """A helper is at the door."""
        incident_id = await self._incident_of("incident_of_assignment", assignment_id)
        await self._change(incident_id, actor, lambda case, now: answers.arrive(case, assignment_id, now))

    async def hand_over(self, assignment_id: UUID, note: str, actor: Actor) -> None:
        """A helper reports and leaves."""
        incident_id = await self._incident_of("incident_of_assignment", assignment_id)
        await self._change(incident_id, actor, lambda case, now: answers.hand_over(case, assignment_id, note, now))

    async def set_duty(self, responder_id: str, on_duty: bool, actor: Actor) -> None:  # noqa: FBT001 - it is the value
        """A responder goes on or off duty; only for themselves or by the centre."""
        if actor.kind == "responder" and actor.id != responder_id:
            raise Forbidden("只能更改自己的在岗状态")
        async with self._pool.connection() as connection:
            await changes.set_duty(
                connection, responder_id, By(str(actor), actor.name), self._clock.now(), on_duty=on_duty
            )

    async def withdraw_own_consent(self, actor: Actor) -> None:
        """A responder does not want to be asked any more."""
        if actor.kind != "responder":
            raise Forbidden("只能撤回自己的同意")
        async with self._pool.connection() as connection:
            by = By(str(actor), actor.name, "本人撤回")
            await changes.withdraw_consent(connection, actor.id, by, self._clock.now())

    async def candidates(self, incident_id: UUID) -> list[Candidate]:
        """Everybody around the bed, in order, and why the others cannot be asked."""
        async with self._pool.connection() as connection:
            case = await read_case(connection, incident_id)
            return await rank_for(Picture(connection, self._clock.now()), case, self._travel, reasons=True)

    async def _choose(
        self,
        incident_id: UUID,
        responder_id: str,
        reason: str,
        actor: Actor,
        answer: Callable[[Case, Candidate, str, datetime], list[Command]],
    ) -> None:
        account_of(actor)
        async with self._pool.connection() as connection:
            now = self._clock.now()
            case = await load_case(connection, incident_id)
            ranked = await rank_for(Picture(connection, now), case, self._travel, also=[responder_id])
            commands = answer(case, _find(ranked, responder_id), reason, now)
            await Saving.of(connection, case, str(actor), now, actor.name).run(commands)

    async def _incident_of(self, query: str, row_id: UUID) -> UUID:
        async with self._pool.connection() as connection:
            rows = await fetch(connection, query, id=row_id)
        if not rows:
            raise NotFound("没有这条记录")
        incident_id: UUID = rows[0]["incident_id"]
        return incident_id

    async def _change(self, incident_id: UUID, actor: Actor, answer: Callable[[Case, datetime], list[Command]]) -> None:
        async with self._pool.connection() as connection:
            now = self._clock.now()
            case = await load_case(connection, incident_id)
            await Saving.of(connection, case, str(actor), now, actor.name).run(answer(case, now))


def account_of(actor: Actor) -> int:
    """The account of a person of the centre; raises `Forbidden` for anybody else."""
    if actor.kind != "account":
        raise Forbidden("只有照护中心的人员可以这样做")
    return int(actor.id)


def _find(candidates: list[Candidate], responder_id: str) -> Candidate:
    for candidate in candidates:
        if candidate.responder.id == responder_id:
            return candidate
    raise NotFound("附近没有这位服务人员")
