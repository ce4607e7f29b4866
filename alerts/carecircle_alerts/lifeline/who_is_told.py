"""Who is told: the people whom the engine would ask first, and the centre, with the ids that it would use (pure).

Travel times are the only thing that is asked for, of a source that never hangs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from carecircle_alerts.called import Called
from carecircle_alerts.commands import MakeOffer
from carecircle_alerts.incident import PRIORITY, Bed, Case, Incident, Offer, OfferState, State, Verification
from carecircle_alerts.lifeline.ledger import Open
from carecircle_alerts.lifeline.records import Asking, Telling, Way
from carecircle_alerts.lifeline.snapshot import Contact, Desk, KnownBed, Person, Snapshot
from carecircle_alerts.notify.message_id import message_id
from carecircle_alerts.ranking import Candidate, rank_responders
from carecircle_alerts.texts import KIND_NAMES, clock_time, dispatcher_content, offer_content
from carecircle_alerts.travel import Origin, Place, TravelTimes
from carecircle_alerts.waves import next_wave

# As far as the engine looks around a bed: about 60 km, in degrees.
_NEAR_LAT, _NEAR_LON = 0.55, 0.7
# From when on those who read a message are told that its names may be old; an engineering proposal.
_OLD_SNAPSHOT = timedelta(minutes=10)
_GROUPS = frozenset({"wecom", "dingtalk", "feishu"})


@dataclass(frozen=True, slots=True)
class _Centre:
    """What the centre is told: as the outbox would say it, in full, and where others may read it."""

    content: dict[str, object]
    text: str
    brief: str


async def who_is_told(
    snapshot: Snapshot, called: Called, earlier: Sequence[Open], asked: set[str], travel: TravelTimes, now: datetime
) -> list[Telling]:
    """Everybody who is to be told of a call, helpers by rank first.

    `earlier` are open tellings of the same danger, whose people are asked again only after everybody else; `asked` are
    people with an open question of another one. A bed that the snapshot does not know is told to the centre alone.
    """
    told_as = earlier[0].begun.told_as if earlier else called.incident_id
    bed = snapshot.beds.get(called.topic.bed)
    opened_at = earlier[0].begun.begun_at if earlier else now
    case = _case(called, bed, snapshot, _offers(earlier), told_as, opened_at)
    offers: list[MakeOffer] = []
    if bed is not None:
        candidates = await _candidates(snapshot, case, asked, travel, now)
        offers = [one for one in next_wave(case, candidates, now) if isinstance(one, MakeOffer)]
    people = {person.facts.who.id: person for person in snapshot.people}
    helpers = [_helper(case, offer, people[offer.candidate.responder.id]) for offer in offers]
    names = [offer.candidate.responder.name for offer in offers]
    centre = _to_the_centre(case, called, names, now - snapshot.taken_at, snapshot.taken_at)
    # A step of its own for each time: what the centre is told again is news.
    rounds = [tellings for old in earlier for _at, tellings in old.rounds()]
    step = f"lifeline_{1 + sum(any(one.audience == 'dispatcher' for one in tellings) for tellings in rounds)}"
    desks = snapshot.desks_of(bed.division_code if bed else called.topic.county)
    return [*helpers, *_desks(told_as, desks, step, centre)]


def _case(
    called: Called,
    bed: KnownBed | None,
    snapshot: Snapshot,
    offers: tuple[Offer, ...],
    incident_id: UUID,
    opened_at: datetime,
) -> Case:
    """The case as the engine would have it in the moment of its opening; nobody's name is known here."""
    plan = snapshot.plan(bed, called.call.kind)
    topic, call, event = called.topic, called.call, called.event
    return Case(
        Incident(
            id=incident_id,
            bed_id=topic.bed,
            kind=call.kind,
            priority=PRIORITY[call.kind],
            state=State.SEARCHING if offers else State.RECEIVED,
            level=0,
            verification=Verification.NONE,
            epoch=0,
            helpers_wanted=plan.helpers,
            late=call.late,
            plan=plan,
            device=topic.device,
            event_boot=event.boot if event else None,
            event_seq=event.seq if event else None,
            pressed_at=call.pressed_at,
            opened_at=opened_at,
            deadline_at=(opened_at if call.late else call.pressed_at) + timedelta(seconds=plan.arrive_within_s),
            owner_account_id=None,
            acknowledged_by=None,
            county=topic.county,
            area_name=snapshot.area_name(bed.division_code) if bed else "",
            resident_name="",
            bed=_there(bed),
        ),
        offers,
        (),
    )


