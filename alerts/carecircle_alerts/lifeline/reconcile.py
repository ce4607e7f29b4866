"""Reconcile: the database learns what the lifeline told, and a call that it does not have becomes its incident (I/O).

It goes the engine's own way: `calls.answer` opens or joins, `Saving` writes offers with their audit rows. Doing it
again changes nothing, so a death between the commit and the journal is harmless.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from carecircle_alerts.calls import answer
from carecircle_alerts.commands import Audience, Command, EndOffers, MakeOffer, MoveIncident, Record, Tell
from carecircle_alerts.incident import OPEN_OFFERS, Case, OfferState, State
from carecircle_alerts.lifeline.ledger import Open
from carecircle_alerts.lifeline.records import Settled, Telling, Way
from carecircle_alerts.nearby import Picture, rank_for
from carecircle_alerts.notify.traits import Proof, traits_of
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run
from carecircle_alerts.texts import CHINA
from carecircle_alerts.travel import TravelTimes

ACTOR = "lifeline"

_Told = list[tuple[Telling, Settled]]

_log = structlog.get_logger()


async def reconcile(connection: Connection, call: Open, travel: TravelTimes, now: datetime) -> UUID | None:
    """Bring one call and what was told of it into the database, in the caller's transaction.

    Returns its incident; None where the bed is none of ours. Raises psycopg's errors.
    """
    begun = call.begun
    facts = await fetch(connection, "facts_of_bed", bed_id=begun.bed)
    if not facts:
        _log.warning("told_of_unknown_bed", call=str(begun.incident_id))
        await _write_down(connection, call, None, call.handed_over(), now)
        return None
    incident_id = await answer(connection, begun.called(), facts[0]["rules_version"], now)
    case = await load_case(connection, incident_id)
    new = await _not_known(connection, call.handed_over())
    if new:
        await _follow(connection, case, new, travel, now)
    await _write_down(connection, call, incident_id, new, now)
    return incident_id


async def _not_known(connection: Connection, told: _Told) -> _Told:
    rows = await fetch(connection, "told_already", ids=[settled.way for _telling, settled in told])
    known = {row["id"] for row in rows}
    return [(telling, settled) for telling, settled in told if settled.way not in known]


async def _follow(connection: Connection, case: Case, told: _Told, travel: TravelTimes, now: datetime) -> None:
    """Offers, messages and timers as if the engine had told; a person whom nobody needs any more is told so."""
    saving = Saving.of(connection, case, ACTOR, now)
    await saving.run([Record("lifeline_told", _account(told))])
    asked = [(telling, settled) for telling, settled in told if telling.asking is not None]
    offers = await _offers(connection, case, [telling for telling, _settled in asked], travel, now)
    await saving.run([*offers])
    for telling, settled in asked:
        assert telling.asking is not None
        offer_id = telling.asking.offer_id
        is_told = traits_of(_way(telling, settled).channel).proof is Proof.HANDED_OVER
        await run(
            connection, "offer_handed_over", incident_id=case.incident.id, offer_id=offer_id, told_at=settled.at,
            now=now, is_told=is_told, ref=settled.ref,
        )  # fmt: skip
        await run(connection, "offer_asked", offer_id=offer_id, told_at=settled.at)
    for telling, settled in told:
        if telling.asking is None:
            way = _way(telling, settled)
            await run(
                connection, "add_told_message", id=way.id, incident_id=case.incident.id, audience=telling.audience,
                recipient_id=telling.recipient_id, step=telling.step, channel=way.channel, address=way.address,
                content=Jsonb({"text": telling.text}), told_at=settled.at,
            )  # fmt: skip
    await saving.run(_afterwards(case, offers))
    if offers and case.incident.state in {State.RECEIVED, State.SEARCHING}:
        last = max(settled.at for _telling, settled in asked)
        pause = timedelta(seconds=case.incident.plan.wave_every_s)
        await run(connection, "next_wave_not_before", incident_id=case.incident.id, at=last + pause)


async def _offers(
    connection: Connection, case: Case, asked: Sequence[Telling], travel: TravelTimes, now: datetime
) -> list[MakeOffer]:
    """The offers that the engine has not made itself, with today's travel times, good for their full time from now."""
    there = {one.id for one in case.offers}
    taken = {one.responder_id for one in case.offers if one.state in OPEN_OFFERS | {OfferState.ACCEPTED}}
    missing = [
        one for one in asked if one.asking and one.asking.offer_id not in there and one.recipient_id not in taken
    ]
    if not missing:
        return []
    told = [one.recipient_id for one in missing]
    nearby = await rank_for(Picture(connection, now), case, travel, also=told)
    candidates = {one.responder.id: one for one in nearby}
    until = now + timedelta(seconds=case.incident.plan.offer_valid_s)
    offers = []
    for telling in missing:
        candidate, asking = candidates.get(telling.recipient_id), telling.asking
        assert asking is not None
        if candidate is None or (candidate.travel is None and case.incident.bed_is_placed):  # gone from here since then
            continue
        ranked = candidate._replace(rank=asking.rank, why=asking.why)
        offers.append(MakeOffer(asking.offer_id, ranked, asking.wave, until, track=asking.track))
    return offers


def _afterwards(case: Case, offers: Sequence[MakeOffer]) -> list[Command]:
    if not offers:
        return []
    if case.is_ended() or case.helpers_missing() == 0:
        over = tuple(offer.offer_id for offer in offers)
        reason = "事件已结案" if case.is_ended() else "已有他人接单"
        return [EndOffers(over, OfferState.WITHDRAWN, reason), Tell(Audience.WITHDRAWN, "withdrawn")]
    if case.incident.state is State.RECEIVED:
        return [MoveIncident(State.SEARCHING, "生命线已联系最近的人员")]
    return []


async def _write_down(connection: Connection, call: Open, incident_id: UUID | None, told: _Told, now: datetime) -> None:
    begun = call.begun
    for telling, settled in told:
        way = _way(telling, settled)
        await run(
            connection, "add_lifeline_telling", id=way.id, call_id=begun.incident_id, incident_id=incident_id,
            bed_id=begun.bed, audience=telling.audience, recipient_id=telling.recipient_id, step=telling.step,
            channel=way.channel, told_at=settled.at, now=now, snapshot_at=begun.snapshot_at,
        )  # fmt: skip


def _way(telling: Telling, settled: Settled) -> Way:
    return next(way for way in telling.ways if way.id == settled.way)


def _account(told: _Told) -> str:
    """One sentence for the timeline: who, and when the first of them."""
    first = min(settled.at for _telling, settled in told).astimezone(CHINA).strftime("%H:%M:%S")
    names = [telling.asking.name for telling, _settled in told if telling.asking]
    centre = len(told) - len(names)
    whom = [*names, *([f"照护中心{centre}人"] if centre else [])]
    return f"平台未及时确认，生命线于{first}直接通知了{'、'.join(whom)}"
