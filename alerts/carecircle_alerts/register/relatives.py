"""Relatives of a resident: who is called in which order, and by which ways each is reached (I/O)."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from carecircle.errors import Conflict
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.home_form import CHANNELS_KEPT, RelativeRow, Way
from carecircle_alerts.register.store import Connection, fetch, run

_STEP = 10
_PLACES = range(1, 1000)


def settle(wanted: tuple[RelativeRow, ...] | None, held: Sequence[RelativeRow]) -> tuple[RelativeRow, ...] | None:
    """What is wanted with every relative and way that is held already by its number, so that the two compare (pure).

    Who comes without a number is the one of the same name, where there is one; ways that were not named stay as they
    are; ways that administrators do not keep (subscriptions, chats) stay, behind the others unless they are named.
    """
    if wanted is None:
        return None
    by_id, by_name = {one.id: one for one in held}, {one.name: one for one in held}
    taken = {one.id for one in wanted if one.id is not None}
    settled = []
    for one in wanted:
        before = by_id.get(one.id) if one.id is not None else by_name.get(one.name)
        if one.id is not None and before is None:
            raise Conflict("家属有变化，请刷新后再改")
        if before is None or before.id is None or (one.id is None and before.id in taken):
            settled.append(one if one.ways is not None else replace(one, ways=()))
            continue
        taken.add(before.id)
        settled.append(replace(one, id=before.id, ways=_settle_ways(one.ways, before.ways or ())))
    return tuple(settled)


def _settle_ways(wanted: tuple[Way, ...] | None, held: tuple[Way, ...]) -> tuple[Way, ...]:
    if wanted is None:
        return held
    by_id, same = {way.id: way for way in held}, {(way.channel, way.address): way for way in held}
    settled: list[Way] = []
    for way in wanted:
        before = by_id.get(way.id) if way.id is not None else same.get((way.channel, way.address))
        if way.id is not None and before is None:
            raise Conflict("联系方式有变化，请刷新后再改")
        if before is None:
            settled.append(way)
        elif all(other.id != before.id for other in settled):
            settled.append(replace(before, address=way.address) if before.channel in CHANNELS_KEPT else before)
    named = {way.id for way in settled}
    return (*settled, *(way for way in held if way.channel not in CHANNELS_KEPT and way.id not in named))


async def held_relatives(connection: Connection, resident: str) -> tuple[RelativeRow, ...]:
    """A resident's relatives as they are."""
    return tuple(
        RelativeRow(
            row["name"], row["relation"], row["phone"],
            tuple(Way(way["channel"], way["address"], way["id"]) for way in row["ways"]), row["id"],
        )
        for row in await fetch(connection, "relatives_of_home", resident=resident)
    )  # fmt: skip


async def save_relatives(
    connection: Connection, resident: str, wanted: tuple[RelativeRow, ...], held: Sequence[RelativeRow], by: By,
    now: datetime,
) -> None:  # fmt: skip
    """Make `held` what is `wanted` (settled). Who is taken off is told no more, which the ledger of consents says."""
    stay = {one.id for one in wanted}
    for one in held:
        if one.id not in stay and one.id is not None:
            await _take_off(connection, resident, one.id, by, now)
    for number, one in enumerate(wanted, start=1):
        relative = one.id or f"f-{secrets.token_hex(8)}"
        values = {"relative": relative, "resident": resident, "relation": one.relation, "place": number * _STEP}
        is_new = one.id is None
        named = {"relative": relative, "name": one.name, "phone": one.phone}
        await run(connection, "add_relative" if is_new else "change_relative", **named)
        await run(connection, "add_kinship" if is_new else "change_kinship", **values)
        await _save_ways(connection, relative, one.ways or ())


async def _take_off(connection: Connection, resident: str, relative: str, by: By, now: datetime) -> None:
    rows = await fetch(connection, "remove_kinship", relative=relative, resident=resident)
    if rows and rows[0]["consented_at"] is not None:
        await run(
            connection, "add_consent_entry", now=now, kind="resident", id=resident, purpose="family_told",
            about=relative, given=False, since=now, text_version=None, how="register", actor=by.actor, name=by.name,
            note="家属已从档案中移除",
        )  # fmt: skip


async def _save_ways(connection: Connection, relative: str, wanted: tuple[Way, ...]) -> None:
    held = await fetch(connection, "contacts_of_relative", relative=relative)
    if [(row["channel"], row["address"], row["id"]) for row in held] == [(w.channel, w.address, w.id) for w in wanted]:
        return
    stay = {way.id for way in wanted}
    for row in held:
        if row["id"] not in stay:
            await run(connection, "remove_contact", id=row["id"], relative=relative)
    # By way of places that nobody has: no two contacts of a person may share one even for a moment.
    final = [number * _STEP for number in range(1, len(wanted) + 1)]
    taken = {row["place"] for row in held} | set(final)
    free = iter(place for place in reversed(_PLACES) if place not in taken)
    ids: list[int] = []
    for way in wanted:
        if way.id is None:
            added = {"relative": relative, "channel": way.channel, "address": way.address, "place": next(free)}
            ids.append(int((await fetch(connection, "add_contact", **added))[0]["id"]))
            continue
        await run(connection, "readdress_contact", id=way.id, relative=relative, address=way.address)
        await run(connection, "put_contact", id=way.id, relative=relative, place=next(free))
        ids.append(way.id)
    for contact, place in zip(ids, final, strict=True):
        await run(connection, "put_contact", id=contact, relative=relative, place=place)
