"""Contacts: how somebody is reached, in their own order, and when relatives are left in peace."""

from fastapi import APIRouter

from carecircle.errors import Forbidden
from carecircle_alerts.notify.contacts import Person
from carecircle_console.context import Console
from carecircle_console.family_views import ContactOrder, NoQuietHours, OwnContact, OwnContacts, QuietHours
from carecircle_console.gate import SignedIn, TheConsole
from carecircle_console.routes.push import person_of

router = APIRouter(prefix="/api/my/contacts", tags=["session"])


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


async def _mine(console: Console, person: Person) -> OwnContacts:
    rows = await console.contacts.shown(person)
    first = rows[0] if rows else {"quiet_from": None, "quiet_until": None}
    begins, ends = (None if at is None else f"{at:%H:%M}" for at in (first["quiet_from"], first["quiet_until"]))
    return OwnContacts(
        contacts=tuple(OwnContact(**{name: row[name] for name in OwnContact.model_fields}) for row in rows),
        quiet_from=begins,
        quiet_until=ends,
        has_quiet_hours=person.kind == "family_member",
    )