def _there(bed: KnownBed | None) -> Bed:
    if bed is None:
        return Bed(None, "", None)
    place = Place(bed.lat, bed.lon) if bed.lat is not None and bed.lon is not None else None
    return Bed(place, bed.terrain, bed.provider_id, bed.division_code[:9])


def _offers(earlier: Sequence[Open]) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            one.asking.offer_id,
            one.recipient_id,
            one.asking.name,
            one.asking.wave,
            OfferState.EXPIRED,
            0,
            one.asking.expires_at,
            track=one.asking.track,
            created_at=at,
        )
        for call in earlier
        for at, tellings in call.rounds()
        for one in tellings
        if one.asking
    )


async def _candidates(
    snapshot: Snapshot, case: Case, asked: set[str], travel: TravelTimes, now: datetime
) -> list[Candidate]:
    place = case.incident.bed.place
    before = {offer.responder_id for offer in case.offers}
    judged = [snapshot.judge(person, case.incident.plan, now) for person in snapshot.people]
    responders = [
        one._replace(
            busy=one.busy or (one.id in asked and one.id not in before),
            asked=OfferState.EXPIRED.value if one.id in before else None,
        )
        for one in judged
        if place is None or one.place is None or _is_near(one.place, place)
    ]
    placed = {one.id: Origin(one.place, one.travel_mode) for one in responders if one.place is not None}
    times = await travel.to_bed(list(placed.values()), place, case.incident.bed.terrain, now) if place else []
    times_of = dict(zip(placed, times, strict=False))
    incident = case.incident
    return rank_responders(incident.bed, responders, times_of, incident.plan.circle_s, incident.priority)


def _is_near(one: Place, other: Place) -> bool:
    return abs(one.lat - other.lat) < _NEAR_LAT and abs(one.lon - other.lon) < _NEAR_LON


def _helper(case: Case, offer: MakeOffer, person: Person) -> Telling:
    candidate, who = offer.candidate, offer.candidate.responder
    ways = [
        _way(one, message_id(case.incident.id, offer.offer_id, "offer", who.id, "offer", one.channel))
        for one in person.contacts
    ]
    asking = Asking(
        offer.offer_id, offer.wave, candidate.rank or 0, candidate.why, who.name, offer.expires_at, offer.track
    )
    return Telling(ways[0].id, "offer", who.id, "offer", offer_content(case, candidate.travel), ways, asking)


def _desks(incident_id: UUID, desks: Sequence[Desk], step: str, centre: _Centre) -> list[Telling]:
    """The people of the centre; a group that several of them share is told once."""
    groups: set[str] = set()
    tellings = []
    for desk in desks:
        ways = [
            _way(one, message_id(incident_id, None, "dispatcher", desk.id, step, one.channel)) for one in desk.contacts
        ]
        if ways and not (ways[0].channel in _GROUPS and ways[0].address in groups):
            groups.add(ways[0].address)
            tellings.append(
                Telling(
                    ways[0].id, "dispatcher", desk.id, step, centre.content, ways, text=centre.text, brief=centre.brief
                )
            )
    return tellings


def _way(contact: Contact, key: UUID) -> Way:
    return Way(key, contact.channel, contact.address, contact.language)


def _to_the_centre(case: Case, called: Called, names: Sequence[str], age: timedelta, taken_at: datetime) -> _Centre:
    """What the centre needs to act without the console: which bed, what, since when, and who was asked."""
    incident = case.incident
    late = "（迟到的呼叫）" if called.call.late else ""
    begins = (
        f"【{incident.priority}级·平台中断】{incident.area_name}{KIND_NAMES[incident.kind]}，床位{incident.bed_id}，"
        f"{clock_time(incident.pressed_at)}{late}。平台未及时确认，"
    )
    old = f"人员名单为{clock_time(taken_at)}的快照。" if age > _OLD_SNAPSHOT else ""
    ends = f"{old}请立即电话联系并派人，必要时拨打120。"
    nobody = "附近没有可通知的在岗人员。"
    content = dispatcher_content(case, "lifeline")
    return _Centre(
        content,
        f"{begins}{f'已直接通知{chr(0x3001).join(names)}。' if names else nobody}{ends}",
        f"{begins}{f'已直接通知{len(names)}人。' if names else nobody}{ends}",
    )
