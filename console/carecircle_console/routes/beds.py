"""Beds: the board of those in scope, and all that is known of one; every read is put on record."""

from datetime import datetime

from fastapi import APIRouter
from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle.quantities import QUANTITIES
from carecircle_console.access import Purpose
from carecircle_console.context import Console
from carecircle_console.gate import SignedIn, TheConsole
from carecircle_console.scope import Role, Viewer
from carecircle_console.sentences import FRESH
from carecircle_console.twins import protection_of, whereabouts_of
from carecircle_console.views import Bed, BedDetail, Contact, Device, Vital

router = APIRouter(prefix="/api/beds", tags=["beds"])


@router.get("")
async def beds(viewer: SignedIn, console: TheConsole) -> list[Bed]:
    """All beds in scope with their present state."""
    return await _beds(console, viewer, None, Purpose.BED_BOARD)


@router.get("/{bed_id}")
async def bed(bed_id: str, viewer: SignedIn, console: TheConsole) -> BedDetail:
    """One bed: last values with their age, devices, and whom to call (not for relatives: others' numbers).

    Relatives get values only where the resident has agreed to that (`family_vitals`).
    """
    found = await _beds(console, viewer, bed_id, Purpose.BED)
    if not found:
        raise NotFound("没有这个床位，或不在您的可见范围内")
    twin = await console.store.fetch("bed_twin", bed=bed_id, family=viewer.scope.family)
    metrics, said, person, protection = twin[0].values() if twin else ({}, {}, {}, {})
    contacts = [] if viewer.role is Role.FAMILY else await console.store.fetch("bed_contacts", bed=bed_id)
    return BedDetail(
        bed=found[0],
        whereabouts=whereabouts_of(person),
        protection=protection_of(protection),
        vitals=tuple(
            Vital(
                metric=name,
                value=metrics[name]["value"],
                unit=quantity.unit,
                measured_at=datetime.fromisoformat(metrics[name]["measured_at"]),
            )
            for name, quantity in QUANTITIES.items()
            if name in metrics
        ),
        devices=tuple(
            _device(row, said.get(row["id"], {})) for row in await console.store.fetch("bed_devices", bed=bed_id)
        ),
        contacts=tuple(Contact.model_validate(row) for row in contacts),
    )


async def _beds(console: Console, viewer: Viewer, bed_id: str | None, purpose: Purpose) -> list[Bed]:
    rows = await console.store.fetch(
        "beds", bed=bed_id, now=console.clock.now(), fresh_s=FRESH.total_seconds(), **viewer.scope.parameters()
    )
    residents = [row.pop("resident_id") for row in rows]
    await console.access.record(((viewer.account_id, one) for one in residents), purpose)
    return [Bed.model_validate(row) for row in rows]


def _device(row: DictRow, said: dict[str, object]) -> Device:
    seen, battery = said.get("last_seen_at"), said.get("battery")
    return Device(
        id=row["id"],
        model=row["model"],
        last_seen_at=datetime.fromisoformat(seen) if isinstance(seen, str) else None,
        battery=float(battery) if isinstance(battery, int | float) else None,
    )
