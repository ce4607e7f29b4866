"""Home desk: administrators take beds at home into the register, change them, and end their service (I/O).

`plan_home` and `apply` are one row each, in the transaction of the caller: a form is one row, a file is many.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Invalid, NotFound
from carecircle.faults import together
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.waking import wake_for_beds
from carecircle_alerts.register.checks import Spot, far_fault
from carecircle_alerts.register.home_form import FINDS_PEOPLE, OF_RESIDENT, Change, HomeRow, differences, faults, tidied
from carecircle_alerts.register.relatives import held_relatives, save_relatives, settle
from carecircle_alerts.register.store import Connection, by_of, fetch, must_be_current, record, run

_COUNTY = 6
_OF_BED = ("bed_id", "division_code", "address", "circle", "terrain", "provider_id", "lat", "lon", "altitude_m")
_GONE = "没有这个床位，或不在您的可见范围内"


@dataclass(frozen=True, slots=True)
class HomeChange:
    """What a row would do: make a bed, change it, or nothing. `told` is what the log says of it."""

    change: Change
    row: HomeRow
    resident: str
    told: Mapping[str, list[object]]
    before: HomeRow | None = None
    version: int = 0


async def home_faults(connection: Connection, row: HomeRow, area: str, now: datetime) -> tuple[Invalid, ...]:
    """Everything that is wrong with a tidied row, by itself and in what it points at; `area` is the administrator's."""
    found: list[Invalid | None] = list(faults(row, now.year))
    fields_wrong = {fault.field for fault in found if fault is not None}
    if "division_code" not in fields_wrong:
        if not row.division_code.startswith(area):
            found.append(Invalid("division_code", "division_foreign", "这个区域不在您的管理范围内"))
        elif not await fetch(connection, "division_known", code=row.division_code):
            found.append(Invalid("division_code", "area_unknown", "没有这个区域"))
        elif "lat" not in fields_wrong and row.lat is not None:
            county = row.division_code[:_COUNTY]
            (known,) = await fetch(connection, "middle_of_county", county=county, bed=row.bed_id)
            found.append(far_fault(Spot(row.lat, row.lon), Spot(known["lat"], known["lon"])))
    if row.provider_id is not None:
        asked = {"provider": row.provider_id, "area": area}
        if not await fetch(connection, "provider_in_service", **asked):
            found.append(Invalid("provider_id", "provider_unknown", "没有这个服务机构，或已停用"))
    return tuple(fault for fault in found if fault is not None)


async def plan_home(connection: Connection, row: HomeRow, area: str, now: datetime) -> HomeChange:
    """What a row would do; the bed is held until the transaction ends. Raises `Invalid` or `Conflict`."""
    row = tidied(row)
    held = await fetch(connection, "hold_home", bed=row.bed_id) if row.bed_id else []
    if held and not str(held[0]["division_code"]).startswith(area):
        raise Invalid("bed_id", "bed_taken", "床位编号已被使用")
    if held and held[0]["ended_at"] is not None:
        raise Conflict("该床位的服务已结束，请先恢复服务")
    before = await _as_row(connection, held[0]) if held else None
    wanted = replace(row, provider_id=None) if before and row.provider_id == before.provider_id else row
    # A provider that is kept may have ended since; only a new one is looked at.
    wrong = await home_faults(connection, wanted, area, now)
    if wrong:
        raise together(wrong)
    if before is None:
        settled = settle(row.relatives, ())
        return HomeChange("created", replace(row, relatives=settled), f"p-{secrets.token_hex(8)}", {})
    if before.division_code[:_COUNTY] != row.division_code[:_COUNTY]:
        # The box of the home speaks under the county's name.
        raise Invalid("division_code", "county_fixed", "迁往其他县（区）须新建床位，并结束原床位的服务")
    row = replace(row, relatives=settle(row.relatives, before.relatives or ()))
    told = differences(before, row)
    change: Change = "changed" if told else "same"
    return HomeChange(change, row, str(held[0]["resident_id"]), told, before, int(held[0]["version"]))


