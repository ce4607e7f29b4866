"""What a responder is asked and does: offers, the assignment that comes of one, and duty.

Everything here works with a session, and all but duty also with the signed link of an offer's message (`?token=`).
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter
from psycopg.rows import DictRow

from carecircle.errors import Forbidden, NotFound
from carecircle_alerts.incident import OfferState
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.gcj02 import to_gcj02
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.forms import Because, Duty, HandOver
from carecircle_console.gate import Acting, AsResponder, IdempotencyKey, TheConsole
from carecircle_console.routes.visits import own_assignment
from carecircle_console.views import Assignment, MapPlace, MyOffers, Offer
from carecircle_console.visit_views import Arriving, MayCall, OwnPosition, PositionTaken

_UNSEEN = frozenset({OfferState.QUEUED, OfferState.SENT, OfferState.DELIVERED})

router = APIRouter(prefix="/api", tags=["responder"])


@router.get("/my/offers")
async def my_offers(acting: AsResponder, console: TheConsole) -> MyOffers:
    """What I am being asked now, and where I am going; with a link the one offer that it is for, in any state."""
    mine = await _mine(console, acting)
    await console.receipts.seen([offer.id for offer in mine.offers if offer.state in _UNSEEN])
    return mine


@router.post("/my/duty")
async def set_duty(form: Duty, acting: AsResponder, console: TheConsole) -> MyOffers:
    """Go on duty or off."""
    if acting.link is not None:
        raise Forbidden("请登录后更改在岗状态")
    await console.desk.set_duty(acting.responder_id, form.on_duty, acting.actor)
    return (await _mine(console, acting)).model_copy(update={"on_duty": form.on_duty})


@router.post("/my/position")
async def send_position(form: OwnPosition, acting: AsResponder, console: TheConsole) -> PositionTaken:
    """Where I am: kept only while I am on duty and have agreed, and only the latest."""
    if acting.link is not None:
        raise Forbidden("请登录后发送位置")
    why = await console.visits.place(acting.responder_id, Place(form.lat, form.lon), form.measured_at)
    return PositionTaken(kept=not why, why=why)


@router.put("/my/phone")
async def let_family_call(form: MayCall, acting: AsResponder, console: TheConsole) -> MyOffers:
    """Whether relatives see my number from accepting to handing over."""
    if acting.link is not None:
        raise Forbidden("请登录后更改")
    await console.visits.let_family_call(acting.actor, allowed=form.allowed)
    return await _mine(console, acting)


@router.post("/my/consent/withdraw")
async def withdraw_consent(acting: AsResponder, console: TheConsole) -> MyOffers:
    """I do not want to be asked any more; what I am being asked now goes to others, my position is forgotten."""
    if acting.link is not None:
        raise Forbidden("请登录后撤回同意")
    await console.desk.withdraw_own_consent(acting.actor)
    return await _mine(console, acting)


@router.post("/offers/{offer_id}/accept")
async def accept(offer_id: UUID, acting: AsResponder, console: TheConsole, key: IdempotencyKey = None) -> MyOffers:
    """Accept; 409 says who was first. The exact address is in the answer."""
    return await _answer(console, acting, offer_id, key, lambda: console.desk.accept_offer(offer_id, acting.actor))


@router.post("/offers/{offer_id}/decline")
async def decline(
    offer_id: UUID,
    acting: AsResponder,
    console: TheConsole,
    form: Because | None = None,
    key: IdempotencyKey = None,
) -> MyOffers:
    """Decline, with a reason where there is one."""
    reason = form.reason if form else ""
    return await _answer(
        console, acting, offer_id, key, lambda: console.desk.decline_offer(offer_id, reason, acting.actor)
    )


@router.post("/assignments/{assignment_id}/moving")
async def moving(assignment_id: UUID, acting: AsResponder, console: TheConsole, key: IdempotencyKey = None) -> MyOffers:
    """I have set out."""
    return await _go_on(
        console, acting, assignment_id, key, lambda: console.desk.start_moving(assignment_id, acting.actor)
    )


@router.post("/assignments/{assignment_id}/arrived")
async def arrived(
    assignment_id: UUID,
    acting: AsResponder,
    console: TheConsole,
    form: Arriving | None = None,
    key: IdempotencyKey = None,
) -> MyOffers:
    """I am at the door, shown by my position or the code at the bed, or said by me; 409 says why it does not."""
    evidence = (form or Arriving()).evidence()
    return await _go_on(
        console, acting, assignment_id, key, lambda: console.visits.arrive(assignment_id, evidence, acting.actor)
    )


@router.post("/assignments/{assignment_id}/handover")
async def hand_over(
    assignment_id: UUID,
    acting: AsResponder,
    console: TheConsole,
    form: HandOver | None = None,
    key: IdempotencyKey = None,
) -> MyOffers:
    """I have done what I could, and report."""
    note = form.note if form else ""
    return await _go_on(
        console, acting, assignment_id, key, lambda: console.desk.hand_over(assignment_id, note, acting.actor)
    )


async def _answer(
    console: Console, acting: Acting, offer_id: UUID, key: str | None, command: Callable[[], Awaitable[None]]
) -> MyOffers:
    is_for_link = acting.link is None or acting.link.offer_id == offer_id
    found = await console.store.fetch("own_offer_exists", id=offer_id, responder=acting.responder_id)
    if not (is_for_link and found):
        raise NotFound("没有这条派单，或不是派给您的")
    await console.replays.once((acting.responder_id, str(offer_id), key) if key else None, command)
    return await _mine(console, acting)


async def _go_on(
    console: Console, acting: Acting, assignment_id: UUID, key: str | None, command: Callable[[], Awaitable[None]]
) -> MyOffers:
    await own_assignment(console, acting, assignment_id)
    await console.replays.once((acting.responder_id, str(assignment_id), key) if key else None, command)
    return await _mine(console, acting)


async def _mine(console: Console, acting: Acting) -> MyOffers:
    offer_id = acting.link.offer_id if acting.link else None
    offers = await console.store.fetch(
        "own_offers", responder=acting.responder_id, offer=offer_id, now=console.clock.now()
    )
    rows = await console.store.fetch("own_assignment", responder=acting.responder_id, offer=offer_id)
    assignment = None
    if rows:
        resident_id: str = rows[0].pop("resident_id")
        if acting.account_id is not None:
            await console.access.record([(acting.account_id, resident_id)], Purpose.ON_THE_WAY)
        assignment = Assignment.model_validate(rows[0] | {"on_chinese_maps": _on_chinese_maps(rows[0])})
    (state,) = await console.store.fetch("own_state", responder=acting.responder_id)
    return MyOffers(
        offers=tuple(Offer.model_validate(row) for row in offers),
        assignment=assignment,
        on_duty=acting.on_duty,
        **state,
    )


def _on_chinese_maps(row: DictRow) -> MapPlace | None:
    if row["lat"] is None or row["lon"] is None:
        return None
    there = to_gcj02(Place(row["lat"], row["lon"]))
    return MapPlace(lat=round(there.lat, 6), lon=round(there.lon, 6))
