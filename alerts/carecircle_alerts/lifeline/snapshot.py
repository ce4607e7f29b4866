"""Snapshot: what the lifeline has to know of beds and people when nobody can be asked (pure).

No resident's name, no address of a home, no telephone number: a bed's place, the people on duty who have agreed to be
asked, and how they and the centre are reached.
"""

from datetime import datetime, timedelta

import msgspec

from carecircle_alerts.incident import Kind
from carecircle_alerts.people.eligibility import Facts, judge
from carecircle_alerts.plan import Plan, plan_for
from carecircle_alerts.plans.layers import Layer, Subject, resolve
from carecircle_alerts.ranking import Responder

VERSION = 3

# Who was on their way when the database went away is free again some time, and who was merely asked as soon as that
# offer is over; engineering proposals.
_BUSY_FOR, _ASKED_FOR = timedelta(minutes=30), timedelta(minutes=2)


class KnownBed(msgspec.Struct, frozen=True, array_like=True):
    """Where a bed is, WGS-84, and who is contracted for it; `frailty` is '' where no plan differs by it."""

    county: str
    division_code: str
    circle: str
    terrain: str
    provider_id: str | None
    lat: float | None
    lon: float | None
    frailty: str = ""


class Contact(msgspec.Struct, frozen=True, array_like=True):
    """One way to reach somebody."""

    channel: str
    address: str
    language: str = "zh-CN"


class Person(msgspec.Struct, frozen=True, array_like=True):
    """A responder on duty, with consent and a way to be reached, as eligibility knows them.

    Of those who are busy, `is_going` were on their way or at a door, and the others had an offer that waited for them.
    """

    facts: Facts
    contacts: list[Contact]
    is_going: bool


class Desk(msgspec.Struct, frozen=True, array_like=True):
    """A dispatcher or supervisor; theirs are the beds whose division code begins with `area_code`."""

    id: str
    area_code: str
    contacts: list[Contact]


class Snapshot(msgspec.Struct, frozen=True):
    """Everything at one moment. `areas` names neighbourhoods by nine digits of division code."""

    version: int
    taken_at: datetime
    areas: dict[str, str]
    beds: dict[str, KnownBed]
    people: list[Person]
    desks: list[Desk]
    layers: list[Layer] = msgspec.field(default_factory=list)

    def area_name(self, division_code: str) -> str:
        """The name of a bed's neighbourhood, '' where it has none."""
        return self.areas.get(division_code[:9], "")

    def desks_of(self, code: str) -> list[Desk]:
        """Who answers for a division code, or for a county of which nothing finer is known."""
        return [one for one in self.desks if code.startswith(one.area_code)]

    def plan(self, bed: KnownBed | None, kind: Kind) -> Plan:
        """The plan that an incident of this kind at this bed would start with; an unknown bed gets the urban one."""
        if bed is None:
            return plan_for("")
        return resolve(Subject(kind, bed.circle, bed.division_code, bed.frailty), self.layers).plan

    def judge(self, person: Person, plan: Plan, now: datetime) -> Responder:
        """Somebody as ranking takes them now; of who was busy when this was taken that is known for a while only."""
        who = judge(person.facts, plan, now)
        is_over = now - self.taken_at > (_BUSY_FOR if person.is_going else _ASKED_FOR)
        return who._replace(busy=False) if is_over else who


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """As the file has it."""
    return msgspec.json.encode(snapshot)


def decode_snapshot(raw: bytes) -> Snapshot | None:
    """Read it; None where it is cut off, or of another version of ours."""
    try:
        snapshot = msgspec.json.decode(raw, type=Snapshot)
    except msgspec.DecodeError:
        return None
    return snapshot if snapshot.version == VERSION else None
