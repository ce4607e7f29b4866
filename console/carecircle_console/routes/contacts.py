"""Contacts: how somebody is reached, in their own order, and when relatives are left in peace."""

from typing import Annotated

from fastapi import APIRouter, Path
from psycopg.rows import DictRow

from carecircle.errors import Forbidden
from carecircle_alerts.drills.own_tests import again_at
from carecircle_alerts.notify.contacts import Person
from carecircle_alerts.notify.traits import Proof, traits_of
from carecircle_console.context import Console
from carecircle_console.family_views import ContactOrder, NoQuietHours, OwnContact, OwnContacts, OwnTest, QuietHours
from carecircle_console.gate import SignedIn, TheConsole, actor_of
from carecircle_console.routes.push import person_of

router = APIRouter(prefix="/api/my/contacts", tags=["session"])
_SHOWN = ("id", "channel", "shown", "enabled", "verified_at", "failures")
ContactId = Annotated[int, Path(ge=1, le=2**62)]


@router.get("")
async def my_contacts(viewer: SignedIn, console: TheConsole) -> OwnContacts:
    """How I am reached."""
    return await _mine(console, person_of(viewer))


@router.put("/order")
async def set_order(form: ContactOrder, viewer: SignedIn, console: TheConsole) -> OwnContacts:
    """Try my contacts in this order; all of them must be named."""
    await console.contacts.reorder(person_of(viewer), form.ids)
    return await _mine(console, person_of(viewer))


@router.put("/quiet")
async def set_quiet(form: QuietHours | NoQuietHours, viewer: SignedIn, console: TheConsole) -> OwnContacts:
    """Leave me in peace in these hours; what is urgent (priority 1) is told all the same."""
    person = person_of(viewer)
    if person.kind != "family_member":
        raise Forbidden("只有家属可以设置免打扰时间")
    await console.contacts.set_quiet(person, form.begins, form.ends)
    return await _mine(console, person)


@router.post("/{contact_id}/test")
async def test_contact(contact_id: ContactId, viewer: SignedIn, console: TheConsole) -> OwnContacts:
    """Have a test message sent to one of my contacts; within five minutes the same again is the same test."""
    person = person_of(viewer)
    if person.kind != "family_member":
        raise Forbidden("只有家属可以试发；服务人员由照护中心定期测试")
    await console.own_tests.ask(person.id, contact_id, str(actor_of(viewer)), viewer.name)
    return await _mine(console, person)


async def _mine(console: Console, person: Person) -> OwnContacts:
    rows = await console.contacts.shown(person)
    tests = await console.own_tests.shown(person.id) if person.kind == "family_member" else []
    newest = {one["contact_id"]: _test(one) for one in reversed(tests)}
    dropped = [one for one in tests if one["contact_id"] is None and not _is_replaced(one, rows)]
    first = rows[0] if rows else {"quiet_from": None, "quiet_until": None}
    begins, ends = (None if at is None else f"{at:%H:%M}" for at in (first["quiet_from"], first["quiet_until"]))
    return OwnContacts(
        contacts=tuple(OwnContact(**{name: row[name] for name in _SHOWN}, test=newest.get(row["id"])) for row in rows),
        quiet_from=begins,
        quiet_until=ends,
        has_quiet_hours=person.kind == "family_member",
        dropped=_test(dropped[0]) if dropped else None,
    )


def _is_replaced(test: DictRow, contacts: list[DictRow]) -> bool:
    """Whether there is a newer contact of the same kind than the one that the test has shown to be gone."""
    return any(one["channel"] == test["channel"] and one["created_at"] > test["planned_at"] for one in contacts)


def _test(row: DictRow) -> OwnTest:
    # Where no receipts come, taken by the channel is all that is known: nobody is told that it arrived.
    has_receipts = traits_of(row["channel"]).proof is Proof.RECEIPT
    state = "NO_ANSWER" if row["state"] == "DELIVERED" and not has_receipts else row["state"]
    return OwnTest(
        channel=row["channel"], state=state, at=row["sent_at"] or row["planned_at"],
        came=row["came"] and has_receipts, reason=row["reason"], again_at=again_at(row),
    )  # fmt: skip