async def apply(connection: Connection, change: HomeChange, by: By, now: datetime) -> None:
    """Write it, with one row in the log, in the transaction in which it was planned."""
    row, resident = change.row, change.resident
    of_resident = {name: getattr(row, name) for name in OF_RESIDENT} | {"resident": resident}
    of_bed = {name: getattr(row, name) for name in _OF_BED}
    if change.change == "same":
        return
    if change.change == "created":
        await run(connection, "add_resident", **of_resident)
        await run(connection, "add_bed", **of_bed, resident=resident)
    else:
        await run(connection, "change_resident", **of_resident)
        await run(connection, "change_bed", **of_bed)
        await run(connection, "count_home_change", resident=resident)
    if row.relatives is not None and (change.before is None or "relatives" in change.told):
        held = (change.before.relatives if change.before else None) or ()
        await save_relatives(connection, resident, row.relatives, held, by, now)
    await record(connection, "bed", row.bed_id, row.division_code, change.change, by, now, change.told)
    if FINDS_PEOPLE.intersection(change.told):
        await wake_for_beds(connection, [row.bed_id], now)


class HomeDesk:
    """Commands of administrators about beds at home. Raises `Conflict`, `Invalid` or `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def shown(self, bed: str, area: str) -> tuple[DictRow, list[DictRow]]:
        """A bed with its resident, and the relatives, for the form."""
        async with self._pool.connection() as connection:
            held = await _hold(connection, bed, area)
            return held, await fetch(connection, "relatives_of_home", resident=held["resident_id"])

    async def create(self, row: HomeRow, area: str, reason: str, actor: Actor) -> str:
        """Take a bed into the register; its number, which is made where none was given."""
        row = replace(row, bed_id=row.bed_id.strip() or f"bed-{secrets.token_hex(5)}")
        async with self._pool.connection() as connection:
            if await fetch(connection, "hold_home", bed=row.bed_id):
                raise Invalid("bed_id", "bed_taken", "床位编号已被使用")
            change = await plan_home(connection, row, area, self._clock.now())
            await apply(connection, change, by_of(actor, reason), self._clock.now())
        return row.bed_id

    async def change(self, row: HomeRow, version: int, area: str, reason: str, actor: Actor) -> None:
        """Change a bed, its resident, their relatives; `version` is the one that the administrator saw."""
        async with self._pool.connection() as connection:
            held = await _hold(connection, row.bed_id, area)
            await must_be_current(connection, "bed", row.bed_id, held["version"], version)
            change = await plan_home(connection, row, area, self._clock.now())
            await apply(connection, change, by_of(actor, reason), self._clock.now())

    async def end(self, bed: str, version: int, area: str, reason: str, actor: Actor) -> None:
        """The service ends and its box is let in no more; refused while an incident is open. History stays."""
        now, by = self._clock.now(), by_of(actor, reason)
        async with self._pool.connection() as connection:
            held = await _hold(connection, bed, area)
            await must_be_current(connection, "bed", bed, held["version"], version)
            if held["ended_at"] is not None:
                raise Conflict("该床位的服务已结束")
            if (await fetch(connection, "open_incidents_of_bed", bed=bed))[0]["open"]:
                raise Conflict("该床位有未结束的事件，请先处理并关闭", code="incident_open")
            await run(connection, "end_bed", bed=bed, at=now)
            await run(connection, "end_home_account", bed=bed, now=now)
            await record(connection, "bed", bed, held["division_code"], "ended", by, now)

    async def resume(self, bed: str, version: int, area: str, reason: str, actor: Actor) -> None:
        """It was ended by mistake, or begins again; its box has to be paired anew."""
        by = by_of(actor, reason)
        async with self._pool.connection() as connection:
            held = await _hold(connection, bed, area)
            await must_be_current(connection, "bed", bed, held["version"], version)
            if held["ended_at"] is None:
                raise Conflict("该床位正在服务中")
            if held["erased_at"] is not None:
                raise Conflict("这位老人的信息已删除，不能恢复服务；请新建床位", code="person_erased")
            await run(connection, "end_bed", bed=bed, at=None)
            await record(connection, "bed", bed, held["division_code"], "resumed", by, self._clock.now())


async def _hold(connection: Connection, bed: str, area: str) -> DictRow:
    rows = await fetch(connection, "hold_home", bed=bed)
    if not rows or not str(rows[0]["division_code"]).startswith(area):
        raise NotFound(_GONE)
    return rows[0]


async def _as_row(connection: Connection, held: DictRow) -> HomeRow:
    values = {field.name: held[field.name] for field in fields(HomeRow) if field.name != "relatives"}
    return HomeRow(**values, relatives=await held_relatives(connection, held["resident_id"]))
